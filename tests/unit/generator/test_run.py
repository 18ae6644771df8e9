"""The generator on a bus in memory: no record is lost in any failure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager

import pytest

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.memory import MemoryBus, MemoryPositionLog
from flighttracker.errors import BusError, RecordRefusedError, StartError
from flighttracker.flight import FlightPosition
from flighttracker.settings import GeneratorSettings, SimulatedSource
from flighttracker_generator.encoding import ROLE
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.outbox import Outbox
from flighttracker_generator.run import run
from flighttracker_generator.sources.base import source_for, steps
from flighttracker_generator.waits import Waits
from tests.example_flights import NOW_MS
from tests.manual_clock import ManualClock
from tests.outgoing_blocks import block_of

AIRCRAFT = 60
SETTINGS = GeneratorSettings(sources=(SimulatedSource(aircraft=AIRCRAFT, interval_s=5.0),))


class RecordingLog(MemoryPositionLog):
    """Stores what was appended, fails while it is unavailable, and records the time of each attempt."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(1, 1_000_000, clock)
        self.taken: list[OutgoingRecord] = []
        self.away = False
        self.asked = asyncio.Condition()
        self.tries = 0

    async def append(self, records: Sequence[OutgoingRecord]) -> None:
        async with self.asked:
            self.tries += 1
            if not self.away:
                self.taken += records
            self.asked.notify_all()
        if self.away:
            raise BusError("the broker is unavailable")

    async def wait_taken(self, count: int) -> None:
        async with self.asked:
            await asyncio.wait_for(self.asked.wait_for(lambda: len(self.taken) >= count), 10)

    async def wait_tries(self, count: int) -> None:
        async with self.asked:
            await asyncio.wait_for(self.asked.wait_for(lambda: self.tries >= count), 10)


class PickyCodec(PositionCodec):
    """Rejects one aircraft, as the schema would."""

    refused = ""

    def encode(self, position: FlightPosition) -> bytes:
        self.refused = self.refused or position.icao24
        if position.icao24 == self.refused:
            raise RecordRefusedError("schema", "made up")
        return super().encode(position)


@asynccontextmanager
async def running(
    clock: ManualClock, bus: MemoryBus, metrics: GeneratorMetrics, codec: PositionCodec | None = None
) -> AsyncIterator[None]:
    task = asyncio.create_task(run(SETTINGS, bus, clock, metrics=metrics, codec=codec))
    try:
        yield
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


