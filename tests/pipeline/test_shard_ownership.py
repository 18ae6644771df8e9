"""From the position log to frames, with a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import (
    BeforeRebalance,
    FrameRelay,
    LogEvent,
    OutgoingRecord,
    PositionLog,
    Records,
    ResumeAt,
    ShardAssigned,
    StoredKey,
    StoredRecord,
)
from flighttracker.bus.memory import MemoryBus, MemoryPositionLog
from flighttracker.flight import FlightPosition
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.outlet import SharedOutlet
from flighttracker_gateway.owner.owned_shard import LONGEST_SILENCE_MS
from flighttracker_gateway.owner.ownership import Ownership
from flighttracker_gateway.owner.rejections import Rejections
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.owner.writer_schemas import SchemaLookup, WriterSchemas
from flighttracker_gateway.picture.picture import Outcome, Picture
from flighttracker_schemas import flight_position_schema
from tests.example_flights import NOW_MS, position
from tests.manual_clock import ManualClock

SHARDS = 2
WAIT_S = 10.0
SETTINGS = GatewaySettings(tick_s=1.0, key_frame_interval_s=3.0, time_to_live_s=60.0)


class SlowLog(MemoryPositionLog):
    """A log whose records the test releases, long before its end."""

    def __init__(self) -> None:
        super().__init__(SHARDS, 0, ManualClock(NOW_MS))
        self.records: asyncio.Queue[LogEvent] = asyncio.Queue()

    @asynccontextmanager
    async def read(
        self,
        *,
        replay_ms: int,
        resume_at: ResumeAt | None = None,
        alone: bool = False,
        group: str = "",
        before_rebalance: BeforeRebalance | None = None,
    ) -> AsyncIterator[AsyncIterator[LogEvent]]:
        yield self._told(resume_at)

    async def _told(self, resume_at: ResumeAt | None) -> AsyncIterator[LogEvent]:
        for shard in range(SHARDS):
            assert resume_at is not None
            await resume_at(shard)
            yield ShardAssigned(shard, 1_000)
        while True:
            yield await self.records.get()


class HeldRelay:
    """A relay whose publishing the test can block."""

    def __init__(self, relay: FrameRelay) -> None:
        self.may_publish = asyncio.Event()
        self.may_publish.set()
        self.publishing = asyncio.Event()
        self._relay = relay

    async def check(self) -> None:
        await self._relay.check()

    def subscribe(self) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        return self._relay.subscribe()

    async def publish(self, shard: int, frame: bytes) -> None:
        self.publishing.set()
        await self.may_publish.wait()
        await self._relay.publish(shard, frame)


class SlowLookup(SchemaLookup):
    """A lookup whose answer the test releases."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()

    async def find(self, schema_id: int) -> Mapping[str, Any] | None:
        await self.may_answer.wait()
        return flight_position_schema()


