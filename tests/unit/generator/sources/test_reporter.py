"""Reports of sources: on a change and at an interval, through outages of Redis."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

import pytest

from flighttracker.errors import SharingError, SourceError
from flighttracker.source_report import REPORT_INTERVAL_MS, read_report
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources.reporter import LOOK_MS, report_sources
from tests.example_flights import NOW_MS
from tests.manual_clock import ManualClock


class Reports:
    """Stores reports, and fails while it is unavailable."""

    def __init__(self) -> None:
        self.stored: list[dict[str, bytes]] = []
        self.is_away = False
        self.attempts = 0

    async def put(self, reports: Mapping[str, bytes]) -> None:
        self.attempts += 1
        if self.is_away:
            raise SharingError("Redis is unavailable")
        self.stored.append(dict(reports))

    async def get(self, names: Sequence[str]) -> Mapping[str, bytes]:
        return {name: self.stored[-1][name] for name in names}


async def advance(clock: ManualClock, milliseconds: int) -> None:
    for _ in range(milliseconds // LOOK_MS):
        await clock.advance(LOOK_MS)
        for _ in range(5):
            await asyncio.sleep(0)


async def test_a_change_is_reported_at_once_and_the_rest_at_an_interval(caplog: pytest.LogCaptureFixture) -> None:
    clock, reports, metrics = ManualClock(NOW_MS), Reports(), GeneratorMetrics()
    roof = metrics.of_source("roof", 1.0).health
    reporting = asyncio.create_task(report_sources(metrics.healths.values(), reports, clock, metrics))
    await asyncio.sleep(0)
    assert [read_report("roof", each["roof"], NOW_MS).state for each in reports.stored] == ["starting"]
    await advance(clock, REPORT_INTERVAL_MS)
    assert len(reports.stored) == 2
    roof.failed(clock.now_ms(), SourceError("no such host", reason="dns"))
    await advance(clock, LOOK_MS)
    assert read_report("roof", reports.stored[-1]["roof"], clock.now_ms()).state == "unreachable"
    assert len(reports.stored) == 3
    reports.is_away = True
    with caplog.at_level(logging.WARNING):
        await advance(clock, 4 * REPORT_INTERVAL_MS)
    assert caplog.text.count("cannot report the states of sources: Redis is unavailable") == 1
    assert reports.attempts == 7, "an outage is no reason to ask more often"
    value = metrics.registry.get_sample_value("flights_source_state", {"source": "roof", "state": "unreachable"})
    assert value == 1
    reports.is_away = False
    await advance(clock, REPORT_INTERVAL_MS)
    assert read_report("roof", reports.stored[-1]["roof"], clock.now_ms()).reported_ms == clock.now_ms()
    assert not reporting.done()
    reporting.cancel()
