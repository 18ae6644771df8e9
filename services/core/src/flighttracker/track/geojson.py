"""A track as a GeoJSON feature (RFC 7946)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flighttracker.track.point import TrackPoint, split_at_gaps

HALF_TURN_DEG: Final = 180.0
POINT_DIGITS: Final = 5


Line = list[tuple[list[float], int | None]]
"""Coordinates and times."""


def track_feature(icao24: str, points: Sequence[TrackPoint], longest_gap_ms: int | None = None) -> dict[str, Any]:
    """Return the line through the points, with the time of each position beside it.

    The geometry is a LineString; a MultiLineString where the track has a gap or crosses the antimeridian, because a
    line must not (RFC 7946, section 3.1.9); a Point of a single position; and null without any. Coordinates are
    longitude, latitude, and the barometric altitude in metres if it is known. `position_times_ms` has the shape of the
    coordinates; it is null where a line ends at the antimeridian, because nothing was measured there.

    Args:
        icao24: six hexadecimal digits.
        points: oldest first.
        longest_gap_ms: another line begins after a longer gap, milliseconds; None: gaps are drawn through.
    """
    lines = [line for part in split_at_gaps(points, longest_gap_ms) for line in _lines(part)]
    # A line has two positions (RFC 7946, section 3.1.4).
    lines = [line if len(line) > 1 else line * 2 for line in lines] if len(lines) > 1 else lines
    coordinates: list[Any] = [[place for place, _ in line] for line in lines]
    times: list[Any] = [[time_ms for _, time_ms in line] for line in lines]
    geometry: dict[str, Any] | None
    if not points:
        geometry = None
    elif len(points) == 1:
        geometry = {"type": "Point", "coordinates": coordinates[0][0]}
    elif len(lines) == 1:
        geometry = {"type": "LineString", "coordinates": coordinates[0]}
    else:
        geometry = {"type": "MultiLineString", "coordinates": coordinates}
    is_cut = len(lines) > 1
    properties = {"icao24": icao24, "position_times_ms": times if is_cut else times[0] if times else []}
    return {"type": "Feature", "id": icao24, "geometry": geometry, "properties": properties}


def _lines(points: Sequence[TrackPoint]) -> list[Line]:
    """Return the line through the points, cut at the antimeridian."""
    lines: list[Line] = [[]]
    before: TrackPoint | None = None
    for point in points:
        if before is not None and abs(point.longitude_deg - before.longitude_deg) > HALF_TURN_DEG:
            edge, latitude_deg = _crossing(before, point)
            lines[-1].append(([edge, latitude_deg], None))
            lines.append([([-edge, latitude_deg], None)])
        lines[-1].append((_coordinates(point), point.position_time_ms))
        before = point
    return lines


def _coordinates(point: TrackPoint) -> list[float]:
    place = [point.longitude_deg, point.latitude_deg]
    return place if point.baro_altitude_m is None else [*place, point.baro_altitude_m]


def _crossing(before: TrackPoint, after: TrackPoint) -> tuple[float, float]:
    """Return the longitude (180 or -180) and the latitude at which a track leaves its side of the antimeridian."""
    edge = HALF_TURN_DEG if before.longitude_deg > 0 else -HALF_TURN_DEG
    to_edge, beyond = abs(edge - before.longitude_deg), abs(edge + after.longitude_deg)
    share = to_edge / (to_edge + beyond) if to_edge + beyond else 0.0
    latitude_deg = before.latitude_deg + share * (after.latitude_deg - before.latitude_deg)
    return edge, round(latitude_deg, POINT_DIGITS)