class Pipeline:
    """An owner of all shards on the bus in memory, and a picture of the published frames."""

    def __init__(self, log: PositionLog | None = None, lookup: SchemaLookup | None = None) -> None:
        self.clock = ManualClock(NOW_MS)
        self.bus = MemoryBus(SHARDS, clock=self.clock)
        self.registry = CollectorRegistry()
        self.relay = HeldRelay(self.bus.relay)
        metrics = GatewayMetrics(self.registry)
        codec = PositionCodec()
        self.rejections = Rejections(self.bus.rejected, self.clock, metrics)
        self.picture = Picture()
        self.ownership = Ownership(
            SETTINGS,
            log or self.bus.positions,
            SharedOutlet(self.bus.frames, self.relay),
            self.picture,
            alone=False,
            codec=codec,
            schemas=WriterSchemas(codec, lookup, self.clock),
            rejections=self.rejections,
            clock=self.clock,
            metrics=metrics,
        )
        self.frames: AsyncIterator[bytes] | None = None

    @asynccontextmanager
    async def running(self, *, past_silence: bool = True) -> AsyncIterator[None]:
        async with self.bus.relay.subscribe() as self.frames:
            task = asyncio.gather(self.ownership.run(), self.rejections.run())
            await self.until(lambda: len(self.ownership.shards) == SHARDS)
            if past_silence:
                for _ in range(LONGEST_SILENCE_MS // 1000 - 1):
                    await self.advance()
            yield
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def append(self, *values: bytes | FlightPosition, key: bytes = b"3c6444") -> None:
        codec = PositionCodec()
        records = [value if isinstance(value, bytes) else codec.encode(value) for value in values]
        await self.bus.positions.append([OutgoingRecord(key, value, self.clock.now_ms()) for value in records])

    async def counted(self, name: str, at_least: float, **labels: str) -> None:
        await self.until(lambda: (self.registry.get_sample_value(name, labels) or 0.0) >= at_least)

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not reached():
                await asyncio.sleep(0)

    async def advance(self) -> None:
        """Move to the next tick, once the ticker waits for it."""
        await self.until(lambda: self.clock.sleepers == 1)
        await self.clock.advance(1000)

    async def tick(self) -> list[Outcome]:
        """Move to the next tick and apply the frame of every shard."""
        assert self.frames is not None
        await self.advance()
        async with asyncio.timeout(WAIT_S):
            return [self.picture.apply(await anext(self.frames)) for _ in range(SHARDS)]


async def test_a_position_is_on_the_next_frame_of_its_shard() -> None:
    pipeline = Pipeline()
    async with pipeline.running():
        await pipeline.append(position(), position(icao24="000001"))
        await pipeline.counted("flights_kafka_records_total", 2)
        assert await pipeline.tick() == [Outcome.APPLIED] * SHARDS
        assert {flight.icao24 for flight in pipeline.picture.flights()} == {"3c6444", "000001"}
        later = position(latitude_deg=51.0, position_time=NOW_MS + 1500)
        await pipeline.append(later)
        await pipeline.counted("flights_kafka_records_total", 3)
        assert await pipeline.tick() == [Outcome.APPLIED] * SHARDS
        shown = pipeline.picture.find("3c6444")
        assert shown is not None
        assert shown.latitude_deg == 51.0


async def test_records_wait_for_the_next_tick() -> None:
    pipeline = Pipeline()
    async with pipeline.running():
        pipeline.relay.may_publish.clear()
        pipeline.relay.publishing.clear()
        await pipeline.advance()
        await pipeline.until(pipeline.relay.publishing.is_set)
        await pipeline.append(position())
        for _ in range(50):
            await asyncio.sleep(0)
        assert pipeline.registry.get_sample_value("flights_kafka_records_total") == 0
        pipeline.relay.may_publish.set()
        await pipeline.counted("flights_kafka_records_total", 1)


async def test_every_shard_is_published_each_tick_even_without_new_positions() -> None:
    pipeline = Pipeline()
    async with pipeline.running():
        for sequence in range(4):
            assert await pipeline.tick() == [Outcome.APPLIED] * SHARDS
            assert {shard.sequence for shard in pipeline.picture.shards.values()} == {sequence}


async def test_a_clock_that_is_set_back_is_logged_once_and_ticks_pause_until_it_catches_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pipeline = Pipeline()
    async with pipeline.running():
        assert await pipeline.tick() == [Outcome.APPLIED] * SHARDS
        pipeline.relay.may_publish.clear()
        pipeline.relay.publishing.clear()
        await pipeline.advance()
        await pipeline.until(pipeline.relay.publishing.is_set)
        await pipeline.clock.advance(-3_000)
        pipeline.relay.may_publish.set()
        for _ in range(3):
            await pipeline.advance()
        assert await pipeline.tick() == [Outcome.APPLIED] * SHARDS, "of the moment before the clock was set back"
        assert await pipeline.tick() == [Outcome.APPLIED] * SHARDS
    told = [record.getMessage() for record in caplog.records if "set back" in record.getMessage()]
    assert told == ["the clock was set back by about 3 s: ticks pause until it catches up"]


async def test_a_new_owner_shows_nothing_before_its_first_position() -> None:
    pipeline = Pipeline()
    async with pipeline.running(past_silence=False):
        await pipeline.advance()
        await pipeline.append(position())
        await pipeline.counted("flights_kafka_records_total", 1)
        await pipeline.advance()
        assert pipeline.frames is not None
        async with asyncio.timeout(WAIT_S):
            pipeline.picture.apply(await anext(pipeline.frames))
        assert len(pipeline.picture.shards) == 1
        assert pipeline.picture.find("3c6444") is not None


async def see_more_than_is_stored(pipeline: Pipeline) -> None:
    """Show a frame of an earlier owner of shard 0 that is four seconds newer than its stored key frame."""
    before = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=10)
    before.hear(position())
    key = before.tick(NOW_MS)
    await pipeline.bus.frames.put_key(0, 1, StoredKey(key, 0))
    before.hear(position(position_time=NOW_MS + 4000))
    pipeline.picture.apply(key)
    pipeline.picture.apply(before.tick(NOW_MS + 4000))


