"""The token bucket."""

from __future__ import annotations

from flighttracker_gateway.access.rate_limit import RateLimit
from tests.example_flights import NOW_MS
from tests.manual_clock import ManualClock


async def test_as_many_as_come_in_a_second_pass_and_then_as_time_goes_by() -> None:
    clock = ManualClock(NOW_MS)
    limit = RateLimit(5.0, clock)
    assert [limit.take() for _ in range(6)] == [True] * 5 + [False]
    await clock.advance(200)
    assert [limit.take() for _ in range(2)] == [True, False]
    await clock.advance(60_000)
    assert [limit.take() for _ in range(6)] == [True] * 5 + [False]


async def test_a_clock_that_is_set_back_takes_nothing_away() -> None:
    clock = ManualClock(NOW_MS)
    limit = RateLimit(2.0, clock)
    await clock.advance(-10_000)
    assert [limit.take() for _ in range(3)] == [True, True, False]
    await clock.advance(500)
    assert limit.take()
