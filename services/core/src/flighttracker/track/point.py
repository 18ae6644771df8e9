"""`TrackPoint`: where one aircraft was at one moment, with what a line on a map needs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class TrackPoint(msgspec.Struct, frozen=True, gc=False):
    """A past position: fields and units as in FlightPosition, times in milliseconds since 1970 UTC."""

    position_time_ms: int
    latitude_deg: float
    longitude_deg: float
    baro_altitude_m: float | None
    ground_speed_mps: float | None
    on_ground: bool


class Track(msgspec.Struct, frozen=True):
    """The positions of one aircraft, oldest first."""

    icao24: str
    points: list[TrackPoint]


def split_at_gaps(points: Sequence[TrackPoint], longest_gap_ms: int | None) -> list[list[TrackPoint]]:
    """Return the points in parts, each without a longer gap between two points.

    Args:
        points: oldest first.
        longest_gap_ms: milliseconds; None for one part.
    """
    parts: list[list[TrackPoint]] = []
    for point in points:
        before = parts[-1][-1] if parts else None
        if before is None or (
            longest_gap_ms is not None and point.position_time_ms - before.position_time_ms > longest_gap_ms
        ):
            parts.append([])
        parts[-1].append(point)
    return parts
