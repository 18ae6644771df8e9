"""The machine's clock may be set while somebody waits for a time."""

from __future__ import annotations

import asyncio
import time

from flighttracker.clock import SET_BACK_S, SystemClock


class SetBack(SystemClock):
    """A clock that somebody sets back by ten minutes after it was read once."""

    def __init__(self) -> None:
        self.reads = 0

    def now_ms(self) -> int:
        self.reads += 1
        return super().now_ms() - (600_000 if self.reads > 2 else 0)


async def test_a_time_is_waited_for_to_the_millisecond() -> None:
    clock = SystemClock()
    for wait_ms in (1, 7, 30):
        due_ms = clock.now_ms() + wait_ms
        await clock.sleep_until(due_ms)
        assert clock.now_ms() >= due_ms


async def test_a_clock_that_is_set_back_holds_nobody_up() -> None:
    clock = SetBack()
    due_ms = clock.now_ms() + 100
    began_s = time.monotonic()
    async with asyncio.timeout(30):
        await clock.sleep_until(due_ms)
    assert time.monotonic() - began_s >= 0.1
    assert SET_BACK_S < 5
