"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio

from flighttracker.clock import Clock


class ManualClock(Clock):
    """A clock that stands still until a test moves it."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._wake_ms: list[int] = []
        self._advanced = asyncio.Condition()

    def now_ms(self) -> int:
        """Return the time that the test has set."""
        return self._now_ms

    async def sleep_until(self, time_ms: int, *, since_ms: int | None = None) -> None:
        """Return once a test has moved the clock to `time_ms`."""
        self._wake_ms.append(time_ms)
        try:
            async with self._advanced:
                await self._advanced.wait_for(lambda: self._now_ms >= time_ms)
        finally:
            self._wake_ms.remove(time_ms)

    @property
    def sleepers(self) -> int:
        """Number of tasks that wait for a time in the future; tests use it to wait until every task sleeps."""
        return sum(wake_ms > self._now_ms for wake_ms in self._wake_ms)

    async def advance(self, by_ms: int) -> None:
        """Move the clock forward and wake the tasks whose time has come."""
        async with self._advanced:
            self._now_ms += by_ms
            self._advanced.notify_all()