async def test_a_new_owner_that_waits_for_the_log_shows_nothing_older_than_viewers_have() -> None:
    log = SlowLog()
    pipeline = Pipeline(log)
    await see_more_than_is_stored(pipeline)
    async with pipeline.running():
        for _ in range(3):
            await pipeline.advance()
        owned = pipeline.ownership.shards
        assert owned[0].owner.sequence == -1, "it resumes from the key frame, which is older than what viewers have"
        assert owned[1].owner.sequence >= 0, "nobody sees anything of it: there is nothing to be older than"
        value = PositionCodec().encode(position(position_time=NOW_MS + 5000))
        await log.records.put(Records(0, [StoredRecord(0, b"3c6444", value, NOW_MS)]))
        await pipeline.counted("flights_kafka_records_total", 1)
        await pipeline.advance()
        await pipeline.until(lambda: owned[0].owner.sequence == 0)


async def test_a_new_owner_whose_records_wait_for_their_schema_shows_nothing_older_than_viewers_have() -> None:
    log, lookup = SlowLog(), SlowLookup()
    pipeline = Pipeline(log, lookup)
    await see_more_than_is_stored(pipeline)
    async with pipeline.running(past_silence=False):
        value = PositionCodec(7).encode(position(position_time=NOW_MS + 5000))
        await log.records.put(Records(0, [StoredRecord(999, b"3c6444", value, NOW_MS)]))
        await pipeline.counted("flights_kafka_records_total", 1)
        await pipeline.advance()
        await pipeline.advance()
        await pipeline.until(lambda: pipeline.clock.sleepers == 1)
        owner = pipeline.ownership.shards[0].owner
        assert owner.sequence == -1, "all is read, and the last record cannot be understood yet"
        lookup.may_answer.set()
        await pipeline.until(lambda: owner.fleet.newest_position_ms == NOW_MS + 5000)
        await pipeline.advance()
        await pipeline.until(lambda: owner.sequence == 0)


async def test_unusable_records_are_counted_and_stored_and_the_stream_continues() -> None:
    pipeline = Pipeline()
    poison = {
        "framing": b"hello",
        "schema_unknown": b"\x00\x00\x00\x00\x63" + bytes(20),
        "malformed": PositionCodec().encode(position())[:-3],
        "latitude_range": PositionCodec().encode(position(latitude_deg=99.0)),
        "position_time_in_future": PositionCodec().encode(position(position_time=NOW_MS + 600_000)),
        "too_old": PositionCodec().encode(position(position_time=NOW_MS - 61_000)),
        "callsign_format": PositionCodec().encode(position(callsign="far too long")),
    }
    async with pipeline.running():
        await pipeline.append(*poison.values(), position())
        for reason in poison:
            await pipeline.counted("flights_rejected_total", 1, role="gateway", reason=reason)
        await pipeline.tick()
        assert pipeline.picture.find("3c6444") is not None
        kept = {record.reason: record for record in await pipeline.bus.rejected.latest(10)}
    assert {reason: record.value for reason, record in kept.items()} == poison
    assert all(record.role == "gateway" and record.detail for record in kept.values())


async def test_the_store_holds_a_key_frame_and_the_frames_since() -> None:
    pipeline = Pipeline()
    async with pipeline.running():
        await pipeline.append(position())
        await pipeline.counted("flights_kafka_records_total", 1)
        for number in range(6):
            await pipeline.append(position(position_time=NOW_MS + (number + 1) * 1000))
            await pipeline.counted("flights_kafka_records_total", number + 2)
            await pipeline.tick()
        for shard, shown in pipeline.picture.shards.items():
            late = Picture()
            key = await pipeline.bus.frames.get_key(shard)
            assert key is not None
            assert late.apply(key.frame) is Outcome.APPLIED
            since = late.shards[shard].sequence
            assert since >= 3
            for frame in await pipeline.bus.frames.recent_after(shard, shown.epoch, since) or []:
                assert late.apply(frame) is Outcome.APPLIED
            assert late.key_frame(shard) == pipeline.picture.key_frame(shard)


async def test_a_silent_aircraft_leaves_the_map() -> None:
    pipeline = Pipeline()
    async with pipeline.running():
        await pipeline.append(position())
        await pipeline.counted("flights_kafka_records_total", 1)
        await pipeline.tick()
        assert len(pipeline.picture) == 1
        for _ in range(61):
            await pipeline.tick()
        assert len(pipeline.picture) == 0
