"""The guarantees of every bus. To add a backend, add its name to `BACKENDS` and its fixture."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from flighttracker.bus.base import (
    Bus,
    KeyPoint,
    LogEvent,
    OutgoingRecord,
    Records,
    RejectedRecord,
    ShardAssigned,
    ShardRevoked,
    StoredKey,
    StoredRecord,
)
from flighttracker.bus.memory import MemoryBus
from flighttracker.bus.servers import ServerBus
from flighttracker.clock import SystemClock
from flighttracker.frame import FrameStamp, ShardTable
from flighttracker.partition import shard_of
from flighttracker.settings import KafkaSettings, RedisSettings
from tests.outgoing_blocks import block_of
from tests.servers.kafka_server import KafkaServer
from tests.servers.redis_server import RedisServer

pytest_plugins = ["tests.servers.fixtures"]

SHARDS = 4
WAIT_S = 20.0

BusMaker = Callable[[], Bus]


@pytest.fixture(params=["memory", "servers"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """A bus of each backend, empty and with `SHARDS` shards."""
    if request.param == "memory":
        made: Bus = MemoryBus(SHARDS)
    else:
        made = await server_bus(request.getfixturevalue("kafka_server"), request.getfixturevalue("redis_server"))
    yield made
    await made.close()


async def server_bus(kafka: KafkaServer, redis: RedisServer) -> ServerBus:
    """A bus on the servers of this session, with its own topics, group and keys."""
    name = uuid4().hex
    bus = ServerBus(
        KafkaSettings(
            bootstrap_servers=kafka.bootstrap_servers,
            positions_topic=f"flights-{name}",
            rejected_topic=f"flights-{name}.rejected",
            group=f"gateways-{name}",
            partitions=SHARDS,
            heartbeat_interval_s=0.1,
        ),
        RedisSettings(url=redis.url, prefix=f"flights:{name}"),
    )
    await bus.open()
    return bus


def record(number: int, *, age_ms: int = 0, key: bytes | None = None) -> OutgoingRecord:
    return OutgoingRecord(
        key=key if key is not None else f"{number:06x}".encode(),
        value=f"value {number}".encode(),
        timestamp_ms=SystemClock().now_ms() - age_ms,
        headers=(("traceparent", b"00-1"),),
    )


class Reader:
    """Collects a reader's events until a test has the one that it waits for."""

    def __init__(self, events: AsyncIterator[LogEvent]) -> None:
        self._events = events
        self.shards: set[int] = set()
        self.ends: dict[int, int] = {}
        self.records: dict[int, list[StoredRecord]] = {}

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not reached():
                match await anext(self._events):
                    case ShardAssigned(shard, end_offset):
                        assert shard not in self.shards
                        self.shards.add(shard)
                        self.ends[shard] = end_offset
                    case ShardRevoked(shard):
                        self.shards.remove(shard)
                    case Records(shard, records):
                        assert shard in self.shards
                        self.records.setdefault(shard, []).extend(records)

    @property
    def values(self) -> list[bytes]:
        return [kept.value for records in self.records.values() for kept in records]


