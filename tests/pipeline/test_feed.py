"""Gateways share frames through a real Redis, lose it, lose each other, and recover.

The position log is the one in memory, so that a test decides what was heard; everything between owners and viewers is
real. What every viewer shows is compared with what was appended.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.memory import MemoryBus
from flighttracker.bus.redis import (
    RedisConnection,
    RedisFrameRelay,
    RedisFrameStore,
    RedisSchemaCache,
    RedisSessions,
    RedisSourceReports,
)
from flighttracker.clock import SystemClock
from flighttracker.frame import split_frames
from flighttracker.settings import GatewaySettings, RedisSettings
from flighttracker_gateway.delivery.prepared import PreparedMessage
from flighttracker_gateway.delivery.viewer import Encoding, Viewer
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.picture.picture import Outcome, Picture
from tests.example_flights import position
from tests.servers.redis_server import RedisServer

pytest_plugins = ["tests.servers.fixtures"]

SHARDS = 4
AIRCRAFT = 200
TICK_S = 0.2
WAIT_S = 60.0
SETTINGS = GatewaySettings(
    tick_s=TICK_S, key_frame_interval_s=1.0, time_to_live_s=60.0, stale_after_ticks=10, stale_after_silence_s=3.0
)
CLOCK = SystemClock()


class Sky:
    """Aircraft that report with each step, and the last position of each."""

    def __init__(self) -> None:
        self.log = MemoryBus(SHARDS)
        self.truth: dict[str, int] = {}
        self._codec = PositionCodec()

    async def step(self) -> None:
        """Append one position of every aircraft."""
        now_ms = CLOCK.now_ms()
        records = []
        for number in range(AIRCRAFT):
            icao24 = f"{0x400000 + number:06x}"
            latitude_deg = round((now_ms / 1000 + number) % 60, 5)
            value = self._codec.encode(position(icao24=icao24, latitude_deg=latitude_deg, position_time=now_ms))
            records.append(OutgoingRecord(icao24.encode(), value, now_ms))
            self.truth[icao24] = now_ms
        await self.log.positions.append(records)

    async def fly(self) -> None:
        """Step with every tick, until cancelled."""
        while True:
            await self.step()
            await asyncio.sleep(TICK_S)


class HalfBus:
    """The log in memory, and the parts that gateways share on a real Redis."""

    def __init__(self, sky: Sky, connection: RedisConnection) -> None:
        self.positions = sky.log.positions
        self.rejected = sky.log.rejected
        self.relay = RedisFrameRelay(connection)
        self.frames = RedisFrameStore(connection, CLOCK)
        self.schemas = RedisSchemaCache(connection)
        self.sessions = RedisSessions(connection, CLOCK)
        self.sources = RedisSourceReports(connection)
        self.usage = MemoryBus(1).usage

    async def close(self) -> None:
        """The connection belongs to the test."""


class Shown:
    """A viewer: applies its messages as the page does, and records errors."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.is_writable = True
        self.went_back: list[str] = []
        self._newest: dict[int, int] = {}

    def send_prepared(self, message: PreparedMessage) -> bool:
        """Apply the frames of a message."""
        if not message.is_text:
            for frame in split_frames(message.payload):
                # A viewer follows its gateway: a key frame replaces what it has, whatever its epoch.
                if self.picture.apply(frame) is not Outcome.APPLIED:
                    self.picture.restart()
                    assert self.picture.apply(frame) is Outcome.APPLIED
            self._look()
        return True

    def close_now(self, code: int, reason: str) -> None:
        """Do nothing: this viewer is never closed."""

    def _look(self) -> None:
        for shard in self.picture.shards.values():
            for address, slot in shard.slot_of.items():
                time_ms = int(shard.table.position_time_ms[slot])
                # Ages have a resolution of their own, a tenth of a second.
                if time_ms < self._newest.get(address, 0) - 200:
                    self.went_back.append(f"{address:06x} by {self._newest[address] - time_ms} ms")
                self._newest[address] = max(time_ms, self._newest.get(address, 0))

    def shows(self, truth: dict[str, int], *, within_ms: int) -> bool:
        """Whether every aircraft is shown, and at most `within_ms` older than its last position."""
        if len(self.picture) != len(truth):
            return False
        return all(self._newest.get(int(icao24, 16), 0) >= time_ms - within_ms for icao24, time_ms in truth.items())


