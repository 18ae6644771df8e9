"""`SourceHealth`: the state of one source, from its answers and failures. Pure.

`polling` and the other sources note what happens, `reporter` reads the state.
"""

from __future__ import annotations

from typing import Final

from flighttracker.errors import SourceError
from flighttracker.source_report import SourceReport, SourceState, failure_state

LATE_INTERVALS: Final = 3
SHORTEST_LATE_MS: Final = 15_000
"""A source without a new answer for this time, or for `LATE_INTERVALS`, is late. One that repeats its last is, too."""


class SourceHealth:
    """The state of one source.

    Args:
        name: of the source.
        interval_s: from one answer to the next.

    Attributes:
        credits_remaining: credits that the account has left today; None if unknown.
    """

    def __init__(self, name: str, interval_s: float = 0.0) -> None:
        self.name = name
        self.credits_remaining: int | None = None
        self._late_ms = max(round(LATE_INTERVALS * interval_s * 1000), SHORTEST_LATE_MS)
        self._state: SourceState = "starting"
        self._since_ms: int | None = None
        self._last_success_ms: int | None = None
        self._next_request_ms: int | None = None
        self._aircraft: int | None = None
        self._reason = ""

    def answered(
        self,
        now_ms: int,
        aircraft: int,
        *,
        is_stopped: bool = False,
        changed_ms: int | None = None,
        next_request_ms: int | None = None,
    ) -> None:
        """Note an answer.

        Args:
            now_ms: the time, milliseconds since 1970.
            aircraft: number of aircraft in it.
            is_stopped: whether the answers no longer change.
            changed_ms: when they changed last; None: this one is new.
            next_request_ms: when the source is asked next; None for a stream.
        """
        self._last_success_ms, self._aircraft, self._next_request_ms = now_ms, aircraft, next_request_ms
        late_ms = (now_ms if changed_ms is None else changed_ms) + self._late_ms
        if is_stopped:
            self._set("stopped", now_ms, "")
        elif now_ms > late_ms:
            self._set("late", late_ms, "")
        else:
            self._set("fresh", now_ms, "")

    def failed(self, now_ms: int, error: SourceError, next_request_ms: int | None = None) -> None:
        """Note a request without a usable answer."""
        self._next_request_ms = next_request_ms
        self._set(failure_state(error), now_ms, error.reason)

    def paused(self, now_ms: int, until_ms: int) -> None:
        """Note that the source asked before, in an earlier run, for a pause."""
        self._next_request_ms = until_ms
        self._set("rate_limited", now_ms, "rate_limited")

    def report(self, now_ms: int) -> SourceReport:
        """Return the state at a time."""
        if self._since_ms is None:
            self._since_ms = now_ms
        if self._state == "fresh" and self._last_success_ms is not None:
            late_ms = self._last_success_ms + self._late_ms
            if now_ms > late_ms:
                self._set("late", late_ms, "")
        return SourceReport(
            name=self.name,
            state=self._state,
            since_ms=self._since_ms,
            reported_ms=now_ms,
            last_success_ms=self._last_success_ms,
            next_request_ms=self._next_request_ms,
            aircraft=self._aircraft,
            credits_remaining=self.credits_remaining,
            reason=self._reason,
        )

    def _set(self, state: SourceState, now_ms: int, reason: str) -> None:
        if state != self._state or self._since_ms is None:
            self._since_ms = now_ms
        self._state, self._reason = state, reason
