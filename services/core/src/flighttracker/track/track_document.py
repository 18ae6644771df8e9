"""A track in the format that a program asked for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from flighttracker.track.csv import track_csv
from flighttracker.track.geojson import track_feature
from flighttracker.track.gpx import track_gpx
from flighttracker.track.point import Track, TrackPoint


def track_document(
    icao24: str, points: Sequence[TrackPoint], format_: str, longest_gap_ms: int | None = None
) -> tuple[bytes, str]:
    """Return a track as a document, and its media type.

    Args:
        icao24: six hexadecimal digits.
        points: oldest first.
        format_: `json`, `geojson`, `gpx` or `csv`.
        longest_gap_ms: lines of GeoJSON and GPX end before a longer gap, milliseconds; None: they do not.

    Raises:
        ValueError: the format is unknown.
    """
    match format_:
        case "json":
            return msgspec.json.encode(Track(icao24, list(points))), "application/json"
        case "geojson":
            return msgspec.json.encode(track_feature(icao24, points, longest_gap_ms)), "application/geo+json"
        case "gpx":
            return track_gpx(icao24, points, longest_gap_ms), "application/gpx+xml"
        case "csv":
            return track_csv(icao24, points).encode(), "text/csv"
    raise ValueError(f"a track has no format {format_!r}")