class Running:
    """A gateway without its HTTP server, and a viewer of it."""

    def __init__(self, gateway: Gateway, task: asyncio.Task[None], registry: CollectorRegistry) -> None:
        self.gateway = gateway
        self.task = task
        self.shown = Shown()
        self._registry = registry

    def metric(self, name: str) -> float:
        return self._registry.get_sample_value(name) or 0.0

    async def end(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


@asynccontextmanager
async def running(sky: Sky, redis: RedisServer, prefix: str) -> AsyncIterator[Running]:
    connection = RedisConnection(RedisSettings(url=redis.url, prefix=prefix, request_timeout_s=1.0))
    await connection.open()
    registry = CollectorRegistry()
    gateway = Gateway(SETTINGS, HalfBus(sky, connection), CLOCK, registry)
    made = Running(gateway, asyncio.create_task(gateway.feed.run()), registry)
    await gateway.hub.join(Viewer(made.shown, Encoding.BINARY, None))
    try:
        yield made
    finally:
        await made.end()
        await connection.close()


class Scene:
    """Several gateways with the same aircraft."""

    def __init__(self, sky: Sky, gateways: list[Running]) -> None:
        self.sky = sky
        self.gateways = gateways

    async def until(self, what: str, reached: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(WAIT_S):
                while not reached():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pytest.fail(f"not reached within {WAIT_S:g} s: {what}")

    async def everybody_shows_the_truth(self) -> None:
        for gateway in self.gateways:
            if not gateway.task.done():
                await self.until(
                    "the truth on every viewer",
                    lambda shown=gateway.shown: shown.shows(self.sky.truth, within_ms=1_500),  # type: ignore[misc]
                )


@asynccontextmanager
async def scene(redis: RedisServer, gateways: int) -> AsyncIterator[Scene]:
    sky = Sky()
    prefix = f"flights:{uuid4().hex}"
    flying = asyncio.create_task(sky.fly())
    async with AsyncExitStack() as stack:
        stack.callback(flying.cancel)
        made = Scene(sky, [await stack.enter_async_context(running(sky, redis, prefix)) for _ in range(gateways)])
        await made.everybody_shows_the_truth()
        yield made


async def test_every_gateway_shows_every_aircraft_although_each_owns_only_some_shards(
    redis_server: RedisServer,
) -> None:
    async with scene(redis_server, 2) as made:
        first, second = made.gateways
        await made.until("records on both", lambda: first.metric("flights_kafka_records_total") > 0)
        await made.until("records on both", lambda: second.metric("flights_kafka_records_total") > 0)
        await made.everybody_shows_the_truth()
        # A busy machine may answer too late for a second, and then each continues alone for a moment.
        await made.until("both share", lambda: first.metric("flights_sharing") == second.metric("flights_sharing") == 1)


async def test_another_gateway_continues_where_an_owner_ended_and_no_aircraft_moves_back(
    redis_server: RedisServer,
) -> None:
    async with scene(redis_server, 2) as made:
        first, second = made.gateways
        await first.end()
        await made.until("the second owns every shard", lambda: len({*second.gateway.picture.shards}) == SHARDS)
        since = {number: shard.tick_time_ms for number, shard in second.gateway.picture.shards.items()}
        await made.until(
            "every shard moves",
            lambda: all(second.gateway.picture.shards[n].tick_time_ms > since[n] + 2_000 for n in since),
        )
        await made.everybody_shows_the_truth()
        assert second.shown.went_back == []


async def test_while_redis_is_frozen_every_gateway_continues_alone_and_shares_again_afterwards(
    redis_server: RedisServer,
) -> None:
    async with scene(redis_server, 2) as made:
        await asyncio.sleep(2 * SETTINGS.key_frame_interval_s)  # so that each knows where it can resume
        redis_server.freeze()
        try:
            for gateway in made.gateways:
                await made.until("alone", lambda gateway=gateway: gateway.metric("flights_sharing") == 0)  # type: ignore[misc]
            await made.everybody_shows_the_truth()
        finally:
            redis_server.thaw()
        for gateway in made.gateways:
            await made.until("sharing", lambda gateway=gateway: gateway.metric("flights_sharing") == 1)  # type: ignore[misc]
        await made.everybody_shows_the_truth()
        # Sharing is not only claimed: what one owns arrives at the other.
        counted = [gateway.metric("flights_kafka_records_total") for gateway in made.gateways]
        for gateway, before in zip(made.gateways, counted, strict=True):
            await made.until(
                "a share of the records",
                lambda gateway=gateway, before=before: gateway.metric("flights_kafka_records_total") > before,  # type: ignore[misc]
            )
        await made.everybody_shows_the_truth()
        assert [gateway.shown.went_back for gateway in made.gateways] == [[], []]


async def test_a_gateway_that_starts_without_redis_shows_every_aircraft(redis_server: RedisServer) -> None:
    redis_server.stop()
    try:
        sky = Sky()
        flying = asyncio.create_task(sky.fly())
        connection = RedisConnection(
            RedisSettings(url=redis_server.url, prefix=f"flights:{uuid4().hex}", request_timeout_s=1.0)
        )
        with suppress(Exception):
            await connection.open()
        registry = CollectorRegistry()
        gateway = Gateway(SETTINGS, HalfBus(sky, connection), CLOCK, registry)
        made = Running(gateway, asyncio.create_task(gateway.feed.run()), registry)
        await gateway.hub.join(Viewer(made.shown, Encoding.BINARY, None))
        everything = Scene(sky, [made])
        await everything.everybody_shows_the_truth()
        assert made.metric("flights_sharing") == 0
        redis_server.start()
        await everything.until("sharing", lambda: made.metric("flights_sharing") == 1)
        await everything.everybody_shows_the_truth()
        await made.end()
        flying.cancel()
        await connection.close()
    finally:
        redis_server.start()


async def test_without_new_positions_every_shard_is_stale_with_its_age(redis_server: RedisServer) -> None:
    sky = Sky()
    async with running(sky, redis_server, f"flights:{uuid4().hex}") as made:
        everything = Scene(sky, [made])
        await sky.step()
        await everything.everybody_shows_the_truth()
        last_ms = max(sky.truth.values())
        staleness = made.gateway.staleness
        assert staleness.stale_shards() == []
        await everything.until("stale", lambda: len(staleness.stale_shards()) == SHARDS)
        since_ms = staleness.stale_since_ms()
        assert since_ms is not None
        assert abs(since_ms - last_ms) <= 200
        await sky.step()
        await everything.until("fresh", lambda: staleness.stale_shards() == [])
