"""Tests of waiting: precise to the millisecond, and robust against a clock that is set back."""

from __future__ import annotations

import asyncio
import time

import pytest

from flighttracker.clock import SET_BACK_S, SystemClock


class SetBack(SystemClock):
    """A clock that is set back by ten minutes after some reads."""

    def __init__(self, reads: int) -> None:
        super().__init__()
        self.reads_left = reads

    def now_ms(self) -> int:
        self.reads_left -= 1
        return super().now_ms() - (600_000 if self.reads_left < 0 else 0)


async def test_sleep_until_is_precise_to_the_millisecond() -> None:
    clock = SystemClock()
    for wait_ms in (1, 7, 30):
        due_ms = clock.now_ms() + wait_ms
        await clock.sleep_until(due_ms)
        assert clock.now_ms() >= due_ms


async def test_sleep_ms_is_precise_to_the_millisecond() -> None:
    clock = SystemClock()
    began_ms = clock.now_ms()
    await clock.sleep_ms(20)
    assert clock.now_ms() >= began_ms + 20


@pytest.mark.parametrize("reads", [1, 2, 3])
async def test_a_clock_that_is_set_back_does_not_prolong_a_wait(reads: int) -> None:
    clock = SetBack(reads)
    began_s = time.monotonic()
    now_ms = clock.now_ms()
    async with asyncio.timeout(30):
        await clock.sleep_until(now_ms + 100, since_ms=now_ms)
    assert time.monotonic() - began_s >= 0.099  # the clock's milliseconds are rounded
    assert SET_BACK_S < 5


async def test_a_clock_that_is_set_back_does_not_prolong_a_duration() -> None:
    async with asyncio.timeout(30):
        await SetBack(1).sleep_ms(100)
