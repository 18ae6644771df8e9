"""The list of revoked tokens, in memory and on a real Redis: who may fill how much of it, and what makes room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from flighttracker.bus.base import Sessions
from flighttracker.bus.memory import MemorySessions
from flighttracker.bus.redis import RedisConnection, RedisSessions
from flighttracker.bus.revoked import RevocationsFullError
from flighttracker.clock import SystemClock
from flighttracker.settings import RedisSettings
from tests.manual_clock import ManualClock

pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock with the present time: Redis itself removes a set whose last token has left the list."""
    return ManualClock(SystemClock().now_ms())


@pytest.fixture(params=["memory", "redis"])
async def sessions(
    request: pytest.FixtureRequest, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Sessions]:
    """Sessions whose list has room for four tokens, three of them signed out, two of them by one user."""
    for module in ("flighttracker.bus.memory.sharing", "flighttracker.bus.redis.sessions"):
        for name, most in (("MAX_REVOKED", 4), ("MAX_SIGNED_OUT", 3), ("MAX_SIGNED_OUT_PER_USER", 2)):
            monkeypatch.setattr(f"{module}.{name}", most)
    if request.param == "memory":
        yield MemorySessions(clock)
        return
    url = request.getfixturevalue("redis_server").url
    connection = RedisConnection(RedisSettings(url=url, prefix=f"flights:{uuid4().hex}"))
    await connection.open()
    yield RedisSessions(connection, clock)
    await connection.close()


async def test_a_full_list_of_revoked_tokens_accepts_no_more_and_drops_none(
    sessions: Sessions, clock: ManualClock
) -> None:
    until_ms = clock.now_ms() + 60_000
    for token_id in ("one", "two", "three", "four"):
        await sessions.revoke(token_id, until_ms)
    await sessions.revoke("two", until_ms + 1)
    with pytest.raises(RevocationsFullError, match="tokens are revoked, the maximum") as raised:
        await sessions.revoke("five", until_ms)
    assert raised.value.full == "revoked"
    with pytest.raises(RevocationsFullError):
        await sessions.revoke("five", until_ms, user="amelia")
    assert await sessions.revoked() == (frozenset({"one", "two", "three", "four"}), 0)


async def test_users_who_sign_out_leave_room_for_administrators(sessions: Sessions, clock: ManualClock) -> None:
    until_ms = clock.now_ms() + 60_000
    for token_id, user in (("one", "amelia"), ("two", "amelia"), ("three", "bessie")):
        await sessions.revoke(token_id, until_ms, user=user)
    await sessions.revoke("three", until_ms, user="charles")
    with pytest.raises(RevocationsFullError, match="tokens of users are signed out, the maximum") as raised:
        await sessions.revoke("four", until_ms, user="charles")
    assert raised.value.full == "signed_out"
    await sessions.revoke("five", until_ms)
    assert await sessions.revoked() == (frozenset({"one", "two", "three", "five"}), 3)


async def test_a_user_can_sign_out_his_share_of_tokens(sessions: Sessions, clock: ManualClock) -> None:
    until_ms = clock.now_ms() + 60_000
    for token_id in ("one", "two", "one"):
        await sessions.revoke(token_id, until_ms, user="amelia")
    with pytest.raises(RevocationsFullError, match="tokens of this user are signed out, the maximum") as raised:
        await sessions.revoke("three", until_ms, user="amelia")
    assert raised.value.full == "user"
    await sessions.revoke("four", until_ms, user="bessie")
    assert await sessions.revoked() == (frozenset({"one", "two", "four"}), 3)


async def test_tokens_that_leave_the_list_make_room(sessions: Sessions, clock: ManualClock) -> None:
    soon_ms = clock.now_ms() + 300
    for token_id, user in (("one", "amelia"), ("two", "amelia"), ("three", "bessie"), ("four", None)):
        await sessions.revoke(token_id, soon_ms, user=user)
    await sessions.revoke("one", soon_ms + 60_000)
    await clock.advance(300)
    assert await sessions.revoked() == (frozenset({"one"}), 0), "an administrator has revoked it for longer"
    later_ms = soon_ms + 60_000
    for token_id, user in (("five", "amelia"), ("six", "amelia"), ("seven", "bessie")):
        await sessions.revoke(token_id, later_ms, user=user)
    assert await sessions.revoked() == (frozenset({"one", "five", "six", "seven"}), 3)
