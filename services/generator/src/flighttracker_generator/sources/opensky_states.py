"""Reads OpenSky's state vectors. Pure; `opensky` fetches the answers.

A vector is an array of 17 values, or 18 with the category, and real ones have gaps: no position, a callsign padded with
spaces, integers where decimals are documented.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition
from flighttracker_generator.simulation.states import country_of_address
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.fields import (
    address,
    callsign,
    count_wrong_texts,
    flag,
    name,
    quantity,
    squawk,
    status_of,
    time_s,
)
from flighttracker_generator.sources.json_text import decoded
from flighttracker_generator.sources.kinds import (
    Wanted,
    address_type_of_opensky,
    category_of_opensky,
    skipped_as,
)
from flighttracker_generator.sources.losses import Losses, shortened

SOURCE: Final = "opensky"
_TEXTS: Final = {"callsign": "callsign", "origin_country": "origin_country"}
FIELDS: Final = 17
POSITION_SOURCE: Final = 16
CATEGORY: Final = 17
"""Place of the category, which answers to `extended=1` have."""


def read_states(body: bytes, *, vehicles: bool = False) -> Answer:
    """Return the positions in an answer of `/states/all`.

    Args:
        body: the answer.
        vehicles: whether surface vehicles and obstacles are wanted.

    Raises:
        SourceError: `not_json`, `too_large`, or `wrong_shape` when it is not such an answer.
    """
    losses = Losses()
    document = decoded(body, ("states",), losses)
    # OpenSky sends null for an area without aircraft.
    if not isinstance(document, dict) or not isinstance(document.get("states", ()), list | None):
        raise SourceError(f"the answer has no state vectors: {shortened(document)}", reason="wrong_shape")
    now_s = time_s(document.get("time"))
    if now_s is None and document.get("time") is not None:
        losses.field("time", document["time"], "the answer")
    positions, fingerprints, undated = [], [], set()
    for vector in document["states"] or ():
        position = _position(vector, losses)
        if position is None:
            continue
        if reason := skipped_as(position.category, Wanted(vehicles)):
            losses.record(reason)
        else:
            positions.append(position)
            place = (position.latitude_deg, position.longitude_deg)
            fingerprints.append(hash((place, position.position_time, position.last_contact)))
            if time_s(vector[3]) is None:
                undated.add(position.icao24)
    return Answer(positions, fingerprints, None if now_s is None else round(now_s * 1000), losses, frozenset(undated))


def _position(vector: Any, losses: Losses) -> FlightPosition | None:
    """Return the position in a vector, or None when it is lost."""
    if not isinstance(vector, list) or len(vector) < FIELDS or not (icao24 := address(vector[0])):
        losses.record("malformed", vector)
        return None
    if vector[5] is None or vector[6] is None:
        losses.record("no_position")
        return None
    longitude_deg = quantity("longitude_deg", (vector[5],), 1.0, losses, icao24)
    latitude_deg = quantity("latitude_deg", (vector[6],), 1.0, losses, icao24)
    if longitude_deg is None or latitude_deg is None:
        losses.record("bad_position", {"latitude": vector[6], "longitude": vector[5]})
        return None
    contact_s = _time_s(vector[4], "last_contact", losses, icao24)
    position_s = _time_s(vector[3], "time_position", losses, icao24)
    if position_s is None:
        position_s = contact_s
    if position_s is None:
        losses.record("no_time", vector)
        return None
    return _report(vector, icao24, (latitude_deg, longitude_deg), (position_s, contact_s or position_s), losses)


def _time_s(value: object, field: str, losses: Losses, icao24: str) -> float | None:
    known = time_s(value)
    if known is None and value is not None:
        losses.field(field, value, icao24)
    return known


def _report(
    vector: list[Any],
    icao24: str,
    place_deg: tuple[float, float],
    times_s: tuple[float, float],
    losses: Losses,
) -> FlightPosition:
    baro_altitude_m = quantity("baro_altitude_m", (vector[7],), 1.0, losses, icao24)
    geo_altitude_m = quantity("geo_altitude_m", (vector[13],), 1.0, losses, icao24)
    ground_speed_mps = quantity("ground_speed_mps", (vector[9],), 1.0, losses, icao24)
    vertical_rate_mps = quantity("vertical_rate_mps", (vector[11],), 1.0, losses, icao24)
    on_ground = flag("on_ground", vector[8], losses, icao24)
    code = squawk(vector[14], losses, icao24)
    count_wrong_texts({"callsign": vector[1], "origin_country": vector[2]}, _TEXTS, losses, icao24)
    return FlightPosition(
        icao24=icao24,
        callsign=callsign(vector[1]),
        registration="",
        aircraft_type="",
        operator="",
        origin_country=name(vector[2]) or country_of_address(int(icao24, 16)),
        origin="",
        destination="",
        category=category_of_opensky(vector[CATEGORY] if len(vector) > CATEGORY else None, losses, icao24),
        address_type=address_type_of_opensky(vector[POSITION_SOURCE], losses, icao24),
        latitude_deg=place_deg[0],
        longitude_deg=place_deg[1],
        baro_altitude_m=baro_altitude_m,
        geo_altitude_m=geo_altitude_m,
        ground_speed_mps=ground_speed_mps,
        track_deg=quantity("track_deg", (vector[10],), 1.0, losses, icao24),
        vertical_rate_mps=vertical_rate_mps,
        on_ground=on_ground,
        squawk=code,
        status=status_of(
            on_ground=on_ground,
            ground_speed_mps=ground_speed_mps,
            altitude_m=geo_altitude_m if baro_altitude_m is None else baro_altitude_m,
            vertical_rate_mps=vertical_rate_mps,
            squawk=code,
        ),
        position_time=round(times_s[0] * 1000),
        last_contact=round(max(times_s) * 1000),
        source=SOURCE,
    )
