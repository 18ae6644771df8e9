"""A call of a real server can be cancelled in every step: the cancellation is never swallowed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from flighttracker.bus.base import StoredKey
from flighttracker.bus.redis import RedisConnection, RedisFrameRelay, RedisFrameStore, RedisSessions
from flighttracker.clock import SystemClock
from flighttracker.settings import RedisSettings
from tests.servers.redis_server import RedisServer

pytest_plugins = ["tests.servers.fixtures"]

STEPS = 14
TRIES = 20

Call = Callable[[RedisConnection], Awaitable[object]]
CALLS: dict[str, Call] = {
    "publish": lambda redis: RedisFrameRelay(redis).publish(0, b"frame"),
    "check": lambda redis: RedisFrameRelay(redis).check(),
    "put_key": lambda redis: RedisFrameStore(redis, SystemClock()).put_key(0, 1, StoredKey(b"frame", 0)),
    "put_recent": lambda redis: RedisFrameStore(redis, SystemClock()).put_recent(0, 1, 1, b"frame"),
    "next_epoch": lambda redis: RedisFrameStore(redis, SystemClock()).next_epoch(0),
    "keep_alive": lambda redis: RedisSessions(redis, SystemClock()).keep_alive("pod", 1),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_no_cancellation_is_lost(redis_server: RedisServer, call: Call) -> None:
    redis = RedisConnection(RedisSettings(url=redis_server.url, prefix=f"flights:{uuid4().hex}"))
    await redis.open()
    cancelled = 0
    for steps in list(range(1, STEPS)) * TRIES:
        task = asyncio.ensure_future(call(redis))
        for _ in range(steps):
            await asyncio.sleep(0)
        if task.cancel():
            cancelled += 1
            with pytest.raises(asyncio.CancelledError):
                await task
    assert cancelled > TRIES
    await redis.close()
