"""`ModeS`: decodes Mode S messages with the library rs1090, and writes what they say to a `Sky`. Pure.

ADS-B messages (downlink formats 17 and 18) and acquisition squitters (11) have a checksum. Replies to radars (0, 4, 5,
16, 20, 21) have none that can be checked without knowing the aircraft, so they count only for aircraft that are known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from flighttracker.flight import AddressType
from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT
from flighttracker_generator.sources.feeds.beast_frames import HEAD_BYTES, LONG, SHORT
from flighttracker_generator.sources.feeds.cpr import Cell
from flighttracker_generator.sources.feeds.sky import HeardAircraft, Sky
from flighttracker_generator.sources.fields import callsign, declared_status, quantity, squawk

MLAT_COUNTER: Final = b"\xff\x00MLAT"
"""Multilateration servers send their results with this in place of the counter."""
_GENERATOR: Final = 0xFFF409
_INTERROGATORS: Final = 80
"""Acquisition squitters have the code of a radar, 0 to 79, added to their checksum."""

Decode = Callable[[str], "dict[str, Any] | None"]


def library_decode() -> Decode:
    """Return the decoder of rs1090; raises `ModuleNotFoundError` without the extra `beast`."""
    from rs1090 import decode

    return cast(Decode, decode)


def _table() -> tuple[int, ...]:
    remainders = []
    for byte in range(256):
        remainder = byte << 16
        for _ in range(8):
            remainder = (remainder << 1) ^ (0x1000000 | _GENERATOR if remainder & 0x800000 else 0)
        remainders.append(remainder)
    return tuple(remainders)


_REMAINDERS: Final = _table()


def parity(message: bytes) -> int:
    """Return the checksum of a message without its last three bytes, 24 bits."""
    remainder = 0
    for byte in message[:-3]:
        remainder = (remainder << 8 & 0xFFFFFF) ^ _REMAINDERS[remainder >> 16 ^ byte]
    return remainder


class ModeS:
    """The decoder of one connection.

    Args:
        sky: where the aircraft are kept.
        decode: the library's decoder of one message in hex.
    """

    def __init__(self, sky: Sky, decode: Decode) -> None:
        self._sky = sky
        self._losses = sky.losses
        self._decode = decode
        self.received_ms = 0
        """Time of the bytes that are being read, milliseconds since 1970; the caller sets it."""

    def take(self, kind: int, body: bytes) -> bool:
        """Add a Beast frame; return whether its message is valid."""
        if kind not in (SHORT, LONG):
            return False
        message = body[HEAD_BYTES:]
        downlink_format = message[0] >> 3
        if (downlink_format >= 16) != (kind == LONG):
            self._losses.record("garbage", message.hex())
            return False
        if downlink_format in (17, 18):
            if parity(message) != int.from_bytes(message[-3:]):
                self._losses.record("bad_crc", message.hex())
                return False
            self._squitter(message, is_mlat=body[:6] == MLAT_COUNTER)
            return True
        if downlink_format == 11:
            return self._acquisition(message)
        return self._reply(message, downlink_format)

    def _acquisition(self, message: bytes) -> bool:
        rest = parity(message) ^ int.from_bytes(message[-3:])
        icao24 = message[1:4].hex()
        if rest and (rest >= _INTERROGATORS or self._sky.known(icao24) is None):
            self._losses.record("bad_crc", message.hex())
            return False
        self._sky.hear(icao24, "mode_s", self.received_ms)
        return True

    def _reply(self, message: bytes, downlink_format: int) -> bool:
        if downlink_format not in (0, 4, 5, 16, 20, 21):
            return False
        icao24 = f"{parity(message) ^ int.from_bytes(message[-3:]):06x}"
        aircraft = self._sky.known(icao24)
        if aircraft is None:
            return False
        self._sky.hear(icao24, aircraft.address_type, self.received_ms)
        if downlink_format in (0, 16):
            return True
        values = self._values(message)
        if downlink_format in (4, 20):
            self._baro_altitude(aircraft, values.get("altitude"))
        else:
            self._squawk(aircraft, values.get("squawk"))
        return True

    def _squitter(self, message: bytes, *, is_mlat: bool) -> None:
        icao24 = message[1:4].hex()
        type_code = message[4] >> 3
        address_type, is_icao = _address_type(message, type_code)
        if address_type is None:
            return
        if is_mlat:
            address_type = "mlat"
        if icao24 in ("000000", "ffffff"):
            self._losses.record("malformed", message.hex())
            return
        aircraft = self._sky.hear(icao24, address_type, self.received_ms, is_icao=is_icao)
        if aircraft is None:
            return
        if 1 <= type_code <= 4:
            # A to D, from the least to the most specific set of categories.
            aircraft.category = f"{'DCBA'[type_code - 1]}{message[4] & 7}"
            aircraft.callsign = callsign(self._values(message).get("callsign"))
            aircraft.callsign_ms = self.received_ms
        elif 5 <= type_code <= 8:
            self._movement(aircraft, self._values(message))
            self._place(aircraft, message, is_surface=True, address_type=address_type)
        elif 9 <= type_code <= 18 or 20 <= type_code <= 22:
            self._altitude(aircraft, self._values(message))
            self._place(aircraft, message, is_surface=False, address_type=address_type)
        elif type_code == 19:
            self._velocity(aircraft, self._values(message))
        elif type_code == 28 and message[4] & 7 == 1:
            self._emergency(aircraft, message)

    def _values(self, message: bytes) -> dict[str, Any]:
        """Return what the library reads in a message; nothing when it cannot."""
        try:
            values = self._decode(message.hex())
        except BaseException as error:
            # A fault in the Rust code is no `Exception`; it costs this message.
            if type(error).__name__ != "PanicException" and not isinstance(error, Exception):
                raise
            values = None
        if values is None:
            self._losses.field("message", message.hex(), "the decoder")
        return values or {}

    def _place(self, aircraft: HeardAircraft, message: bytes, *, is_surface: bool, address_type: AddressType) -> None:
        bits = int.from_bytes(message[4:11])
        aircraft.address_type = address_type
        cell = Cell(bool(bits >> 34 & 1), is_surface, bits >> 17 & 0x1FFFF, bits & 0x1FFFF)
        self._sky.place(aircraft, cell, self.received_ms)

    def _altitude(self, aircraft: HeardAircraft, values: dict[str, Any]) -> None:
        if values.get("source") == "barometric":
            self._baro_altitude(aircraft, values.get("altitude"))
        else:
            self._geo_altitude(aircraft, values.get("altitude"))

    def _baro_altitude(self, aircraft: HeardAircraft, sent_ft: object) -> None:
        altitude_m = quantity("baro_altitude_m", (sent_ft,), METRES_PER_FOOT, self._losses, aircraft.icao24)
        if altitude_m is not None:
            aircraft.baro_altitude_m, aircraft.baro_altitude_ms = altitude_m, self.received_ms

    def _geo_altitude(self, aircraft: HeardAircraft, sent_ft: object) -> None:
        altitude_m = quantity("geo_altitude_m", (sent_ft,), METRES_PER_FOOT, self._losses, aircraft.icao24)
        if altitude_m is not None:
            aircraft.geo_altitude_m, aircraft.geo_altitude_ms = altitude_m, self.received_ms

    def _movement(self, aircraft: HeardAircraft, values: dict[str, Any]) -> None:
        """Write speed and track; a velocity in the air has no track if it is measured in the air."""
        losses, icao24 = self._losses, aircraft.icao24
        speeds, tracks = (values.get("groundspeed"),), (values.get("track"),)
        aircraft.ground_speed_mps = quantity("ground_speed_mps", speeds, MPS_PER_KNOT, losses, icao24)
        aircraft.track_deg = quantity("track_deg", tracks, 1.0, losses, icao24)
        aircraft.velocity_ms = self.received_ms

    def _velocity(self, aircraft: HeardAircraft, values: dict[str, Any]) -> None:
        if "groundspeed" in values:
            self._movement(aircraft, values)
        losses, icao24 = self._losses, aircraft.icao24
        rates = (values.get("vertical_rate"),)
        aircraft.vertical_rate_mps = quantity("vertical_rate_mps", rates, MPS_PER_FPM, losses, icao24)
        aircraft.vertical_rate_ms = self.received_ms
        above_ft = values.get("geo_minus_baro")
        if above_ft is not None and aircraft.baro_altitude_m is not None:
            self._geo_altitude(aircraft, aircraft.baro_altitude_m / METRES_PER_FOOT + above_ft)

    def _emergency(self, aircraft: HeardAircraft, message: bytes) -> None:
        aircraft.declared = declared_status(message[5] >> 5, self._losses, aircraft.icao24)
        aircraft.declared_ms = self.received_ms
        self._squawk(aircraft, self._values(message).get("squawk"))

    def _squawk(self, aircraft: HeardAircraft, sent: object) -> None:
        code = squawk(sent, self._losses, aircraft.icao24)
        if code:
            aircraft.squawk, aircraft.squawk_ms = code, self.received_ms


def _address_type(message: bytes, type_code: int) -> tuple[AddressType | None, bool]:
    """Return the type of an address by readsb's names, and whether the address is ICAO's; no type: not a position.

    A bit of the message marks track files. It is at another place in each kind of message (DO-260B, 2.2.17.2).
    """
    if message[0] >> 3 == 17:
        return "adsb_icao", True
    control = message[0] & 7
    is_track_file = False
    if 9 <= type_code <= 18 or 20 <= type_code <= 22:
        is_track_file = bool(message[4] & 1)
    elif 5 <= type_code <= 8:
        is_track_file = bool(message[6] >> 3 & 1)
    elif type_code == 19:
        is_track_file = bool(message[5] >> 7)
    match control:
        case 0:
            return "adsb_icao_nt", True
        case 1:
            return "adsb_other", False
        case 2:
            return ("tisb_trackfile", False) if is_track_file else ("tisb_icao", True)
        case 5:
            return "tisb_other", False
        case 6:
            return ("adsr_other", False) if is_track_file else ("adsr_icao", True)
    # Coarse positions (3) have another layout; 4 and 7 are management.
    return None, False