class TestPositionLog:
    async def test_a_reader_gets_every_shard_and_every_record_once(self, bus: Bus) -> None:
        async with bus.positions.read(replay_ms=60_000) as events:
            reader = Reader(events)
            await reader.until(lambda: len(reader.shards) == SHARDS)
            await bus.positions.append([record(number) for number in range(100)])
            await reader.until(lambda: len(reader.values) >= 100)
        assert sorted(reader.values) == sorted(record(number).value for number in range(100))

    async def test_a_record_arrives_as_it_was_written(self, bus: Bus) -> None:
        written = record(7)
        async with bus.positions.read(replay_ms=60_000) as events:
            reader = Reader(events)
            await reader.until(lambda: len(reader.shards) == SHARDS)
            await bus.positions.append([written])
            await reader.until(lambda: bool(reader.values))
        ((shard, (read,)),) = reader.records.items()
        assert shard == shard_of(written.key, SHARDS)
        assert (read.key, read.value, read.timestamp_ms) == (written.key, written.value, written.timestamp_ms)
        assert tuple(read.headers) == written.headers

    async def test_a_block_arrives_as_its_records(self, bus: Bus) -> None:
        now_ms = SystemClock().now_ms()
        written = [OutgoingRecord(f"{number % 50:06x}".encode(), b"%05d" % number, now_ms) for number in range(5_000)]
        async with bus.positions.read(replay_ms=60_000) as events:
            reader = Reader(events)
            await reader.until(lambda: len(reader.shards) == SHARDS)
            await bus.positions.append(block_of(written))
            await reader.until(lambda: len(reader.values) >= len(written))
        for shard, records in reader.records.items():
            own = [record for record in written if shard_of(record.key, SHARDS) == shard]
            assert [(read.key, read.value, read.timestamp_ms, tuple(read.headers)) for read in records] == own

    async def test_records_of_one_key_keep_their_order(self, bus: Bus) -> None:
        async with bus.positions.read(replay_ms=60_000) as events:
            reader = Reader(events)
            await reader.until(lambda: len(reader.shards) == SHARDS)
            for first in range(0, 50, 10):
                await bus.positions.append([record(number, key=b"3c6444") for number in range(first, first + 10)])
            await reader.until(lambda: len(reader.values) >= 50)
        assert reader.values == [record(number).value for number in range(50)]
        offsets = [kept.offset for kept in reader.records[shard_of(b"3c6444", SHARDS)]]
        assert offsets == list(range(offsets[0], offsets[0] + 50))

    async def test_a_late_reader_gets_records_within_the_replay_time(self, bus: Bus) -> None:
        await bus.positions.append([record(number, age_ms=300_000) for number in range(20)])
        await bus.positions.append([record(number, age_ms=5_000) for number in range(20, 40)])
        async with bus.positions.read(replay_ms=60_000) as events:
            reader = Reader(events)
            await reader.until(lambda: len(reader.values) >= 20)
        assert sorted(reader.values) == sorted(record(number).value for number in range(20, 40))

    async def test_two_readers_share_the_shards_and_one_that_leaves_gives_them_back(self, bus: Bus) -> None:
        async with bus.positions.read(replay_ms=60_000) as first_events:
            first = Reader(first_events)
            await first.until(lambda: len(first.shards) == SHARDS)
            async with bus.positions.read(replay_ms=60_000) as second_events:
                second = Reader(second_events)
                await asyncio.gather(
                    first.until(lambda: len(first.shards) == SHARDS // 2),
                    second.until(lambda: len(second.shards) == SHARDS // 2),
                )
                assert first.shards.isdisjoint(second.shards)
                assert first.shards | second.shards == set(range(SHARDS))
            await first.until(lambda: len(first.shards) == SHARDS)

    async def test_a_reader_resumes_at_the_callers_offset_and_learns_the_end_of_the_log(self, bus: Bus) -> None:
        await bus.positions.append([record(number, key=b"3c6444") for number in range(30)])
        shard = shard_of(b"3c6444", SHARDS)

        async def resume_at(asked: int) -> int | None:
            return 20 if asked == shard else None

        async with bus.positions.read(replay_ms=60_000, resume_at=resume_at) as events:
            reader = Reader(events)
            await reader.until(lambda: len(reader.values) >= 10)
        assert reader.values == [record(number).value for number in range(20, 30)]
        assert reader.ends[shard] == 30

    async def test_an_offset_that_the_log_does_not_have_counts_as_none(self, bus: Bus) -> None:
        await bus.positions.append([record(number) for number in range(30)])

        async def resume_at(asked: int) -> int | None:
            return 1_000

        async with bus.positions.read(replay_ms=60_000, resume_at=resume_at) as events:
            reader = Reader(events)
            await reader.until(lambda: len(reader.values) >= 30)

    async def test_a_reader_alone_has_every_shard_and_takes_none_from_the_group(self, bus: Bus) -> None:
        async with bus.positions.read(replay_ms=60_000) as group_events:
            group = Reader(group_events)
            await group.until(lambda: len(group.shards) == SHARDS)
            async with bus.positions.read(replay_ms=60_000, alone=True) as events:
                alone = Reader(events)
                await alone.until(lambda: len(alone.shards) == SHARDS)
                await bus.positions.append([record(number) for number in range(50)])
                await asyncio.gather(
                    group.until(lambda: len(group.values) >= 50), alone.until(lambda: len(alone.values) >= 50)
                )
        assert sorted(alone.values) == sorted(group.values)
        assert len(group.shards) == SHARDS

    async def test_the_lag_counts_records_that_a_reader_has_not_delivered(self, bus: Bus) -> None:
        shard = shard_of(b"3c6444", SHARDS)
        nothing = dict.fromkeys(range(SHARDS), 0)
        assert bus.positions.lag() == {}
        async with bus.positions.read(replay_ms=60_000) as events:
            reader = Reader(events)
            await reader.until(lambda: len(reader.shards) == SHARDS)
            assert bus.positions.lag() == nothing
            await bus.positions.append([record(number, key=b"3c6444") for number in range(30)])
            async with asyncio.timeout(WAIT_S):
                while bus.positions.lag() != {**nothing, shard: 30}:
                    await asyncio.sleep(0.01)
            await reader.until(lambda: len(reader.values) >= 30)
            assert bus.positions.lag() == nothing
        assert bus.positions.lag() == {}


class TestRejectedLog:
    async def test_rejected_records_are_listed_newest_first(self, bus: Bus) -> None:
        refused = [RejectedRecord("truncated", f"{n} bytes", "gateway", b"3c6444", bytes([n]), n) for n in range(3)]
        await bus.rejected.append(refused)
        assert list(await bus.rejected.latest(2)) == [refused[2], refused[1]]


class TestFrameRelay:
    async def test_every_subscriber_gets_every_frame_in_order(self, bus: Bus) -> None:
        frames = [bytes([number]) * 10 for number in range(20)]
        async with bus.relay.subscribe() as one, bus.relay.subscribe() as two:
            for frame in frames:
                await bus.relay.publish(1, frame)
            async with asyncio.timeout(WAIT_S):
                assert [await anext(one) for _ in frames] == frames
                assert [await anext(two) for _ in frames] == frames

    async def test_a_subscriber_gets_no_earlier_frame(self, bus: Bus) -> None:
        await bus.relay.publish(0, b"before")
        async with bus.relay.subscribe() as frames:
            await bus.relay.publish(0, b"after")
            async with asyncio.timeout(WAIT_S):
                assert await anext(frames) == b"after"


def key_frame(shard: int, epoch: int, sequence: int) -> bytes:
    """Return a key frame of an empty shard."""
    return ShardTable().key_frame(FrameStamp(shard, epoch, sequence, 1_000, 1_000))


class TestFrameStore:
    async def test_epochs_only_grow(self, bus: Bus) -> None:
        epochs = [await bus.frames.next_epoch(2) for _ in range(5)]
        assert epochs == sorted(set(epochs))

    async def test_the_latest_key_frame_is_kept_for_each_shard(self, bus: Bus) -> None:
        assert await bus.frames.get_key(0) is None
        await bus.frames.put_key(0, 5, StoredKey(b"old", 7))
        await bus.frames.put_key(0, 5, StoredKey(b"new", 7))
        await bus.frames.put_key(1, 4, StoredKey(b"other", 8))
        assert await bus.frames.get_key(0) == StoredKey(b"new", 7)
        assert await bus.frames.get_key(1) == StoredKey(b"other", 8)

    async def test_a_late_key_frame_of_a_former_owner_is_ignored(self, bus: Bus) -> None:
        before, after = 1_700_000_000_000, 1_700_000_000_001
        latest = StoredKey(key_frame(0, after, 1), 9)
        await bus.frames.put_key(0, before, StoredKey(key_frame(0, before, 49), 7))
        await bus.frames.put_key(0, after, latest)
        await bus.frames.put_key(0, before, StoredKey(key_frame(0, before, 50), 8))
        assert await bus.frames.get_key(0) == latest

    async def test_the_key_point_is_read_without_the_frame(self, bus: Bus) -> None:
        assert await bus.frames.get_key_point(0) is None
        await bus.frames.put_key(0, 1_700, StoredKey(key_frame(0, 1_700, 12), 2**40))
        assert await bus.frames.get_key_point(0) == KeyPoint(1_700, 12, 2**40)

    async def test_recent_frames_follow_a_sequence_without_a_gap(self, bus: Bus) -> None:
        for sequence in range(10, 15):
            await bus.frames.put_recent(0, 5, sequence, bytes([sequence]))
        after = await bus.frames.recent_after(0, 5, 12)
        assert after is not None
        assert list(after) == [bytes([13]), bytes([14])]
        assert list(await bus.frames.recent_after(0, 5, 14) or []) == []
        assert await bus.frames.recent_after(0, 5, 14) is not None

    async def test_frames_that_expired_or_have_another_epoch_are_none(self, bus: Bus) -> None:
        for sequence in range(10, 15):
            await bus.frames.put_recent(0, 5, sequence, bytes([sequence]))
        assert await bus.frames.recent_after(0, 5, 8) is None
        assert await bus.frames.recent_after(0, 5, 20) is None
        assert await bus.frames.recent_after(0, 4, 12) is None
        assert await bus.frames.recent_after(3, 5, 12) is None


class TestSchemaCache:
    async def test_a_schema_is_stored_under_its_id(self, bus: Bus) -> None:
        assert await bus.schemas.get(7) is None
        await bus.schemas.put(7, b'{"type": "record"}')
        assert await bus.schemas.get(7) == b'{"type": "record"}'
        assert await bus.schemas.get(8) is None


class TestSourceReports:
    async def test_the_latest_report_of_each_source_is_kept(self, bus: Bus) -> None:
        assert await bus.sources.get(["roof", "sky"]) == {}
        await bus.sources.put({"roof": b"1", "sky": b"2"})
        await bus.sources.put({"roof": b"3"})
        assert await bus.sources.get(["roof", "sky", "other"]) == {"roof": b"3", "sky": b"2"}


class TestSessions:
    async def test_viewers_are_those_of_all_pods(self, bus: Bus) -> None:
        assert await bus.sessions.viewers() == 0
        await bus.sessions.keep_alive("gateway-0", 3)
        await bus.sessions.keep_alive("gateway-1", 4)
        await bus.sessions.keep_alive("gateway-0", 5)
        assert await bus.sessions.viewers() == 9

    async def test_revoked_tokens_are_listed_until_their_time_comes(self, bus: Bus) -> None:
        now_ms = SystemClock().now_ms()
        assert await bus.sessions.revoked() == (frozenset(), 0)
        await bus.sessions.revoke("one", now_ms + 60_000)
        await bus.sessions.revoke("two", now_ms + 60_000, user="amelia")
        await bus.sessions.revoke("one", now_ms - 1)
        await bus.sessions.revoke("past", now_ms - 1)
        assert await bus.sessions.revoked() == (frozenset({"one", "two"}), 1)
