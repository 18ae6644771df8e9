"""Reads `AircraftList.json` of Virtual Radar Server. Pure; `virtual_radar` fetches it.

Times are in milliseconds by the server's clock: `stm` is that of the answer, `PosTime` that of a position. The list has
the number of messages of each aircraft, and no time of the last one; `Contacts` remembers when the number changed.
https://www.virtualradarserver.co.uk/Documentation/Formats/AircraftList.aspx
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flighttracker.errors import SourceError
from flighttracker.flight import AIRCRAFT_TYPE_CHARACTERS, REGISTRATION_CHARACTERS, AddressType, FlightPosition
from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT
from flighttracker_generator.simulation.states import country_of_address
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.fields import (
    address,
    callsign,
    count_wrong_texts,
    flag,
    is_true,
    name,
    number,
    quantity,
    squawk,
    status_of,
    text,
    time_s,
)
from flighttracker_generator.sources.json_text import decoded
from flighttracker_generator.sources.kinds import Wanted, category_of, skipped_as
from flighttracker_generator.sources.losses import Losses, shortened

SOURCE: Final = "virtualRadar"
RECORDS_IN: Final = ("acList",)
_TEXTS: Final = {
    "Call": "callsign", "Reg": "registration", "Type": "aircraft_type", "Op": "operator", "Cou": "origin_country",
    "From": "origin", "To": "destination",
}  # fmt: skip
_FLAGS: Final = {
    "Gnd": "on_ground", "TrkH": "track_deg", "Help": "status",
    "Bad": "address_type", "Mlat": "address_type", "Tisb": "address_type",
}  # fmt: skip
_AIRPORT_CHARACTERS: Final = 4
_AIRSPEEDS: Final = (2, 3)
"""Values of `SpdTyp` for indicated and true airspeed, which are no ground speeds."""
_OF_SPECIES: Final[dict[float | None, str]] = {4: "A7", 5: "A7", 7: "C2", 8: "C3"}
_OF_WAKE: Final[dict[float | None, str]] = {1: "A1", 3: "A5"}
"""Emitter categories of helicopter, gyrocopter, vehicle and tower, and of light and heavy. Medium is three of them."""


class Contacts:
    """When each aircraft of the list was last heard, by its number of messages."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[object, float]] = {}

    def update(self, counts: Mapping[str, tuple[object, float]], now_s: float) -> dict[str, float]:
        """Add an answer and return the times of last contact by address, seconds by the server's clock.

        Args:
            counts: number of messages and time of position by address; aircraft that are not in it are forgotten.
            now_s: when the answer was made.
        """
        heard = {}
        for icao24, (count, position_s) in counts.items():
            before = self._heard.get(icao24)
            contact_s = position_s
            if before is not None and count is not None:
                contact_s = max(now_s if count != before[0] else before[1], position_s)
            heard[icao24] = (count, contact_s)
        self._heard = heard
        return {icao24: contact_s for icao24, (_, contact_s) in heard.items()}


def read_list(body: bytes, received_ms: int, wanted: Wanted, contacts: Contacts) -> Answer:
    """Return the positions in an answer.

    Args:
        body: the answer.
        received_ms: our time, for answers without the server's, milliseconds since 1970.
        wanted: what is shown besides aircraft with ICAO addresses.
        contacts: what was in the answers before.

    Raises:
        SourceError: `not_json`, `too_large`, or `wrong_shape` when it has no list of aircraft.
    """
    losses = Losses()
    document = decoded(body, RECORDS_IN, losses)
    records = document.get("acList") if isinstance(document, dict) else None
    if not isinstance(records, list):
        raise SourceError(f"the answer has no acList: {shortened(document)}", reason="wrong_shape")
    now_s = time_s(document.get("stm"))
    if now_s is None and document.get("stm") is not None:
        losses.field("stm", document["stm"], "the answer")
    usable = {}
    for record in records:
        icao24 = _wanted_address(record, wanted, losses)
        if icao24 and (position_s := _position_s(record, icao24, losses)) is not None:
            usable[icao24] = record, position_s
    counts = {icao24: (record.get("CMsgs"), position_s) for icao24, (record, position_s) in usable.items()}
    contacts_s = contacts.update(counts, received_ms / 1000 if now_s is None else now_s)
    positions, fingerprints = [], []
    for icao24, (record, position_s) in usable.items():
        position = _position(record, icao24, position_s, contacts_s[icao24], losses)
        if position is None:
            continue
        if reason := skipped_as(position.category, wanted):
            losses.record(reason)
            continue
        positions.append(position)
        fingerprints.append(hash((position.latitude_deg, position.longitude_deg, position_s, str(record.get("CMsgs")))))
    return Answer(positions, fingerprints, None if now_s is None else round(now_s * 1000), losses)


