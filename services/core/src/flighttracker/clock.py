"""Time comes from a clock that is passed in, so that tests decide what time it is."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol

SET_BACK_S: Final = 0.5
"""A clock that is so far behind when the time should have come was set back."""


class Clock(Protocol):
    """The wall clock of a role."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""

    async def sleep_until(self, time_ms: int) -> None:
        """Return when `now_ms()` is at least `time_ms`, at once when it already is.

        A clock that is set back meanwhile holds nobody up: then it returns about when it would have without that.
        """


class SystemClock:
    """The clock of the machine."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000

    async def sleep_until(self, time_ms: int) -> None:
        """Return when the machine's clock shows `time_ms`, or when the wait is over and it was set back."""
        latest_s = time.monotonic() + (time_ms - self.now_ms()) / 1000 + SET_BACK_S
        while (remaining_ms := time_ms - self.now_ms()) > 0:
            left_s = latest_s - time.monotonic()
            if left_s <= 0:
                return
            await asyncio.sleep(min(remaining_ms / 1000, left_s))


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._wake_ms: list[int] = []
        self._moved = asyncio.Condition()

    def now_ms(self) -> int:
        """Return the time that the test has set."""
        return self._now_ms

    async def sleep_until(self, time_ms: int) -> None:
        """Return when a test has moved the clock to `time_ms`."""
        self._wake_ms.append(time_ms)
        try:
            async with self._moved:
                await self._moved.wait_for(lambda: self._now_ms >= time_ms)
        finally:
            self._wake_ms.remove(time_ms)

    @property
    def sleepers(self) -> int:
        """How many wait for a time that has not come, so that a test can tell when everybody is ready."""
        return sum(wake_ms > self._now_ms for wake_ms in self._wake_ms)

    async def advance(self, by_ms: int) -> None:
        """Move the clock forward and wake whoever waits for the new time."""
        async with self._moved:
            self._now_ms += by_ms
            self._moved.notify_all()
