"""The kept rows of one aircraft as the points of a track. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from flighttracker.track import TrackPoint

TRACK_COLUMNS: Final = (
    "icao24",
    "position_time",
    "latitude_deg",
    "longitude_deg",
    "baro_altitude_m",
    "ground_speed_mps",
    "on_ground",
)


def track_points(tables: Sequence[pa.Table]) -> list[TrackPoint]:
    """Return the points of tables with `TRACK_COLUMNS` of one aircraft, oldest first."""
    tables = [table.select(TRACK_COLUMNS[1:]) for table in tables if len(table)]
    if not tables:
        return []
    rows = pa.concat_tables(tables).sort_by("position_time")
    times = rows.column("position_time").cast(pa.int64()).to_pylist()
    latitudes, longitudes, altitudes, speeds, on_ground = (rows.column(name).to_pylist() for name in TRACK_COLUMNS[2:])
    return [
        TrackPoint(time_ms, round(latitude, 5), round(longitude, 5), _rounded(altitude), _rounded(speed), is_on_ground)
        for time_ms, latitude, longitude, altitude, speed, is_on_ground in zip(
            times, latitudes, longitudes, altitudes, speeds, on_ground, strict=True
        )
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
