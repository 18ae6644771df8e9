"""Properties that need a real Redis: loss, restarts, silence, passwords, TLS."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from flighttracker.bus.base import StoredKey
from flighttracker.bus.redis import (
    RedisConnection,
    RedisFrameRelay,
    RedisFrameStore,
    RedisSessions,
)
from flighttracker.clock import SystemClock
from flighttracker.errors import BusError, StartError
from flighttracker.settings import RedisSettings
from tests.manual_clock import ManualClock
from tests.servers.certificates import Certificates
from tests.servers.redis_server import RedisServer

pytest_plugins = ["tests.servers.fixtures"]

WAIT_S = 20.0
NOW_MS = 1_750_000_000_000
TIMEOUT_S = 1.0
"""Timeout for a server that is silent on purpose; other tests have more time, for a busy machine."""


def settings_of(server: RedisServer, **changes: object) -> RedisSettings:
    fields: dict[str, object] = {
        "url": server.url,
        "prefix": f"flights:{uuid4().hex}",
        "request_timeout_s": WAIT_S,
        **changes,
    }
    return RedisSettings(**fields)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(settings: RedisSettings) -> AsyncIterator[RedisConnection]:
    connection = RedisConnection(settings)
    try:
        await connection.open()
        yield connection
    finally:
        await connection.close()


@pytest.fixture
async def connection(redis_server: RedisServer) -> AsyncIterator[RedisConnection]:
    async with opened(settings_of(redis_server)) as made:
        yield made


@pytest.fixture
async def impatient(redis_server: RedisServer) -> AsyncIterator[RedisConnection]:
    async with opened(settings_of(redis_server, request_timeout_s=TIMEOUT_S)) as made:
        yield made


@pytest.fixture
def restarted(redis_server: RedisServer) -> Callable[[], None]:
    def restart() -> None:
        redis_server.kill()
        redis_server.start()

    return restart


async def test_every_byte_value_is_carried(connection: RedisConnection) -> None:
    frame = bytes(range(256)) * 200
    store = RedisFrameStore(connection, SystemClock())
    relay = RedisFrameRelay(connection)
    await store.put_key(0, 1, StoredKey(frame, 7))
    await store.put_recent(0, 1, 1, frame)
    assert await store.get_key(0) == StoredKey(frame, 7)
    assert await store.recent_after(0, 1, 0) == [frame]
    async with relay.subscribe() as frames, asyncio.timeout(WAIT_S):
        await relay.publish(0, frame)
        assert await anext(frames) == frame


async def test_trackers_that_share_a_redis_do_not_see_each_other(redis_server: RedisServer) -> None:
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(opened(settings_of(redis_server))) for _ in range(2)]
        await RedisFrameStore(one, SystemClock()).put_key(0, 1, StoredKey(b"one", 7))
        assert await RedisFrameStore(other, SystemClock()).get_key(0) is None
        async with RedisFrameRelay(other).subscribe() as frames, asyncio.timeout(WAIT_S):
            await RedisFrameRelay(one).publish(0, b"one")
            await RedisFrameRelay(other).publish(0, b"other")
            assert await anext(frames) == b"other"


async def test_a_prefix_is_no_pattern(redis_server: RedisServer) -> None:
    prefix = f"flights:[{uuid4().hex}]*"
    async with opened(settings_of(redis_server, prefix=prefix)) as connection:
        relay = RedisFrameRelay(connection)
        async with relay.subscribe() as frames, asyncio.timeout(WAIT_S):
            await relay.publish(0, b"frame")
            assert await anext(frames) == b"frame"


class TestEpochs:
    async def test_an_epoch_follows_the_clock_and_never_decreases(self, connection: RedisConnection) -> None:
        clock = ManualClock(NOW_MS)
        store = RedisFrameStore(connection, clock)
        assert [await store.next_epoch(0) for _ in range(2)] == [NOW_MS, NOW_MS + 1]
        await clock.advance(5_000)
        assert await store.next_epoch(0) == NOW_MS + 5_000
        earlier = RedisFrameStore(connection, ManualClock(NOW_MS - 60_000))
        assert await earlier.next_epoch(0) == NOW_MS + 5_001

    async def test_an_epoch_increases_after_redis_lost_its_data(
        self, connection: RedisConnection, restarted: Callable[[], None]
    ) -> None:
        clock = ManualClock(NOW_MS)
        store = RedisFrameStore(connection, clock)
        before = await store.next_epoch(0)
        restarted()
        await clock.advance(1)
        assert await store.next_epoch(0) > before

    async def test_concurrent_owners_get_different_epochs(self, connection: RedisConnection) -> None:
        store = RedisFrameStore(connection, ManualClock(NOW_MS))
        epochs = await asyncio.gather(*(store.next_epoch(0) for _ in range(50)))
        assert sorted(epochs) == list(range(NOW_MS, NOW_MS + 50))


class TestRecentFrames:
    async def test_a_frame_that_was_never_stored_leaves_a_gap(self, connection: RedisConnection) -> None:
        store = RedisFrameStore(connection, SystemClock())
        for sequence in (1, 2, 4, 5):
            await store.put_recent(0, 7, sequence, bytes([sequence]))
        assert await store.recent_after(0, 7, 1) is None
        assert await store.recent_after(0, 7, 4) == [bytes([5])]

    async def test_writes_of_a_former_owner_are_ignored(self, connection: RedisConnection) -> None:
        store = RedisFrameStore(connection, SystemClock())
        await store.put_recent(0, 7, 1, b"new owner")
        await store.put_recent(0, 6, 99, b"old owner")
        await store.put_recent(0, 7, 1, b"again")
        assert await store.recent_after(0, 7, 0) == [b"new owner"]
        assert await store.recent_after(0, 6, 98) is None

    async def test_a_stream_is_bounded(self, redis_server: RedisServer) -> None:
        async with opened(settings_of(redis_server, recent_frames=10)) as connection:
            store = RedisFrameStore(connection, SystemClock())
            for sequence in range(1, 400):
                await store.put_recent(0, 7, sequence, bytes(1_000))
            assert await store.recent_after(0, 7, 1) is None
            assert len(await store.recent_after(0, 7, 389) or ()) == 10
            assert await connection.client.xlen(connection.key("recent", 0)) < 120

    async def test_everything_expires_but_not_immediately(self, connection: RedisConnection) -> None:
        store = RedisFrameStore(connection, SystemClock())
        sessions = RedisSessions(connection, SystemClock())
        await store.put_key(0, 1, StoredKey(b"key", 7))
        await store.put_recent(0, await store.next_epoch(0), 1, b"frame")
        await sessions.keep_alive("gateway-0", 1)
        await sessions.revoke("token", SystemClock().now_ms() + 60_000, user="amelia")
        keys = await connection.client.keys(connection.key("*"))
        assert len(keys) == 8
        assert min([await connection.client.pttl(key) for key in keys]) > 1_000


class TestSessions:
    async def test_a_pod_that_died_is_forgotten(self, connection: RedisConnection) -> None:
        clock = ManualClock(NOW_MS)
        sessions = RedisSessions(connection, clock)
        await sessions.keep_alive("gateway-0", 3)
        await clock.advance(20_000)
        await sessions.keep_alive("gateway-1", 4)
        assert await sessions.viewers() == 7
        await clock.advance(15_000)
        assert await sessions.viewers() == 4
        await clock.advance(30_000)
        assert await sessions.viewers() == 0


class TestLoss:
    async def test_a_dead_redis_is_a_bus_error_and_a_restarted_one_is_used_again(
        self, connection: RedisConnection, redis_server: RedisServer
    ) -> None:
        store = RedisFrameStore(connection, SystemClock())
        relay = RedisFrameRelay(connection)
        sessions = RedisSessions(connection, SystemClock())
        await store.put_key(0, 1, StoredKey(b"before", 7))
        redis_server.kill()
        try:
            for attempt in (
                store.next_epoch(0),
                store.put_key(0, 1, StoredKey(b"", 7)),
                store.get_key(0),
                store.put_recent(0, 1, 1, b""),
                store.recent_after(0, 1, 1),
                relay.publish(0, b""),
                sessions.keep_alive("gateway-0", 1),
                sessions.viewers(),
            ):
                with pytest.raises(BusError, match=r"cannot .* at redis://127"):
                    await attempt
            with pytest.raises(BusError, match="cannot subscribe"):
                async with relay.subscribe():
                    pass
        finally:
            redis_server.start()
        assert await store.get_key(0) is None
        await store.put_key(0, 1, StoredKey(b"after", 7))
        assert await store.get_key(0) == StoredKey(b"after", 7)

    async def test_a_restart_between_two_calls_is_no_error(
        self, connection: RedisConnection, restarted: Callable[[], None]
    ) -> None:
        store = RedisFrameStore(connection, SystemClock())
        await store.put_key(0, 1, StoredKey(b"before", 7))
        restarted()
        await store.put_key(0, 1, StoredKey(b"after", 7))
        assert await store.get_key(0) == StoredKey(b"after", 7)

    async def test_a_subscription_ends_when_its_connection_does(
        self, connection: RedisConnection, restarted: Callable[[], None]
    ) -> None:
        relay = RedisFrameRelay(connection)
        async with relay.subscribe() as frames:
            restarted()
            with pytest.raises(BusError, match="cannot receive frames"):
                async with asyncio.timeout(WAIT_S):
                    await anext(frames)
        async with relay.subscribe() as frames, asyncio.timeout(WAIT_S):
            await relay.publish(0, b"after")
            assert await anext(frames) == b"after"

    async def test_a_frozen_redis_is_a_bus_error_in_bounded_time(
        self, impatient: RedisConnection, redis_server: RedisServer
    ) -> None:
        store = RedisFrameStore(impatient, SystemClock())
        relay = RedisFrameRelay(impatient)
        await store.put_key(0, 1, StoredKey(b"before", 7))
        async with relay.subscribe() as frames:
            redis_server.freeze()
            try:
                began_s = time.monotonic()
                with pytest.raises(BusError, match="cannot read a key frame"):
                    await store.get_key(0)
                assert time.monotonic() - began_s < 4 * TIMEOUT_S
                with pytest.raises(BusError, match="no longer answers"):
                    await anext(frames)
                assert time.monotonic() - began_s < 8 * TIMEOUT_S
            finally:
                redis_server.thaw()
        assert await store.get_key(0) == StoredKey(b"before", 7)

    async def test_a_subscription_without_messages_stays_open(self, impatient: RedisConnection) -> None:
        relay = RedisFrameRelay(impatient)
        async with relay.subscribe() as frames:
            waiting = asyncio.ensure_future(anext(frames))
            done, _ = await asyncio.wait([waiting], timeout=3 * TIMEOUT_S)
            assert not done
            await relay.publish(0, b"at last")
            async with asyncio.timeout(WAIT_S):
                assert await waiting == b"at last"

    async def test_a_redis_that_is_unavailable_at_the_start_is_used_once_available(
        self, redis_server: RedisServer
    ) -> None:
        connection = RedisConnection(settings_of(redis_server))
        redis_server.kill()
        try:
            with pytest.raises(BusError):
                await connection.open()
        finally:
            redis_server.start()
        store = RedisFrameStore(connection, SystemClock())
        await store.put_key(0, 1, StoredKey(b"key", 7))
        assert await store.get_key(0) == StoredKey(b"key", 7)
        await connection.close()


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        [
            "redis+sentinel://127.0.0.1:26379/primary",
            "redis-cluster://127.0.0.1:6379",
            "redis://one:6379,two:6379/0",
            "http://127.0.0.1:6379",
            "127.0.0.1:6379",
            "",
        ],
    )
    async def test_only_the_url_of_a_single_redis_is_accepted(self, url: str) -> None:
        with pytest.raises(StartError, match="not the address of one Redis: use redis://"):
            await RedisConnection(RedisSettings(url=url)).open()

    async def test_a_database_that_is_not_a_number_is_rejected(self, redis_server: RedisServer) -> None:
        with pytest.raises(StartError, match="not an address of Redis"):
            await RedisConnection(RedisSettings(url="redis://127.0.0.1:port/0")).open()

    async def test_a_wrong_password_is_refused_and_not_shown(self, redis_server: RedisServer) -> None:
        wrong = RedisConnection(settings_of(redis_server, url=redis_server.url.replace("not-a-secret", "hunter2")))
        with pytest.raises(StartError, match="rejects the password") as refused:
            await wrong.open()
        assert "hunter2" not in str(refused.value)
        await wrong.close()

    async def test_the_address_is_read_from_a_file(self, redis_server: RedisServer, tmp_path: Path) -> None:
        secret = tmp_path / "url"
        secret.write_text(redis_server.url + "\n")
        async with opened(settings_of(redis_server, url="", url_file=str(secret))) as connection:
            assert await connection.client.ping()

    async def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        missing = str(tmp_path / "url")
        with pytest.raises(StartError, match=f"cannot read {missing}"):
            await RedisConnection(RedisSettings(url_file=missing)).open()

    async def test_tls_trusts_the_given_authority_and_no_other(
        self, redis_server: RedisServer, certificates: Certificates
    ) -> None:
        trusting = settings_of(redis_server, url=redis_server.tls_url, ca_file=str(certificates.ca_file))
        async with opened(trusting) as connection:
            assert await connection.client.ping()
        doubting = RedisConnection(settings_of(redis_server, url=redis_server.tls_url))
        with pytest.raises(BusError, match="certificate verify failed"):
            await doubting.open()
        await doubting.close()
