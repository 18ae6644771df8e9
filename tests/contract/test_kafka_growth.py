"""A topic gets more partitions during use: writers and readers find them, and the old ones are not interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from flighttracker.bus.base import LogEvent, Records, ShardAssigned, ShardRevoked
from flighttracker.bus.kafka import connection as kafka_connection
from flighttracker.partition import shard_of
from flighttracker.settings import KafkaSettings
from tests.contract.kafka_log import WAIT_S, opened, record, settings_of
from tests.servers.kafka_server import KafkaServer

pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture(autouse=True)
def _look_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_connection, "LOOK_AGAIN_S", 0.3)


class Follower:
    """Stores the events of a reader."""

    def __init__(self, events: AsyncIterator[LogEvent]) -> None:
        self._events = events
        self.shards: set[int] = set()
        self.revoked: list[int] = []
        self.values: list[int] = []
        self.places: dict[int, tuple[int, bytes]] = {}

    async def until(self, reached: Callable[[Follower], bool]) -> None:
        while not reached(self):
            match await anext(self._events):
                case ShardAssigned(shard):
                    self.shards.add(shard)
                case ShardRevoked(shard):
                    self.revoked.append(shard)
                case Records(shard, records):
                    for stored in records:
                        self.values.append(int(stored.value))
                        self.places[int(stored.value)] = (shard, stored.key)


async def grow(settings: KafkaSettings, partitions: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_partitions({settings.positions_topic: NewPartitions(partitions)})
    finally:
        await admin.close()


async def until(reached: Callable[[], bool]) -> None:
    while not reached():
        await asyncio.sleep(0.05)


async def test_writers_and_readers_use_new_partitions_without_a_restart(kafka_server: KafkaServer) -> None:
    settings = settings_of(kafka_server, partitions=2)
    async with (
        opened(settings) as (writer, _),
        opened(settings) as (log, _),
        asyncio.timeout(2 * WAIT_S),
        log.read(replay_ms=60_000) as group_events,
        log.read(replay_ms=60_000, alone=True) as all_events,
    ):
        group, alone = Follower(group_events), Follower(all_events)
        followers = (group, alone)
        await writer.append([record(number) for number in range(200)])
        await asyncio.gather(*(each.until(lambda it: len(it.values) >= 200) for each in followers))
        assert group.shards == alone.shards == {0, 1}

        await grow(settings, 4)
        await asyncio.gather(*(each.until(lambda it: it.shards == {0, 1, 2, 3}) for each in followers))
        await until(lambda: writer.shards == log.shards == 4)
        await writer.append([record(number) for number in range(200, 600)])
        await asyncio.gather(*(each.until(lambda it: len(it.values) >= 600) for each in followers))
    for each in followers:
        assert sorted(each.values) == list(range(600))
        assert not each.revoked
        for number in range(200, 600):
            shard, key = each.places[number]
            assert shard == shard_of(key, 4)


async def test_records_written_before_a_reader_finds_the_partition_are_read(kafka_server: KafkaServer) -> None:
    settings = settings_of(kafka_server, partitions=1)
    async with opened(settings) as (log, _), asyncio.timeout(2 * WAIT_S), log.read(replay_ms=60_000) as events:
        follower = Follower(events)
        await follower.until(lambda it: it.shards == {0})
        await grow(settings, 3)
        async with opened(settings) as (writer, _):
            await until(lambda: writer.shards == 3)
            await writer.append([record(number) for number in range(100)])
        await follower.until(lambda it: len(it.values) >= 100)
    assert sorted(follower.values) == list(range(100))
