"""`FlightPosition`: where one aircraft was at one moment, the record that all roles exchange.

It has the fields of `flight_position.avsc`, and a test compares the two. Unknown strings are empty, unknown numbers are
None. Records are validated twice: the Avro schema checks types in the producer, and `refuse_out_of_range` checks values
in the consumer, because any program may write to the topic.
"""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

import msgspec

from flighttracker.errors import RecordRefusedError

FlightStatus = Literal[
    "unknown",
    "scheduled",
    "taxiing",
    "climbing",
    "cruising",
    "descending",
    "landed",
    "emergency",
    "lifeguard",
    "minimum_fuel",
]

STATUSES: Final[tuple[FlightStatus, ...]] = get_args(FlightStatus)
"""In the order of the Avro enum; a frame has the index."""

Category = Literal[
    "unknown",
    "light",
    "small",
    "large",
    "high_vortex",
    "heavy",
    "high_performance",
    "rotorcraft",
    "glider",
    "lighter_than_air",
    "parachutist",
    "ultralight",
    "drone",
    "space",
    "emergency_vehicle",
    "service_vehicle",
    "obstacle",
]
AddressType = Literal[
    "unknown",
    "adsb_icao",
    "adsb_icao_nt",
    "adsb_other",
    "adsr_icao",
    "adsr_other",
    "tisb_icao",
    "tisb_other",
    "tisb_trackfile",
    "adsc",
    "mlat",
    "mode_s",
    "flarm",
    "radar",
    "simulated",
    "non_icao",
    "other",
]

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
ADDRESS_TYPES: Final[tuple[AddressType, ...]] = get_args(AddressType)
"""In the order of the Avro enums; a frame has the indexes."""

NOT_AIRCRAFT: Final[frozenset[Category]] = frozenset({"emergency_vehicle", "service_vehicle", "obstacle"})
"""Surface vehicles and obstacles: they send positions too, but are not counted as flights."""

NON_ICAO_ADDRESSES: Final[frozenset[AddressType]] = frozenset(
    {"adsb_other", "adsr_other", "tisb_other", "tisb_trackfile", "non_icao"}
)
"""Types whose address is not allocated by ICAO: nothing follows from it, not even a country."""

EMERGENCY_SQUAWKS: Final = frozenset({"7500", "7600", "7700"})
"""Unlawful interference, radio failure, general emergency (ICAO Doc 4444)."""

CALLSIGN_CHARACTERS: Final = 8
REGISTRATION_CHARACTERS: Final = 10
AIRCRAFT_TYPE_CHARACTERS: Final = 4
AIRPORT_CHARACTERS: Final = 4
NAME_BYTES: Final = 64
"""Longest operator, country or source name, in UTF-8 bytes."""

NUMBER_RANGES: Final = {
    "latitude_deg": (-90.0, 90.0),
    "longitude_deg": (-180.0, 180.0),
    "baro_altitude_m": (-1_500.0, 50_000.0),
    "geo_altitude_m": (-1_500.0, 50_000.0),
    "ground_speed_mps": (0.0, 1_500.0),
    "track_deg": (0.0, 360.0),
    "vertical_rate_mps": (-300.0, 300.0),
}
"""Lowest and highest value that an aircraft can have, by field."""

FUTURE_TOLERANCE_MS: Final = 60_000
"""How far a producer's clock may be ahead of ours."""

_ICAO24 = re.compile(r"[0-9a-f]{6}")
_SQUAWK = re.compile(r"[0-7]{4}|")


class FlightPosition(msgspec.Struct, frozen=True, gc=False):
    """One position report; see `flight_position.avsc` for the meaning of each field.

    Names include the units. `position_time` and `last_contact` are milliseconds since 1970 UTC: their type says so in
    Avro, and their names end with `_ms` in JSON.
    """

    icao24: str
    callsign: str
    registration: str
    aircraft_type: str
    operator: str
    origin_country: str
    origin: str
    destination: str
    category: Category
    address_type: AddressType
    latitude_deg: float
    longitude_deg: float
    baro_altitude_m: float | None
    geo_altitude_m: float | None
    ground_speed_mps: float | None
    track_deg: float | None
    vertical_rate_mps: float | None
    on_ground: bool
    squawk: str
    status: FlightStatus
    position_time: int = msgspec.field(name="position_time_ms")
    last_contact: int = msgspec.field(name="last_contact_ms")
    source: str


