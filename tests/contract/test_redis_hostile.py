"""What others may write into the Redis of a tracker."""

from __future__ import annotations

import pytest

from flighttracker.bus.redis import (
    RedisConnection,
    RedisFrameStore,
    RedisSchemaCache,
    RedisSessions,
    RedisSourceReports,
    store,
)
from flighttracker.bus.redis.source_reports import MAX_REPORT_BYTES
from flighttracker.writer_schema import MAX_SCHEMA_BYTES
from tests.contract.test_redis import NOW_MS, opened, settings_of
from tests.manual_clock import ManualClock
from tests.servers.redis_server import RedisServer

pytest_plugins = ["tests.servers.fixtures"]


async def test_what_others_write_is_left_out(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(settings_of(redis_server)) as connection:
        await left_out(connection, monkeypatch)


async def left_out(connection: RedisConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_KEY_BYTES", 1_000_000)
    clock, client = ManualClock(NOW_MS), connection.client
    sessions, frames = RedisSessions(connection, clock), RedisFrameStore(connection, clock)
    await client.zadd(connection.key("revoked"), {b"\xff\xfe": NOW_MS + 1_000, b"ours": NOW_MS + 1_000})
    assert "ours" in (await sessions.revoked()).ids
    await sessions.keep_alive("pod", 3)
    for viewers in (b"nan", b"inf", b"1e400", b"text", b"-5", b"\xff"):
        await client.hset(connection.key("viewers"), "other", viewers)
        assert await sessions.viewers() == 3
    for number, epoch in enumerate((b"text", b"1e300", b"-1", b"9223372036854775807", b"nan", b"inf", b"\xff")):
        await client.set(connection.key("epoch", 0), epoch)
        assert await frames.next_epoch(0) == NOW_MS, epoch
        assert await frames.next_epoch(0) == NOW_MS + 1, number
    for key in (b"abc", bytes(8), bytes(8) + b"no frame" * 20):
        await client.set(connection.key("key", 0), key)
        assert await frames.get_key_point(0) is None
    await client.set(connection.key("key", 0), b"\xff" * 100)
    assert await frames.get_key(0) is None
    for part, most in (("key", 1_000_000), ("schema", MAX_SCHEMA_BYTES), ("source", MAX_REPORT_BYTES)):
        await client.setrange(connection.key(part, 1), most, b"x")
        await client.rpush(connection.key(part, 2), b"a list")
    schemas, reports = RedisSchemaCache(connection), RedisSourceReports(connection)
    await reports.put({"3": b"ours"})
    for number in (1, 2):
        assert await frames.get_key(number) is None
        assert await schemas.get(number) is None
    assert await reports.get(["1", "2", "3", "4"]) == {"3": b"ours"}
    await client.xadd(connection.key("recent", 0), {"other": b"x"}, id="7-1")
    assert await frames.recent_after(0, 7, 0) is None
