"""What readsb would write of the same traffic: the traces of its `globe_history`, for `make bench-history`.

A file for each aircraft and day, JSON in gzip, as README-json.md of wiedehopf/readsb describes it ("trace jsons").
Which positions are points of a trace follows `traceAdd` of its globe_index.c at the default interval of 20 s, without
the position before the present one, which readsb keeps too in a change of speed, track or altitude. Each fourth point
has details; here only those that the traffic has, fewer than a real one.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from flighttracker.flight import FlightPosition
from flighttracker_historian.files.motion import distance_m

INTERVAL_S: Final = 20.0
POINTS_A_DETAIL: Final = 4
GZIP_LEVEL: Final = 9
FEET_PER_METRE: Final = 1 / 0.3048
KNOTS_PER_MPS: Final = 3600 / 1852
FPM_PER_MPS: Final = 60 / 0.3048


def trace_bytes(positions: Iterable[FlightPosition]) -> tuple[int, int]:
    """Return the size of all traces, and how many points they have.

    Args:
        positions: everything that was heard, oldest first.
    """
    by_aircraft: defaultdict[str, list[FlightPosition]] = defaultdict(list)
    for position in positions:
        points = by_aircraft[position.icao24]
        if not points or _is_point(points[-1], position):
            points.append(position)
    size = sum(len(gzip.compress(_trace(points), GZIP_LEVEL)) for points in by_aircraft.values())
    return size, sum(map(len, by_aircraft.values()))


def _is_point(last: FlightPosition, now: FlightPosition) -> bool:
    """Return whether readsb adds a position behind the last point."""
    elapsed_s = (now.position_time - last.position_time) / 1000
    altitude_ft, altitude_change_ft = _feet(now), abs(_feet(now) - _feet(last))
    speed_change_kt = abs(_number(now.ground_speed_mps) - _number(last.ground_speed_mps)) * KNOTS_PER_MPS
    climb_change_fpm = abs(_number(now.vertical_rate_mps) - _number(last.vertical_rate_mps)) * FPM_PER_MPS
    if speed_change_kt >= (10 if altitude_ft > 10_000 else 5) or climb_change_fpm >= 450:
        return True
    if now.on_ground != last.on_ground or elapsed_s > 10 * INTERVAL_S:
        return True
    most_ft, base_ft = (100, 125) if altitude_ft <= 7_000 else (200, 250) if altitude_ft <= 12_000 else (400, 800)
    if altitude_change_ft >= most_ft:
        return True
    if altitude_change_ft >= 25 and elapsed_s > INTERVAL_S / 4 * base_ft / altitude_change_ft:
        return True
    turn_deg = abs((_number(now.track_deg) - _number(last.track_deg) + 180) % 360 - 180)
    if not now.on_ground:
        return elapsed_s > INTERVAL_S or (turn_deg > 0.5 and elapsed_s * turn_deg * 5 > 100)
    places = (last.latitude_deg, last.longitude_deg, now.latitude_deg, now.longitude_deg)
    moved_m = float(distance_m(*(np.array([degrees]) for degrees in places))[0])
    return (
        elapsed_s > 4 * INTERVAL_S
        or (moved_m > 10 and elapsed_s > INTERVAL_S)
        or (_number(now.ground_speed_mps) * KNOTS_PER_MPS > 5 and elapsed_s > INTERVAL_S / 2)
        or moved_m * turn_deg > 130
        or moved_m > 50
    )


def _trace(points: Sequence[FlightPosition]) -> bytes:
    first = points[0]
    head = {"icao": first.icao24, "r": first.registration, "t": first.aircraft_type, "dbFlags": 0}
    text = json.dumps({**head, "timestamp": first.position_time / 1000}, separators=(",", ":"))[:-1]
    lines = ",".join(
        _point(point, first.position_time, has_details=number % POINTS_A_DETAIL == 0)
        for number, point in enumerate(points)
    )
    return f'{text},\n"trace":[{lines} ]}}\n'.encode()


def _point(point: FlightPosition, since_ms: int, *, has_details: bool) -> str:
    altitude: Any = "ground" if point.on_ground else _rounded(point.baro_altitude_m, FEET_PER_METRE, 25)
    geometric = _rounded(point.geo_altitude_m, FEET_PER_METRE, 25)
    rate = _rounded(point.vertical_rate_mps, FPM_PER_MPS, 64)
    speed = None if point.ground_speed_mps is None else round(point.ground_speed_mps * KNOTS_PER_MPS, 1)
    track = None if point.track_deg is None else round(point.track_deg, 1)
    details = None
    if has_details:
        details = {"type": "adsb_icao", "flight": f"{point.callsign:<8}", "alt_geom": geometric, "track": track}
        details |= {"baro_rate": rate, "squawk": point.squawk, "category": "A3"}
    start = f"{(point.position_time - since_ms) / 1000:.2f},{point.latitude_deg:f},{point.longitude_deg:f}"
    rest = [altitude, speed, track, 0, rate, details, "adsb_icao", geometric, None, None, None]
    return f"\n[{start},{json.dumps(rest, separators=(',', ':'))[1:]}"


def _feet(position: FlightPosition) -> float:
    return 0.0 if position.on_ground else _number(position.baro_altitude_m) * FEET_PER_METRE


def _number(value: float | None) -> float:
    return 0.0 if value is None else value


def _rounded(value: float | None, factor: float, step: int) -> int | None:
    return None if value is None else round(value * factor / step) * step
