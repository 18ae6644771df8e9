"""How fast a client may come, and how fast it may speak: a token bucket over the clock that is passed in.

`connection` asks one bucket for each new connection and one of each client for each of its messages.
"""

from __future__ import annotations

from flighttracker.clock import Clock


class RateLimit:
    """Lets `per_s` events through each second, and at once as many as come in one second."""

    def __init__(self, per_s: float, clock: Clock) -> None:
        self._per_ms = per_s / 1000
        self._most = max(per_s, 1.0)
        self._clock = clock
        self._left = self._most
        self._filled_ms = clock.now_ms()

    def take(self) -> bool:
        """Return whether one more event is within the limit, and count it when it is."""
        now_ms = self._clock.now_ms()
        # A clock that is set back must not empty the bucket.
        passed_ms = max(0, now_ms - self._filled_ms)
        self._filled_ms = now_ms
        self._left = min(self._most, self._left + passed_ms * self._per_ms)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