def refuse_out_of_range(position: FlightPosition, now_ms: int, oldest_ms: int = 0) -> None:
    """Raise `RecordRefusedError` if a value is impossible for an aircraft, or the position is too old to be shown.

    Args:
        position: a record with the types of the schema.
        now_ms: the consumer's time, milliseconds since 1970.
        oldest_ms: positions from before this time are rejected, milliseconds since 1970.

    Raises:
        RecordRefusedError: a value is out of range; `reason` and `detail` name the field and the value.
    """
    # NaN fails each of these comparisons.
    if not -90.0 <= position.latitude_deg <= 90.0:
        raise RecordRefusedError("latitude_range", f"latitude_deg is {position.latitude_deg}, not within -90 to 90")
    if not -180.0 <= position.longitude_deg <= 180.0:
        raise RecordRefusedError(
            "longitude_range", f"longitude_deg is {position.longitude_deg}, not within -180 to 180"
        )
    if not _ICAO24.fullmatch(position.icao24):
        raise RecordRefusedError("icao24_format", f"icao24 is {position.icao24[:64]!r}, not six lower-case hex digits")
    if position.position_time > now_ms + FUTURE_TOLERANCE_MS:
        ahead_s = (position.position_time - now_ms) // 1000
        raise RecordRefusedError("position_time_in_future", f"position_time is {ahead_s} s ahead of this clock")
    if not position.position_time > 0:
        raise RecordRefusedError("position_time_range", f"position_time is {position.position_time}")
    if position.position_time < oldest_ms:
        too_old_s = (oldest_ms - position.position_time) // 1000
        raise RecordRefusedError("too_old", f"position_time is {too_old_s} s older than the map shows")
    _refuse_number(position.baro_altitude_m, "baro_altitude_m")
    _refuse_number(position.geo_altitude_m, "geo_altitude_m")
    _refuse_number(position.ground_speed_mps, "ground_speed_mps")
    _refuse_number(position.track_deg, "track_deg")
    _refuse_number(position.vertical_rate_mps, "vertical_rate_mps")
    if not _SQUAWK.fullmatch(position.squawk):
        raise RecordRefusedError("squawk_format", f"squawk is {position.squawk[:64]!r}, not four octal digits")
    _refuse_text(position.callsign, CALLSIGN_CHARACTERS, "callsign")
    _refuse_text(position.registration, REGISTRATION_CHARACTERS, "registration")
    _refuse_text(position.aircraft_type, AIRCRAFT_TYPE_CHARACTERS, "aircraft_type")
    _refuse_text(position.origin, AIRPORT_CHARACTERS, "origin")
    _refuse_text(position.destination, AIRPORT_CHARACTERS, "destination")
    _refuse_name(position.operator, "operator")
    _refuse_name(position.origin_country, "origin_country")
    _refuse_name(position.source, "source")


def _refuse_number(value: float | None, field: str) -> None:
    lowest, highest = NUMBER_RANGES[field]
    if value is not None and not lowest <= value <= highest:
        raise RecordRefusedError(f"{field}_range", f"{field} is {value}, not within {lowest:g} to {highest:g}")


def _refuse_text(value: str, characters: int, field: str) -> None:
    if len(value) > characters or not value.isascii() or (value and not value.isprintable()):
        allowed = f"at most {characters} printable ASCII characters"
        raise RecordRefusedError(f"{field}_format", f"{field} is {value[:64]!r}, not {allowed}")


def _refuse_name(value: str, field: str) -> None:
    if len(value) > NAME_BYTES or (not value.isascii() and len(value.encode()) > NAME_BYTES):
        raise RecordRefusedError(f"{field}_length", f"{field} is longer than {NAME_BYTES} bytes: {value[:64]!r}")
