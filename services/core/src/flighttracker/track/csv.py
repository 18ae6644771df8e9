"""A track as CSV (RFC 4180): a line of names, then a line for each position."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

import msgspec

from flighttracker.track.point import TrackPoint

_FIELDS: Final = tuple(field.name for field in msgspec.structs.fields(TrackPoint))


def track_csv(icao24: str, points: Sequence[TrackPoint]) -> str:
    """Return the points with the fields of `TrackPoint`; an unknown value is empty, `on_ground` is true or false."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("icao24", *_FIELDS))
    for point in points:
        *values, on_ground = msgspec.structs.astuple(point)
        lines.writerow((icao24, *values, "true" if on_ground else "false"))
    return text.getvalue()