def _wanted_address(record: object, wanted: Wanted, losses: Losses) -> str:
    """Return the address of a record that is wanted, or an empty text when the record is lost."""
    icao24 = address(record.get("Icao")) if isinstance(record, dict) else ""
    if not isinstance(record, dict) or not icao24:
        losses.record("malformed", record)
        return ""
    # `Bad`: the server knows that the address is not one that ICAO allocated.
    if is_true(record.get("Bad")) and not wanted.non_icao_addresses:
        losses.record("non_icao_address")
        return ""
    return icao24


def _position_s(record: Mapping[str, Any], icao24: str, losses: Losses) -> float | None:
    """Return the time of the position in a record, or None when there is none."""
    if record.get("Lat") is None or record.get("Long") is None:
        losses.record("no_position")
        return None
    position_s = time_s(record.get("PosTime"))
    if position_s is None or position_s < 1:
        position_s = None
        losses.record("no_time", {"Icao": icao24, "PosTime": record.get("PosTime")})
    return position_s


def _position(
    record: Mapping[str, Any], icao24: str, position_s: float, contact_s: float, losses: Losses
) -> FlightPosition | None:
    latitude_deg = quantity("latitude_deg", (record["Lat"],), 1.0, losses, icao24)
    longitude_deg = quantity("longitude_deg", (record["Long"],), 1.0, losses, icao24)
    if latitude_deg is None or longitude_deg is None or (latitude_deg == 0 and longitude_deg == 0):
        losses.record("bad_position", {"Lat": record["Lat"], "Long": record["Long"]})
        return None
    on_ground = is_true(record.get("Gnd"))
    altitudes = (None, None) if on_ground else (record.get("Alt"), record.get("GAlt"))
    # The server computes one of them from the other, with the air pressure of the nearest airport.
    is_geometric = number(record.get("AltT")) == 1
    baro, geo = ((), altitudes[::-1]) if is_geometric else (altitudes[:1], ())
    baro_altitude_m = quantity("baro_altitude_m", baro, METRES_PER_FOOT, losses, icao24)
    geo_altitude_m = quantity("geo_altitude_m", geo, METRES_PER_FOOT, losses, icao24)
    speed = None if number(record.get("SpdTyp")) in _AIRSPEEDS else record.get("Spd")
    ground_speed_mps = quantity("ground_speed_mps", (speed,), MPS_PER_KNOT, losses, icao24)
    # A heading is no track in the air, because of the wind.
    track = None if is_true(record.get("TrkH")) and not on_ground else record.get("Trak")
    vertical_rate_mps = quantity("vertical_rate_mps", (record.get("Vsi"),), MPS_PER_FPM, losses, icao24)
    code = squawk(record.get("Sqk"), losses, icao24)
    count_wrong_texts(record, _TEXTS, losses, icao24)
    for member, field in _FLAGS.items():
        flag(field, record.get(member), losses, icao24)
    is_icao = not is_true(record.get("Bad"))
    country = name(record.get("Cou")) or country_of_address(int(icao24, 16))
    return FlightPosition(
        icao24=icao24,
        callsign=callsign(record.get("Call")),
        registration=text(record.get("Reg"), REGISTRATION_CHARACTERS),
        aircraft_type=text(record.get("Type"), AIRCRAFT_TYPE_CHARACTERS),
        operator=name(record.get("Op")),
        origin_country=country if is_icao else "",
        origin=_airport(record.get("From")),
        destination=_airport(record.get("To")),
        category=category_of(_code(record), record.get("Type"), losses, icao24),
        address_type=_address_type(record, is_icao=is_icao),
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        baro_altitude_m=baro_altitude_m,
        geo_altitude_m=geo_altitude_m,
        ground_speed_mps=ground_speed_mps,
        track_deg=quantity("track_deg", (track,), 1.0, losses, icao24),
        vertical_rate_mps=vertical_rate_mps,
        on_ground=on_ground,
        squawk=code,
        status=status_of(
            on_ground=on_ground,
            ground_speed_mps=ground_speed_mps,
            altitude_m=geo_altitude_m if baro_altitude_m is None else baro_altitude_m,
            vertical_rate_mps=vertical_rate_mps,
            squawk=code,
            declared="emergency" if is_true(record.get("Help")) else None,
        ),
        position_time=round(position_s * 1000),
        last_contact=round(contact_s * 1000),
        source=SOURCE,
    )


def _code(record: Mapping[str, Any]) -> str | None:
    """Return the emitter category that follows from kind and wake turbulence of a type, or None."""
    return _OF_SPECIES.get(number(record.get("Species"))) or _OF_WAKE.get(number(record.get("WTC")))


def _address_type(record: Mapping[str, Any], *, is_icao: bool) -> AddressType:
    if not is_icao:
        return "non_icao"
    if is_true(record.get("Mlat")):
        return "mlat"
    return "tisb_icao" if is_true(record.get("Tisb")) else "unknown"


def _airport(value: object) -> str:
    """Return the code of an airport such as "EGLL London Heathrow, United Kingdom"; empty when it has none."""
    word = text(value, 64).partition(" ")[0]
    return word if len(word) == _AIRPORT_CHARACTERS and word.isalnum() and word.isupper() else ""
