"""`aircraft.json` of readsb and its relatives as positions. Pure; `readsb` fetches the file.

Times in it are ages: `seen_pos` seconds before `now`. Addresses that begin with `~` are not ICAO's (TIS-B and such) and
would collide with real ones, so those aircraft are skipped. The country follows from the address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec

from flighttracker.flight import (
    AIRCRAFT_TYPE_CHARACTERS,
    CALLSIGN_CHARACTERS,
    REGISTRATION_CHARACTERS,
    FlightPosition,
)
from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT
from flighttracker_generator.simulation.states import country_of_address
from flighttracker_generator.sources.answers import MAX_TIME_S, Answer, parsed
from flighttracker_generator.sources.fields import name, number, status_of, text

SOURCE: Final = "readsb"
_ICAO24_CHARACTERS: Final = 6
_SQUAWK_CHARACTERS: Final = 4


class _Aircraft(msgspec.Struct):
    now: Annotated[float, msgspec.Meta(ge=0, le=MAX_TIME_S)]
    aircraft: list[dict[str, Any]]


def read_aircraft(body: bytes) -> Answer:
    """Return the positions in an `aircraft.json`.

    Raises:
        SourceError: `not_json`, or `wrong_shape` when it is not such a file.
    """
    answer = parsed(body, _Aircraft, "an aircraft.json")
    positions: list[FlightPosition] = []
    skipped: Counter[str] = Counter()
    for aircraft in answer.aircraft:
        result = _position(aircraft, answer.now)
        if isinstance(result, str):
            skipped[result] += 1
        else:
            positions.append(result)
    return Answer(positions, skipped, round(answer.now * 1000))


def _position(aircraft: Mapping[str, Any], now_s: float) -> FlightPosition | str:
    """Return the position of an aircraft, or the reason why there is none."""
    address = aircraft.get("hex")
    if isinstance(address, str) and address.startswith("~"):
        return "non_icao_address"
    icao24 = text(address, _ICAO24_CHARACTERS).lower()
    try:
        country = country_of_address(int(icao24, 16))
    except ValueError:
        return "malformed"
    latitude_deg, longitude_deg = number(aircraft.get("lat")), number(aircraft.get("lon"))
    if latitude_deg is None or longitude_deg is None:
        return "no_position"
    seen_s = number(aircraft.get("seen")) or 0.0
    seen_position_s = number(aircraft.get("seen_pos"))
    on_ground = aircraft.get("alt_baro") == "ground"
    baro_altitude_m = _in(aircraft.get("alt_baro"), METRES_PER_FOOT)
    geo_altitude_m = _in(aircraft.get("alt_geom"), METRES_PER_FOOT)
    ground_speed_mps = _in(aircraft.get("gs"), MPS_PER_KNOT)
    vertical_rate_mps = _in(_first(aircraft, "baro_rate", "geom_rate"), MPS_PER_FPM)
    squawk = text(aircraft.get("squawk"), _SQUAWK_CHARACTERS)
    return FlightPosition(
        icao24=icao24,
        callsign=text(aircraft.get("flight"), CALLSIGN_CHARACTERS),
        registration=text(aircraft.get("r"), REGISTRATION_CHARACTERS),
        aircraft_type=text(aircraft.get("t"), AIRCRAFT_TYPE_CHARACTERS),
        operator=name(aircraft.get("ownOp")),
        origin_country=country,
        origin="",
        destination="",
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        baro_altitude_m=baro_altitude_m,
        geo_altitude_m=geo_altitude_m,
        ground_speed_mps=ground_speed_mps,
        # Taxiing aircraft send the direction in which they point.
        track_deg=number(_first(aircraft, "track", "true_heading")),
        vertical_rate_mps=vertical_rate_mps,
        on_ground=on_ground,
        squawk=squawk,
        status=status_of(
            on_ground=on_ground,
            ground_speed_mps=ground_speed_mps,
            altitude_m=geo_altitude_m if baro_altitude_m is None else baro_altitude_m,
            vertical_rate_mps=vertical_rate_mps,
            squawk=squawk,
        ),
        position_time=round((now_s - (seen_s if seen_position_s is None else seen_position_s)) * 1000),
        last_contact=round((now_s - seen_s) * 1000),
        source=SOURCE,
    )


def _in(value: object, unit: float) -> float | None:
    known = number(value)
    return None if known is None else known * unit


def _first(aircraft: Mapping[str, Any], *names: str) -> object:
    return next((aircraft[field] for field in names if aircraft.get(field) is not None), None)
