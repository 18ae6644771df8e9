"""Properties that need a real Kafka: many batches, arbitrary bytes, the bus as a whole."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.partitioner import DefaultPartitioner

from flighttracker.bus.base import OutgoingRecord, Records, RejectedRecord
from flighttracker.bus.servers import ServerBus
from flighttracker.clock import SystemClock
from flighttracker.errors import BusError
from flighttracker.partition import shard_of
from flighttracker.settings import KafkaSettings, RedisSettings
from tests.contract.kafka_log import SHARDS, WAIT_S, opened, record, settings_of
from tests.servers.kafka_server import KafkaServer
from tests.servers.redis_server import RedisServer

pytest_plugins = ["tests.servers.fixtures"]


def test_a_shard_is_the_partition_that_aiokafka_would_choose() -> None:
    choose = DefaultPartitioner()
    for number in range(2_000):
        key = f"{number * 7919:06x}".encode()
        assert shard_of(key, 6) == choose(key, list(range(6)), list(range(6)))


async def test_a_tick_of_many_batches_arrives_whole_and_in_order(kafka_server: KafkaServer) -> None:
    tick = [
        OutgoingRecord(f"{number % 100:06x}".encode(), b"%08d" % number + bytes(400), SystemClock().now_ms())
        for number in range(10_000)
    ]
    read: dict[bytes, list[bytes]] = {}
    async with (
        opened(settings_of(kafka_server)) as (positions, _),
        asyncio.timeout(WAIT_S),
        positions.read(replay_ms=60_000) as events,
    ):
        await positions.append(tick)
        while sum(map(len, read.values())) < len(tick):
            event = await anext(events)
            if isinstance(event, Records):
                for stored in event.records:
                    read.setdefault(stored.key, []).append(stored.value)
    for number in range(100):
        key = f"{number:06x}".encode()
        assert read[key] == [outgoing.value for outgoing in tick if outgoing.key == key]


class TestRejected:
    async def test_without_rejected_records_the_list_is_empty(self, kafka_server: KafkaServer) -> None:
        async with opened(settings_of(kafka_server)) as (_, rejected):
            assert await rejected.latest(10) == []

    async def test_arbitrary_bytes_are_stored_unchanged(self, kafka_server: KafkaServer) -> None:
        refused = RejectedRecord(
            "malformed", "größer als 3°", "gateway", b"\xff\x00", bytes(range(256)), 1_750_000_000_000
        )
        async with opened(settings_of(kafka_server)) as (_, rejected):
            await rejected.append([refused])
            assert await rejected.latest(10) == [refused]

    async def test_the_value_of_the_longest_record_is_truncated(self, kafka_server: KafkaServer) -> None:
        longest = RejectedRecord("malformed", "too long", "gateway", b"3c6444", bytes(1_048_000), 1_750_000_000_000)
        async with opened(settings_of(kafka_server)) as (_, rejected):
            await rejected.append([longest])
            (kept,) = await rejected.latest(10)
        assert longest.value.startswith(kept.value)
        assert len(kept.value) > 100_000


class TestServerBus:
    async def test_it_opens_without_redis_and_uses_it_once_available(
        self, kafka_server: KafkaServer, redis_server: RedisServer
    ) -> None:
        bus = ServerBus(settings_of(kafka_server), RedisSettings(url=redis_server.url, prefix=f"flights:{uuid4().hex}"))
        redis_server.kill()
        try:
            await bus.open()
            assert bus.positions.shards == SHARDS
            with pytest.raises(BusError):
                await bus.frames.get_key(0)
        finally:
            redis_server.start()
        assert await bus.frames.get_key(0) is None
        await bus.close()

    async def test_disk_and_memory_of_the_servers_are_read(
        self, kafka_server: KafkaServer, redis_server: RedisServer, tmp_path: Path
    ) -> None:
        bus = ServerBus(settings_of(kafka_server), RedisSettings(url=redis_server.url, prefix=f"flights:{uuid4().hex}"))
        await bus.open()
        (volume,) = await bus.usage.volumes()
        assert volume.total_bytes == shutil.disk_usage(tmp_path).total, "the broker has its log in the same folder"
        assert 0 < volume.free_bytes < volume.total_bytes
        memory = await bus.usage.memory()
        assert memory is not None
        assert memory.used_bytes > 100_000
        assert memory.clients >= 1
        assert memory.is_saved
        await bus.close()

    async def test_a_redis_that_forbids_info_has_no_memory(
        self, kafka_server: KafkaServer, redis_server: RedisServer
    ) -> None:
        bus = ServerBus(settings_of(kafka_server), RedisSettings(url=redis_server.url, prefix=f"flights:{uuid4().hex}"))
        await bus.open()
        client: Any = bus._redis.client
        await client.execute_command("ACL", "SETUSER", "default", "-info")
        try:
            assert await bus.usage.memory() is None
        finally:
            await client.execute_command("ACL", "SETUSER", "default", "+info")
        await bus.close()

    async def test_before_open_nothing_is_connected_and_calls_fail(self) -> None:
        bus = ServerBus(KafkaSettings(), RedisSettings())
        for attempt in (
            bus.positions.append([record(1)]),
            bus.rejected.latest(1),
            bus.relay.publish(0, b""),
            bus.frames.get_key(0),
            bus.sessions.viewers(),
            bus.usage.volumes(),
            bus.usage.memory(),
        ):
            with pytest.raises(BusError, match="is not open"):
                await attempt
        await bus.close()
