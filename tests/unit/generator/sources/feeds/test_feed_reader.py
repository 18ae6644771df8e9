"""What one connection may cost, and what is thrown away because its time is unknown."""

from __future__ import annotations

import asyncio

import pytest

from flighttracker.errors import SourceError
from flighttracker_generator.sources.feeds import feed_reader
from flighttracker_generator.sources.feeds.beast import BeastDecoder
from flighttracker_generator.sources.feeds.feed_reader import Budget, read_all
from flighttracker_generator.sources.feeds.sky import Sky
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.losses import Losses
from tests import mode_s_bytes as mode_s
from tests.example_flights import NOW_MS
from tests.manual_clock import ManualClock

PLACE_DEG = (52.25, 4.5)


def test_budget_is_a_second_of_bytes() -> None:
    budget = Budget(1_000, 0.0)
    assert budget.spend(900, 0.0)
    assert not budget.spend(200, 0.0)
    assert budget.spend(200, 0.1)
    assert not budget.spend(1_001, 100.0)
    assert budget.spend(1_000, 100.0)


async def test_what_waited_during_a_pause_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_reader, "PAUSE_S", 0.1)
    decoder = BeastDecoder(Sky("beast", Wanted(), Losses()))
    reader = asyncio.StreamReader()
    task = asyncio.create_task(read_all(reader, decoder, ManualClock(NOW_MS), 60.0))
    reader.feed_data(mode_s.pair("4ca1a1", PLACE_DEG))
    await asyncio.sleep(0.15)
    reader.feed_data(mode_s.pair("4ca1a2", PLACE_DEG) * 500)
    await asyncio.sleep(0.02)
    reader.feed_data(mode_s.pair("4ca1a3", PLACE_DEG))
    await asyncio.sleep(0.15)
    # A few messages after a pause are new: the sky was empty.
    reader.feed_data(mode_s.pair("4ca1a4", PLACE_DEG))
    reader.feed_eof()
    with pytest.raises(SourceError, match="closed the connection"):
        await task
    heard = {position.icao24 for position in decoder.sky.changed(NOW_MS)}
    assert heard == {"4ca1a1", "4ca1a3", "4ca1a4"}
    assert decoder.sky.losses.records["backlog"] == 2
