"""OpenSky's state vectors as positions. Pure; `opensky` fetches the answers.

A vector is an array of 17 values, or 18 with the category, and real ones have gaps: no position, a callsign padded with
spaces, integers where decimals are documented. One vector that cannot be used is counted and skipped, never the answer.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Final

import msgspec

from flighttracker.flight import CALLSIGN_CHARACTERS, FlightPosition
from flighttracker_generator.sources.answers import MAX_TIME_S, Answer, parsed
from flighttracker_generator.sources.fields import name, number, status_of, text

SOURCE: Final = "opensky"
FIELDS: Final = 17
_ICAO24_CHARACTERS: Final = 6
_SQUAWK_CHARACTERS: Final = 4


class _States(msgspec.Struct):
    time: Annotated[int, msgspec.Meta(ge=0, le=MAX_TIME_S)]
    states: list[list[Any]] | None = None


def read_states(body: bytes) -> Answer:
    """Return the positions in an answer of `/states/all`.

    Raises:
        SourceError: `not_json`, or `wrong_shape` when it is not such an answer.
    """
    positions: list[FlightPosition] = []
    skipped: Counter[str] = Counter()
    answer = parsed(body, _States, "OpenSky's state vectors")
    for vector in answer.states or ():
        result = _position(vector)
        if isinstance(result, str):
            skipped[result] += 1
        else:
            positions.append(result)
    return Answer(positions, skipped, answer.time * 1000)


def _position(vector: list[Any]) -> FlightPosition | str:
    """Return the position in a vector, or the reason why there is none."""
    if len(vector) < FIELDS:
        return "malformed"
    icao24 = text(vector[0], _ICAO24_CHARACTERS).lower()
    longitude_deg, latitude_deg = number(vector[5]), number(vector[6])
    if not icao24:
        return "malformed"
    if longitude_deg is None or latitude_deg is None:
        return "no_position"
    last_contact_s = number(vector[4])
    position_s = number(vector[3])
    if position_s is None:
        position_s = last_contact_s
    if position_s is None:
        return "no_time"
    baro_altitude_m, geo_altitude_m = number(vector[7]), number(vector[13])
    ground_speed_mps, vertical_rate_mps = number(vector[9]), number(vector[11])
    on_ground = vector[8] is True
    squawk = text(vector[14], _SQUAWK_CHARACTERS)
    return FlightPosition(
        icao24=icao24,
        callsign=text(vector[1], CALLSIGN_CHARACTERS),
        registration="",
        aircraft_type="",
        operator="",
        origin_country=name(vector[2]),
        origin="",
        destination="",
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        baro_altitude_m=baro_altitude_m,
        geo_altitude_m=geo_altitude_m,
        ground_speed_mps=ground_speed_mps,
        track_deg=number(vector[10]),
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
        position_time=round(position_s * 1000),
        last_contact=round((position_s if last_contact_s is None else last_contact_s) * 1000),
        source=SOURCE,
    )