def counted(metrics: GeneratorMetrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


async def test_whole_fleet_is_published_at_once_and_then_once_in_each_interval() -> None:
    clock, metrics = ManualClock(NOW_MS), GeneratorMetrics()
    bus, log = MemoryBus(1, clock=clock), RecordingLog(clock)
    bus.positions = log
    async with running(clock, bus, metrics):
        await log.wait_taken(AIRCRAFT)
        assert len({record.key for record in log.taken}) == AIRCRAFT
        for _ in range(5):
            await clock.advance(1_000)
        await log.wait_taken(2 * AIRCRAFT)
    assert len(log.taken) == 2 * AIRCRAFT
    assert counted(metrics, "flights_generated_total") == 2 * AIRCRAFT
    first = PositionCodec().decode(log.taken[0].value)
    assert log.taken[0].key == first.icao24.encode()
    assert log.taken[0].timestamp_ms == first.position_time == NOW_MS


async def test_rejected_record_is_counted_and_stored_and_the_others_continue() -> None:
    clock, metrics, codec = ManualClock(NOW_MS), GeneratorMetrics(), PickyCodec()
    bus, log = MemoryBus(1, clock=clock), RecordingLog(clock)
    bus.positions = log
    async with running(clock, bus, metrics, codec):
        await log.wait_taken(AIRCRAFT - 1)
    (kept,) = await bus.rejected.latest(10)
    assert (kept.reason, kept.role, kept.key.decode()) == ("schema", ROLE, codec.refused)
    assert codec.refused.encode() in kept.value
    assert counted(metrics, "flights_rejected_total", role=ROLE, reason="schema") == 1


async def test_nothing_is_lost_while_the_bus_is_unavailable(caplog: pytest.LogCaptureFixture) -> None:
    clock, metrics = ManualClock(NOW_MS), GeneratorMetrics()
    bus, log = MemoryBus(1, clock=clock), RecordingLog(clock)
    bus.positions, log.away = log, True
    async with running(clock, bus, metrics):
        await log.wait_tries(1)
        await clock.advance(1_000)
        await log.wait_tries(2)
        log.away = False
        await clock.advance(20_000)
        await log.wait_taken(2 * AIRCRAFT)
    assert "the broker is unavailable" in caplog.text
    assert "next attempt in" in caplog.text
    assert counted(metrics, "flights_dropped_total") == 0
    times = [record.timestamp_ms for record in log.taken]
    assert times == sorted(times)


async def test_oldest_records_are_dropped_when_too_many_wait() -> None:
    clock, metrics = ManualClock(NOW_MS), GeneratorMetrics()
    log = RecordingLog(clock)
    log.away = True
    outbox = Outbox(log, clock, metrics, max_records=10)
    sending = asyncio.create_task(outbox.send())
    outbox.put([OutgoingRecord(b"a", b"", time_ms) for time_ms in range(8)])
    await log.wait_tries(1)
    outbox.put([OutgoingRecord(b"a", b"", time_ms) for time_ms in range(8, 14)])
    log.away = False
    await clock.advance(1_000)
    await log.wait_taken(10)
    sending.cancel()
    assert [record.timestamp_ms for record in log.taken] == list(range(4, 14))
    assert counted(metrics, "flights_dropped_total") == 4


async def test_the_oldest_records_of_blocks_and_lists_are_dropped_in_order() -> None:
    clock, metrics = ManualClock(NOW_MS), GeneratorMetrics()
    log = RecordingLog(clock)
    outbox = Outbox(log, clock, metrics, max_records=10)
    made = [OutgoingRecord(f"{number:06x}".encode(), bytes([number]), NOW_MS) for number in range(17)]
    for records in (block_of(made[:6]), made[6:8], made[8:9], block_of(made[9:12]), made[12:17]):
        outbox.put(records)
    sending = asyncio.create_task(outbox.send())
    await log.wait_taken(10)
    sending.cancel()
    assert log.taken == made[7:]
    assert counted(metrics, "flights_dropped_total") == 7
    assert log.tries == 3, "lists are joined: the rest of the first, a block, and the last list"


async def test_an_unavailable_bus_is_reported_until_it_is_available() -> None:
    clock, waits = ManualClock(NOW_MS), Waits()
    log = RecordingLog(clock)
    log.away = True
    outbox = Outbox(log, clock, GeneratorMetrics(), 10, waits)
    sending = asyncio.create_task(outbox.send())
    outbox.put([OutgoingRecord(b"a", b"", NOW_MS)])
    await log.wait_tries(1)
    assert waits.errors() == {"kafka": "the broker is unavailable"}
    log.away = False
    await clock.advance(1_000)
    await log.wait_taken(1)
    await asyncio.sleep(0)
    assert waits.errors() == {}
    sending.cancel()


async def test_record_is_never_lost_because_an_older_one_was_dropped_during_the_append() -> None:
    clock, metrics = ManualClock(NOW_MS), GeneratorMetrics()
    log = RecordingLog(clock)
    outbox = Outbox(log, clock, metrics, max_records=5)
    sending = asyncio.create_task(outbox.send())
    async with log.asked:  # holds the first batch up
        outbox.put([OutgoingRecord(b"a", b"", time_ms) for time_ms in range(5)])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        outbox.put([OutgoingRecord(b"a", b"", time_ms) for time_ms in range(5, 13)])
    await log.wait_taken(10)
    sending.cancel()
    assert [record.timestamp_ms for record in log.taken] == [*range(5), *range(8, 13)]


async def test_country_that_cannot_be_simulated_is_named_by_the_start_error() -> None:
    settings = GeneratorSettings(sources=(SimulatedSource(aircraft=5, countries={"XX": 1.0}),))
    with pytest.raises(StartError, match="XX"):
        await run(settings, MemoryBus(1), ManualClock(NOW_MS))


async def test_source_can_be_followed_without_a_bus() -> None:
    source = source_for(SETTINGS, ManualClock(NOW_MS), GeneratorMetrics())
    async with aclosing(source.batches()) as batches:
        assert len(await anext(batches)) == AIRCRAFT


async def test_late_step_skips_ahead_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock(NOW_MS)
    async with aclosing(steps(clock, 1_000)) as moments:
        with caplog.at_level(logging.WARNING):
            assert await anext(moments) == NOW_MS
            await clock.advance(5_300)
            assert await anext(moments) == NOW_MS + 5_000
            await clock.advance(3_000)
            assert await anext(moments) == NOW_MS + 8_000
    assert caplog.text.count("steps are skipped") == 1


async def test_a_late_step_has_the_positions_of_its_planned_time() -> None:
    clock = ManualClock(NOW_MS)
    async with aclosing(steps(clock, 1_000)) as moments:
        assert await anext(moments) == NOW_MS
        await clock.advance(1_400)
        assert await anext(moments) == NOW_MS + 1_000
        await clock.advance(600)
        assert await anext(moments) == NOW_MS + 2_000
