"""What the gateway writes to its log about those who come: with ids, and seldom enough to be read.

A `SampledLog` writes the first lines of a kind in each minute and counts the rest, so that a flood of requests is a few
lines and a number. `ErrorGroups` does the same for bugs, by the place where they happened: one traceback a minute, and
`flights_errors_total`. Neither ever sees a query string, a header or a token.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any, Final

from flighttracker.clock import Clock
from flighttracker_gateway.metrics import GatewayMetrics

WINDOW_MS: Final = 60_000
LINES_PER_WINDOW: Final = 20
MAX_KINDS: Final = 1_000
"""Kinds are reasons and places in the code; the bound is for the day when somebody makes one of what clients choose."""

_logger = logging.getLogger(__name__)


class SampledLog:
    """Writes at most `per_window` lines of each kind a minute, and says with the next how many it left out.

    Args:
        logger: where lines go.
        clock: tells minutes.
        per_window: lines of each kind.
    """

    def __init__(self, logger: logging.Logger, clock: Clock, per_window: int = LINES_PER_WINDOW) -> None:
        self._logger = logger
        self._clock = clock
        self._per_window = per_window
        self._window = 0
        self._counts: dict[str, int] = {}
        self._left_out: dict[str, int] = {}

    def write(self, level: int, kind: str, message: str, *values: object, error: Any = None, **fields: object) -> None:
        """Write one line, unless there were enough of its kind.

        Args:
            level: as in `logging`.
            kind: what is counted together.
            message: with %-placeholders for the values.
            values: what stands in the message.
            error: an exception whose traceback is written below.
            fields: ids, which a line in JSON has as fields of their own.
        """
        if not self._logger.isEnabledFor(level):
            return
        window = self._clock.now_ms() // WINDOW_MS
        if window != self._window or len(self._counts) >= MAX_KINDS:
            self._window = window
            self._counts.clear()
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count > self._per_window:
            if kind in self._left_out or len(self._left_out) < MAX_KINDS:
                self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return
        if left_out := self._left_out.pop(kind, 0):
            fields["left_out"] = left_out
        self._logger.log(level, message, *values, exc_info=error, extra={"fields": fields})


class ErrorGroups:
    """Counts bugs by where they happened, and writes the traceback of the first of each place in each minute."""

    def __init__(self, clock: Clock, metrics: GatewayMetrics) -> None:
        self._log = SampledLog(_logger, clock, per_window=1)
        self._metrics = metrics

    def note(self, during: str, error: Exception, **fields: object) -> None:
        """Count a bug and write it down.

        Args:
            during: what failed, without anything that a client chose: a route, for example.
            error: what was raised.
            fields: ids of the request or session.
        """
        where = place_of(error)
        self._metrics.errors.labels(where).inc()
        self._log.write(logging.ERROR, where, "%s failed", during, error=error, **fields)


def place_of(error: BaseException) -> str:
    """Return `ValueError at rest.py:63`: the innermost line of ours, or of whoever raised it."""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return f"{type(error).__name__} at no place"
    # By module: in the images the path of everything holds our name.
    ours = [place for place in frames if str(place[0].f_globals.get("__name__")).startswith("flighttracker")]
    frame, line = (ours or frames)[-1]
    return f"{type(error).__name__} at {frame.f_code.co_filename.rpartition('/')[2]}:{line}"
