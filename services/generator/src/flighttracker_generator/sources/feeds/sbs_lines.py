"""`SbsLines`: reads BaseStation lines (SBS, port 30003) and writes what they say to a `Sky`. Pure.

A line has up to 22 fields, separated by commas; each of the messages 1 to 8 has some of them. Its dates have no time
zone and come from the clock of the receiver, so positions have the time of receipt.
http://woodair.net/sbs/article/barebones42_socket_data.htm
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from flighttracker.flight import AddressType
from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT
from flighttracker_generator.sources.feeds.sky import HeardAircraft, Sky
from flighttracker_generator.sources.fields import address, callsign, number, quantity, squawk

MAX_LINE_BYTES: Final = 512
"""A line has about 100; a longer one is counted as `too_long`."""
_FIELDS: Final = 22
_KINDS: Final = frozenset({"MSG", "MLAT"})
_OTHER_KINDS: Final = frozenset({"SEL", "ID", "AIR", "STA", "CLK"})
"""Selections and clicks in the program BaseStation; they have nothing new."""
_SURFACE: Final = "2"
_TYPES: Final = frozenset("12345678")
_WRONG_CLOCK_S: Final = 600


class SbsLines:
    """The lines of one connection.

    Args:
        sky: where the aircraft are kept.
    """

    def __init__(self, sky: Sky) -> None:
        self._sky = sky
        self._losses = sky.losses
        self._rest = b""
        self._is_skipping = False
        self.received_ms = 0
        """Time of the bytes that are being read, milliseconds since 1970; the caller sets it."""
        self.clock_ahead_s: float | None = None
        """How far the dates of the last line are ahead of our clock, if they are far from it."""
        self.is_fed = False
        """Whether a line was understood."""

    def feed(self, data: bytes) -> None:
        """Add bytes as they come; reads each whole line. At most one incomplete line is kept."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._is_skipping:
                self._is_skipping = False
            elif len(line) > MAX_LINE_BYTES:
                self._losses.record("too_long", line[:MAX_LINE_BYTES].decode("latin-1"))
            else:
                self._read(line.strip(b"\r\x00 "))
        if len(self._rest) > MAX_LINE_BYTES:
            if not self._is_skipping:
                self._losses.record("too_long", self._rest[:MAX_LINE_BYTES].decode("latin-1"))
            self._rest, self._is_skipping = b"", True

    def _read(self, line: bytes) -> None:
        # Programs send an empty line when they hear nothing, so that the connection stays open.
        if not line:
            return
        text = line.decode("latin-1")
        fields = [field.strip() for field in text.split(",")]
        if fields[0] in _OTHER_KINDS:
            self.is_fed = True
            return
        if fields[0] not in _KINDS or len(fields) < 5 or fields[1] not in _TYPES:
            self._losses.record("garbage", text)
            return
        fields += [""] * (_FIELDS - len(fields))
        is_icao = not fields[4].startswith("~")
        icao24 = address(fields[4].removeprefix("~"))
        if not icao24:
            self._losses.record("malformed", text)
            return
        self.is_fed = True
        self._note_clock(fields[6], fields[7])
        address_type: AddressType = "mlat" if fields[0] == "MLAT" else "adsb_icao" if is_icao else "adsb_other"
        aircraft = self._sky.hear(icao24, address_type, self.received_ms, is_icao=is_icao)
        if aircraft is not None:
            self._take(aircraft, fields)

    def _take(self, aircraft: HeardAircraft, fields: list[str]) -> None:
        losses, icao24, now_ms = self._losses, aircraft.icao24, self.received_ms
        if fields[10]:
            aircraft.callsign, aircraft.callsign_ms = callsign(fields[10]), now_ms
        if fields[1] == _SURFACE or fields[21]:
            aircraft.on_ground = fields[1] == _SURFACE or _is_set(fields[21])
        altitude_m = quantity("baro_altitude_m", (fields[11],), METRES_PER_FOOT, losses, icao24)
        if altitude_m is not None:
            aircraft.baro_altitude_m, aircraft.baro_altitude_ms = altitude_m, now_ms
        if fields[12] or fields[13]:
            aircraft.ground_speed_mps = quantity("ground_speed_mps", (fields[12],), MPS_PER_KNOT, losses, icao24)
            aircraft.track_deg = quantity("track_deg", (fields[13],), 1.0, losses, icao24)
            aircraft.velocity_ms = now_ms
        rate_mps = quantity("vertical_rate_mps", (fields[16],), MPS_PER_FPM, losses, icao24)
        if rate_mps is not None:
            aircraft.vertical_rate_mps, aircraft.vertical_rate_ms = rate_mps, now_ms
        if fields[17] and number(fields[17]) != 0:
            code = squawk(fields[17].zfill(4), losses, icao24)
            if code:
                aircraft.squawk, aircraft.squawk_ms = code, now_ms
        if fields[19]:
            aircraft.declared, aircraft.declared_ms = "emergency" if _is_set(fields[19]) else None, now_ms
        self._place(aircraft, fields[14], fields[15])

    def _place(self, aircraft: HeardAircraft, latitude: str, longitude: str) -> None:
        if not latitude or not longitude:
            return
        latitude_deg = quantity("latitude_deg", (latitude,), 1.0, self._losses, aircraft.icao24)
        longitude_deg = quantity("longitude_deg", (longitude,), 1.0, self._losses, aircraft.icao24)
        # Programs that do not know a position send zeros.
        if latitude_deg is None or longitude_deg is None or (latitude_deg == 0 and longitude_deg == 0):
            return
        aircraft.latitude_deg, aircraft.longitude_deg = latitude_deg, longitude_deg
        aircraft.position_ms = self.received_ms

    def _note_clock(self, date: str, time: str) -> None:
        try:
            sent = datetime.strptime(f"{date} {time[:8]}", "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            return
        ahead_s = sent.timestamp() - self.received_ms / 1000
        self.clock_ahead_s = ahead_s if abs(ahead_s) > _WRONG_CLOCK_S else None


def _is_set(flag: str) -> bool:
    """Whether a flag is set; programs write -1 or 1."""
    return flag not in ("", "0")
