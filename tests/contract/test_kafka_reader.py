"""Members join, leave and are removed from the group while positions flow: nothing is lost or read twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka.protocol.group import LeaveGroupRequest

from flighttracker.bus.base import LogEvent, OutgoingRecord, Records, ShardAssigned, ShardRevoked
from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog
from flighttracker.bus.kafka.reader import ShardReader
from flighttracker.clock import SystemClock
from flighttracker.settings import KafkaSettings
from tests.servers.kafka_server import KafkaServer

pytest_plugins = ["tests.servers.fixtures"]

WAIT_S = 30.0
SHARDS = 4
TICK_RECORDS = 40


def settings_of(server: KafkaServer, name: str, member: str = "") -> KafkaSettings:
    return KafkaSettings(
        bootstrap_servers=server.bootstrap_servers,
        positions_topic=f"flights-{name}",
        rejected_topic=f"flights-{name}.rejected",
        group=f"gateways-{name}",
        member=member,
        partitions=SHARDS,
        heartbeat_interval_s=0.1,
    )


@asynccontextmanager
async def opened(settings: KafkaSettings) -> AsyncIterator[KafkaConnection]:
    made = KafkaConnection(settings)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def connection(kafka_server: KafkaServer) -> AsyncIterator[KafkaConnection]:
    async with opened(settings_of(kafka_server, uuid4().hex)) as made:
        yield made


@pytest.fixture
async def positions(connection: KafkaConnection) -> KafkaPositionLog:
    log = KafkaPositionLog(connection, SystemClock())
    await log.open()
    return log


def tick(number: int) -> list[OutgoingRecord]:
    now_ms = SystemClock().now_ms()
    numbers = range(number * TICK_RECORDS, (number + 1) * TICK_RECORDS)
    return [OutgoingRecord(f"{value % 97:06x}".encode(), b"%d" % value, now_ms) for value in numbers]


class Member:
    """Runs a reader in the background and stores all its events."""

    changed = asyncio.Event()

    def __init__(self, events: AsyncIterator[LogEvent]) -> None:
        self.told: list[LogEvent] = []
        self._task = asyncio.create_task(self._follow(events))

    async def _follow(self, events: AsyncIterator[LogEvent]) -> None:
        async for event in events:
            self.told.append(event)
            Member.changed.set()

    @property
    def notices(self) -> list[ShardAssigned | ShardRevoked]:
        return [event for event in self.told if not isinstance(event, Records)]

    @property
    def shards(self) -> set[int]:
        held: set[int] = set()
        for notice in self.notices:
            if isinstance(notice, ShardAssigned):
                held.add(notice.shard)
            else:
                held.remove(notice.shard)
        return held

    def offsets(self, shard: int) -> list[int]:
        return [
            stored.offset
            for event in self.told
            if isinstance(event, Records) and event.shard == shard
            for stored in event.records
        ]

    @property
    def values(self) -> list[int]:
        return [int(stored.value) for event in self.told if isinstance(event, Records) for stored in event.records]

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


@pytest.fixture(autouse=True)
def changed() -> None:
    """An event belongs to the loop of its test."""
    Member.changed = asyncio.Event()


async def until(reached: Callable[[], bool]) -> None:
    """Return once `reached` is true; checks it after each event of a member."""
    async with asyncio.timeout(WAIT_S):
        while not reached():
            Member.changed.clear()
            await Member.changed.wait()


@asynccontextmanager
async def member(positions: KafkaPositionLog, replay_ms: int = 60_000) -> AsyncIterator[Member]:
    async with positions.read(replay_ms=replay_ms) as events:
        joined = Member(events)
        try:
            yield joined
        finally:
            await joined.stop()


async def test_the_others_lose_no_record_when_a_member_joins_and_leaves(positions: KafkaPositionLog) -> None:
    over = asyncio.Event()

    async def append() -> int:
        ticks = 0
        while not over.is_set():
            await positions.append(tick(ticks))
            ticks += 1
        return ticks

    async with member(positions) as stays:
        await until(lambda: len(stays.shards) == SHARDS)
        appending = asyncio.create_task(append())
        async with member(positions) as joins:
            await until(lambda: len(joins.shards) == len(stays.shards) == SHARDS // 2 and bool(joins.values))
            kept = stays.shards
        await until(lambda: len(stays.shards) == SHARDS)
        over.set()
        expected = set(range(await appending * TICK_RECORDS))
        await until(lambda: {*stays.values, *joins.values} >= expected)
    for shard in kept:
        assert stays.offsets(shard) == list(range(len(stays.offsets(shard))))
    assert kept.isdisjoint(notice.shard for notice in stays.notices if isinstance(notice, ShardRevoked))


async def test_a_member_that_the_group_removed_gets_its_shards_revoked_and_assigned_again(
    connection: KafkaConnection, positions: KafkaPositionLog
) -> None:
    """Another member may have owned them in between: their next frames must have a newer epoch."""
    reader = ShardReader(connection, SystemClock(), 60_000)
    await reader.start()
    given_up = Member(reader.events())
    try:
        await until(lambda: len(given_up.shards) == SHARDS)
        await positions.append(tick(0))
        await until(lambda: len(given_up.values) == TICK_RECORDS)
        coordinator = reader._consumer._coordinator
        await coordinator._send_req(LeaveGroupRequest(connection.settings.group, coordinator.member_id))
        await until(lambda: len(given_up.values) == 2 * TICK_RECORDS)
    finally:
        await given_up.stop()
        await reader.stop()
    kinds = [type(notice) for notice in given_up.notices]
    assert kinds == [ShardAssigned] * SHARDS + [ShardRevoked] * SHARDS + [ShardAssigned] * SHARDS


async def test_a_shard_without_recent_records_starts_at_its_end(positions: KafkaPositionLog) -> None:
    old = [record._replace(timestamp_ms=record.timestamp_ms - 300_000) for record in tick(0)]
    await positions.append(old)
    async with member(positions) as joined:
        await until(lambda: len(joined.shards) == SHARDS)
        await positions.append(tick(1))
        await until(lambda: len(joined.values) >= TICK_RECORDS)
    assert sorted(joined.values) == list(range(TICK_RECORDS, 2 * TICK_RECORDS))


async def test_a_member_without_a_shard_takes_over_when_one_leaves(positions: KafkaPositionLog) -> None:
    async with AsyncExitStack() as others:
        members = [await others.enter_async_context(member(positions)) for _ in range(SHARDS)]
        await until(lambda: [len(one.shards) for one in members] == [1] * SHARDS)
        async with member(positions) as waiting:
            await positions.append(tick(0))
            await until(
                lambda: {value for one in [*members, waiting] for value in one.values} == set(range(TICK_RECORDS))
            )
            await others.aclose()
            await until(lambda: len(waiting.shards) == SHARDS)


async def test_a_static_member_that_restarts_keeps_its_shards_without_a_rebalance(kafka_server: KafkaServer) -> None:
    name = uuid4().hex

    async def log_of(pod: str) -> KafkaPositionLog:
        connection = await opening.enter_async_context(opened(settings_of(kafka_server, name, member=pod)))
        log = KafkaPositionLog(connection, SystemClock())
        await log.open()
        return log

    async with AsyncExitStack() as opening:
        one, other = await log_of("gateway-0"), await log_of("gateway-1")
        async with member(one) as stays:
            async with member(other) as before:
                await until(lambda: len(stays.shards) == len(before.shards) == SHARDS // 2)
                shards = before.shards
            told = list(stays.notices)
            async with member(other) as after:
                await until(lambda: after.shards == shards)
            assert stays.notices == told
