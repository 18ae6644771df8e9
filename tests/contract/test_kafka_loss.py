"""A real Kafka is killed, frozen and restarted: errors come in bounded time, nothing is lost, and no task is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from flighttracker.bus.base import LogEvent, Records, ShardAssigned
from flighttracker.bus.servers import ServerBus
from flighttracker.errors import BusError
from flighttracker.settings import KafkaSettings, RedisSettings
from tests.contract.kafka_log import SHARDS, WAIT_S, at_last, opened_at_last, record, settings_of
from tests.servers.kafka_server import KafkaServer
from tests.servers.process import LOOPBACK, free_port
from tests.servers.redis_server import RedisServer

pytest_plugins = ["tests.servers.fixtures"]

TIMEOUT_S = 1.0


@contextmanager
def frozen(server: KafkaServer) -> Iterator[None]:
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


@contextmanager
def within(request_timeouts: int, settings: KafkaSettings) -> Iterator[None]:
    """Fail if the body takes more request timeouts than this; a busy machine may add one."""
    began_s = time.monotonic()
    yield
    assert time.monotonic() - began_s < (request_timeouts + 1) * settings.request_timeout_s


async def test_a_dead_broker_is_a_bus_error_and_everything_continues_after_its_restart(
    own_kafka_server: KafkaServer,
) -> None:
    numbers: list[int] = []
    deals = 0
    settings = settings_of(own_kafka_server, request_timeout_s=2.0)
    async with (
        opened_at_last(settings) as (positions, _),
        asyncio.timeout(2 * WAIT_S),
        positions.read(replay_ms=60_000) as events,
    ):

        async def read_until(count: int) -> None:
            nonlocal deals
            while len(numbers) < count:
                event = await anext(events)
                deals += isinstance(event, ShardAssigned)
                if isinstance(event, Records):
                    numbers.extend(int(stored.value) for stored in event.records)

        await at_last(lambda: positions.append([record(number) for number in range(100)]))
        await read_until(100)
        await asyncio.to_thread(own_kafka_server.kill)
        try:
            with within(3, settings), pytest.raises(BusError, match="cannot append positions at Kafka"):
                await positions.append([record(-1)])
        finally:
            await asyncio.to_thread(own_kafka_server.start)
        await at_last(lambda: positions.append([record(number) for number in range(100, 200)]))
        await read_until(200)
    assert set(numbers) == set(range(200))
    assert deals == SHARDS


async def test_a_frozen_broker_is_a_bus_error_in_bounded_time(own_kafka_server: KafkaServer) -> None:
    settings = settings_of(own_kafka_server, request_timeout_s=TIMEOUT_S)
    async with opened_at_last(settings) as (positions, rejected):
        with frozen(own_kafka_server):
            with within(3, settings), pytest.raises(BusError, match="cannot append positions"):
                await positions.append([record(1)])
            # Two request timeouts to read, one to close the reader.
            with within(3, settings), pytest.raises(BusError, match="cannot read rejected records"):
                await rejected.latest(1)
            with within(3, settings), pytest.raises(BusError, match="cannot read positions"):
                async with positions.read(replay_ms=60_000):
                    pass
        await at_last(lambda: positions.append([record(2)]))


async def test_everything_closes_in_bounded_time_without_a_broker(own_kafka_server: KafkaServer) -> None:
    settings = settings_of(own_kafka_server, request_timeout_s=TIMEOUT_S)
    try:
        async with opened_at_last(settings) as (positions, _), positions.read(replay_ms=60_000) as events:
            async with asyncio.timeout(WAIT_S):
                await anext(events)
            await asyncio.to_thread(own_kafka_server.kill)
            with pytest.raises(BusError):
                await positions.append([record(1)])
            began_s = time.monotonic()
        assert time.monotonic() - began_s < 8 * TIMEOUT_S
    finally:
        await asyncio.to_thread(own_kafka_server.start)


async def test_closing_with_a_frozen_broker_leaves_no_task_and_raises_no_cancellation(
    own_kafka_server: KafkaServer,
) -> None:
    """A cancellation that is not ours would end, without a word, the task that closes."""
    settings = settings_of(own_kafka_server, request_timeout_s=TIMEOUT_S)
    tasks = asyncio.all_tasks()
    connection_left: list[bool] = []

    async def use() -> None:
        async with opened_at_last(settings) as (positions, _):
            async with (
                positions.read(replay_ms=60_000) as events,
                positions.read(replay_ms=60_000, alone=True) as all_events,
            ):
                async with asyncio.timeout(WAIT_S):
                    await anext(events)
                    await anext(all_events)
                own_kafka_server.freeze()
                appending = asyncio.create_task(positions.append([record(1)]))
                await asyncio.wait([appending], timeout=TIMEOUT_S / 2)
            connection_left.append(True)
        with pytest.raises(BusError):
            await appending

    try:
        for _ in range(3):
            async with asyncio.timeout(2 * WAIT_S):
                await use()
            own_kafka_server.thaw()
    finally:
        own_kafka_server.thaw()
    assert connection_left == [True] * 3
    assert asyncio.all_tasks() == tasks


async def test_a_task_that_is_cancelled_while_it_closes_leaves_no_task(own_kafka_server: KafkaServer) -> None:
    settings = settings_of(own_kafka_server, request_timeout_s=TIMEOUT_S)
    tasks = asyncio.all_tasks()
    leaving = asyncio.Event()

    async def use() -> None:
        async with opened_at_last(settings) as (positions, _), positions.read(replay_ms=60_000) as events:
            async with asyncio.timeout(WAIT_S):
                await anext(events)
            own_kafka_server.freeze()
            leaving.set()

    using = asyncio.create_task(use())
    try:
        async with asyncio.timeout(2 * WAIT_S):
            await leaving.wait()
            await asyncio.wait([using], timeout=TIMEOUT_S / 4)
            assert using.cancel()
            with pytest.raises(asyncio.CancelledError):
                await using
    finally:
        own_kafka_server.thaw()
    assert asyncio.all_tasks() == tasks


async def test_during_an_outage_a_reader_gets_no_events_and_no_error(own_kafka_server: KafkaServer) -> None:
    settings = settings_of(own_kafka_server, request_timeout_s=TIMEOUT_S)
    told: list[LogEvent] = []
    async with (
        opened_at_last(settings) as (positions, _),
        asyncio.timeout(2 * WAIT_S),
        positions.read(replay_ms=60_000, alone=True) as events,
    ):
        await at_last(lambda: positions.append([record(number) for number in range(100)]))

        async def follow() -> None:
            async for event in events:
                told.append(event)
                if sum(len(event.records) for event in told if isinstance(event, Records)) >= 100:
                    return

        with frozen(own_kafka_server):
            following = asyncio.create_task(follow())
            done, _ = await asyncio.wait([following], timeout=4 * TIMEOUT_S)
            assert not done
            assert not told
        await following
    assert [type(event) for event in told][:SHARDS] == [ShardAssigned] * SHARDS


async def test_a_reader_that_is_stopped_by_another_task_ends(own_kafka_server: KafkaServer) -> None:
    settings = settings_of(own_kafka_server, request_timeout_s=TIMEOUT_S)
    async with opened_at_last(settings) as (positions, _), asyncio.timeout(WAIT_S):
        async with positions.read(replay_ms=60_000) as events:

            async def follow() -> None:
                async for _ in events:
                    pass

            following = asyncio.create_task(follow())
            await asyncio.sleep(0)
        with pytest.raises(BusError):
            await following


async def test_a_port_without_a_listener_is_a_bus_error() -> None:
    bus = ServerBus(KafkaSettings(bootstrap_servers=f"{LOOPBACK}:{free_port()}"), RedisSettings())
    with pytest.raises(BusError, match=r"no broker of Kafka at 127\.0\.0\.1:.* answers"):
        await bus.open()
    await bus.close()


async def test_the_bus_can_be_opened_after_kafka_was_unavailable(
    own_kafka_server: KafkaServer, redis_server: RedisServer
) -> None:
    redis = RedisSettings(url=redis_server.url, prefix=f"flights:{uuid4().hex}")
    bus = ServerBus(settings_of(own_kafka_server), redis)
    await asyncio.to_thread(own_kafka_server.kill)
    try:
        with pytest.raises(BusError, match="no broker of Kafka"):
            await bus.open()
    finally:
        await asyncio.to_thread(own_kafka_server.start)
    await at_last(bus.open)
    await at_last(lambda: bus.positions.append([record(1)]))
    await bus.close()
