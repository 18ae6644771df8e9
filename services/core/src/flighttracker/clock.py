"""The wall clock of a role. It is passed in, so that tests control the time."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from typing import Final, Protocol

SET_BACK_S: Final = 0.5
"""If the wait has taken this much longer than planned, the clock was set back, and the wait ends."""


class Clock(Protocol):
    """The wall clock of a role; implementations inherit from it."""

    @abstractmethod
    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""

    @abstractmethod
    async def sleep_until(self, time_ms: int, *, since_ms: int | None = None) -> None:
        """Return when `now_ms()` is at least `time_ms`; returns at once when it already is.

        A clock that is set back meanwhile does not prolong the wait by more than `SET_BACK_S`.

        Args:
            time_ms: the end of the wait.
            since_ms: the reading of the clock that `time_ms` was computed from; "meanwhile" begins there. Defaults to
                the call.
        """

    async def sleep_ms(self, duration_ms: int) -> None:
        """Return after a duration."""
        now_ms = self.now_ms()
        await self.sleep_until(now_ms + duration_ms, since_ms=now_ms)


class SystemClock(Clock):
    """The clock of the machine."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000

    async def sleep_until(self, time_ms: int, *, since_ms: int | None = None) -> None:
        """Return when the machine's clock shows `time_ms`, or when the wait is over and the clock was set back."""
        longest_ms = time_ms - (self.now_ms() if since_ms is None else since_ms)
        latest_s = time.monotonic() + longest_ms / 1000 + SET_BACK_S
        while (remaining_ms := time_ms - self.now_ms()) > 0:
            left_s = latest_s - time.monotonic()
            if left_s <= 0:
                return
            await asyncio.sleep(min(remaining_ms / 1000, left_s))
