"""Log lines about clients, sampled: a flood of requests is a few lines and a number.

`SampledLog` writes the first lines of each kind in a minute, and counts the rest. `ErrorGroups` does the same for bugs,
grouped by location: one traceback a minute, and the metric `flights_errors_total`. Neither gets a query string, a
header or a token.
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
"""Most kinds. They are reasons and locations in the code; the bound protects against a kind that clients can choose."""

_logger = logging.getLogger(__name__)


class SampledLog:
    """Writes at most `per_window` lines of each kind a minute. The next line reports how many were left out.

    Args:
        logger: the logger of the lines.
        clock: the time.
        per_window: lines of each kind a minute.
    """

    def __init__(self, logger: logging.Logger, clock: Clock, per_window: int = LINES_PER_WINDOW) -> None:
        self._logger = logger
        self._clock = clock
        self._per_window = per_window
        self._window = 0
        self._counts: dict[str, int] = {}
        self._left_out: dict[str, int] = {}

    def write(self, level: int, kind: str, message: str, *values: object, error: Any = None, **fields: object) -> None:
        """Write a line, unless its kind has reached its limit.

        Args:
            level: as in `logging`.
            kind: lines of the same kind are counted together.
            message: with %-placeholders for the values.
            values: the values in the message.
            error: an exception, whose traceback follows the line.
            fields: ids, which are separate fields of a line in JSON.
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
    """Counts bugs by location, and logs the traceback of the first one of each location in a minute."""

    def __init__(self, clock: Clock, metrics: GatewayMetrics) -> None:
        self._log = SampledLog(_logger, clock, per_window=1)
        self._metrics = metrics

    def note(self, during: str, error: Exception, **fields: object) -> None:
        """Count and log a bug.

        Args:
            during: what failed, a route for example; nothing that a client can choose.
            error: the exception.
            fields: ids of the request or session.
        """
        where = place_of(error)
        self._metrics.errors.labels(where).inc()
        self._log.write(logging.ERROR, where, "%s failed", during, error=error, **fields)


def place_of(error: BaseException) -> str:
    """Return `ValueError at rest.py:63`: the innermost line of this project, else the one that raised the error."""
    frames = list(traceback.walk_tb(error.__traceback__))
    if not frames:
        return f"{type(error).__name__} at no place"
    # By module name: in the images, every path contains the name of the project.
    ours = [place for place in frames if str(place[0].f_globals.get("__name__")).startswith("flighttracker")]
    frame, line = (ours or frames)[-1]
    return f"{type(error).__name__} at {frame.f_code.co_filename.rpartition('/')[2]}:{line}"
