"""Parses the queries of the history, with a sentence for each mistake. Pure.

The gateway describes them at /schema and forwards them; the historian parses them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from flighttracker.bounding_box import BoundingBox, parse_bounding_box
from flighttracker.query.flight_query import FILTERS, FlightRequest, parse_flight_request
from flighttracker.query.period import FROM, MAX_TIME_MS, TO, Period, parse_period

FRAMES_PARAMETERS: Final = (FROM, TO, "step_s", "bbox")
FLIGHTS_PARAMETERS: Final = (FROM, TO, *FILTERS, "limit", "cursor")
MOVEMENTS_PARAMETERS: Final = (FROM, TO, *FILTERS, "limit")
TRACK_PARAMETERS: Final = (FROM, TO, "format")
TRACK_FORMATS: Final = ("json", "geojson", "gpx", "csv")

STEPS_S: Final = (1, 300)
"""Shortest and longest time between two frames, seconds."""
DEFAULT_STEP_S: Final = 30
MAX_FRAMES: Final = 400
"""Frames of one answer."""
MAX_FLIGHTS_MS: Final = 24 * 3_600_000
"""Longest period of a question who was there, or who took off and landed."""
MAX_TRACK_MS: Final = 31 * 24 * 3_600_000
"""Longest period of a track."""

_SHOWN: Final = 64


class FramesRequest(NamedTuple):
    """A query of /api/v1/history/frames.

    Attributes:
        period: the first moment, and the last.
        step_ms: milliseconds between two frames.
        bounding_box: the part of the world; None for all of it.
    """

    period: Period
    step_ms: int
    bounding_box: BoundingBox | None

    @property
    def moments_ms(self) -> range:
        """The moment of each frame, milliseconds since 1970."""
        return range(self.period.from_ms, self.period.to_ms + 1, self.step_ms)


class PastFlightsRequest(NamedTuple):
    """A query of /api/v1/history/flights or /api/v1/history/movements."""

    period: Period
    wanted: FlightRequest


def parse_frames_request(parameters: Mapping[str, Sequence[str]]) -> FramesRequest:
    """Return the parsed query parameters; arguments and errors are those of `parse_flight_request`."""
    step_ms = round(1000 * _step_s(parameters["step_s"][0] if "step_s" in parameters else str(DEFAULT_STEP_S)))
    # A mistake in the length is best said in frames.
    period = parse_period(parameters, MAX_TIME_MS)
    if (period.to_ms - period.from_ms) // step_ms >= MAX_FRAMES:
        raise ValueError(
            f"{FROM} and {TO} are more than {MAX_FRAMES} frames apart; ask for one part after another, or "
            f"for a longer step_s."
        )
    return FramesRequest(period, step_ms, _bounding_box(parameters))


def parse_past_flights_request(parameters: Mapping[str, Sequence[str]]) -> PastFlightsRequest:
    """Return the parsed query parameters; arguments and errors are those of `parse_flight_request`."""
    return PastFlightsRequest(parse_period(parameters, MAX_FLIGHTS_MS), parse_flight_request(parameters))


def parse_track_format(parameters: Mapping[str, Sequence[str]]) -> str | None:
    """Return the format of a track, None if the query does not say.

    Raises:
        ValueError: it is unknown.
    """
    if "format" not in parameters:
        return None
    value = parameters["format"][0]
    if value not in TRACK_FORMATS:
        raise ValueError(f"format is {value[:_SHOWN]!r}; it may be {', '.join(TRACK_FORMATS)}.")
    return value


def _step_s(text: str) -> float:
    try:
        step_s = float(text)
    except ValueError:
        step_s = math.nan
    if not STEPS_S[0] <= step_s <= STEPS_S[1]:
        raise ValueError(
            f"step_s is {text[:_SHOWN]!r}; it must be a number of seconds from {STEPS_S[0]} to {STEPS_S[1]}."
        )
    return step_s


def _bounding_box(parameters: Mapping[str, Sequence[str]]) -> BoundingBox | None:
    if "bbox" not in parameters:
        return None
    try:
        return parse_bounding_box(parameters["bbox"][0])
    except ValueError as error:
        raise ValueError(f"{error}.") from error
