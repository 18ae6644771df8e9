"""`RateLimit`: a token bucket over the clock that is passed in.

`connection` has one for the messages of each client, `inbound` for its frames and bytes, and `admission` one for new
connections.
"""

from __future__ import annotations

from typing import Final

from flighttracker.clock import Clock

MAX_DEBT_BURSTS: Final = 10


class RateLimit:
    """Allows `per_s` events a second, and as many at once as come in one second.

    Args:
        per_s: events a second.
        clock: the time; when it is set back, nothing is lost.
        burst: events at once, at least 1; None: those of one second.
    """

    __slots__ = ("_burst", "_clock", "_filled_ms", "_left", "_per_ms")

    def __init__(self, per_s: float, clock: Clock, burst: float | None = None) -> None:
        self._per_ms = per_s / 1000
        self._burst = max(per_s if burst is None else burst, 1.0)
        self._clock = clock
        self._left = self._burst
        self._filled_ms = clock.now_ms()

    @property
    def left(self) -> float:
        """Return how many events are allowed now."""
        now_ms = self._clock.now_ms()
        # A clock that is set back must not empty the bucket.
        elapsed_ms = max(0, now_ms - self._filled_ms)
        self._filled_ms = now_ms
        self._left = min(self._burst, self._left + elapsed_ms * self._per_ms)
        return self._left

    def take(self, events: float = 1.0) -> bool:
        """Count events if they are within the limit; return whether they are."""
        if self.left < events:
            return False
        self._left -= events
        return True

    def charge(self, events: float) -> None:
        """Count events, within the limit or not. What is beyond it is owed, at most `MAX_DEBT_BURSTS` bursts."""
        self._left = max(-MAX_DEBT_BURSTS * self._burst, self.left - events)
