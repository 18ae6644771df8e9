"""Sessions on Redis: a sorted set of pods by expiry, a hash of their viewers, and a sorted set of revoked tokens."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from flighttracker.bus.base import MAX_REVOKED
from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.clock import Clock
from flighttracker.errors import BusError

_VIEWERS: Final = """
local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
for _, pod in ipairs(dead) do
  redis.call('ZREM', KEYS[1], pod)
  redis.call('HDEL', KEYS[2], pod)
end
local total = 0
for _, viewers in ipairs(redis.call('HVALS', KEYS[2])) do total = total + viewers end
return total
"""

# Returns 0 if the list is full. The set itself expires with its last token.
_REVOKE: Final = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last[2]))
return 1
"""


class RedisSessions:
    """See `bus.base.Sessions`. Times are those of the pods' clocks.

    Keys are `PREFIX:pods`, `PREFIX:viewers` and `PREFIX:revoked`.
    """

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._expiry_ms = round(connection.settings.session_expiry_s * 1000)

    async def keep_alive(self, pod: str, viewers: int) -> None:
        """Report the number of viewers of a pod."""
        pipeline = self._connection.client.pipeline()
        pipeline.zadd(self._pods, {pod: self._clock.now_ms() + self._expiry_ms})
        pipeline.hset(self._counts, pod, viewers)
        pipeline.pexpire(self._pods, self._expiry_ms)
        pipeline.pexpire(self._counts, self._expiry_ms)
        async with self._connection.asking("count our viewers"):
            await pipeline.execute()

    async def viewers(self) -> int:
        """Return the number of viewers of all live pods, and remove the other pods."""
        async with self._connection.asking("count the viewers"):
            total: Any = await self._connection.client.eval(_VIEWERS, 2, self._pods, self._counts, self._clock.now_ms())
        return int(total)

    async def revoke(self, token_id: str, until_ms: int) -> None:
        """Revoke a token until a time, milliseconds since 1970."""
        arguments = (token_id, until_ms, self._clock.now_ms(), MAX_REVOKED)
        async with self._connection.asking("revoke a token"):
            kept: Any = await self._connection.client.eval(_REVOKE, 1, self._revoked, *arguments)
        if not kept:
            raise BusError(f"{MAX_REVOKED} tokens are revoked, which is the limit: change the key that signs them")

    async def revoked(self) -> Collection[str]:
        """Return the ids of the revoked tokens."""
        async with self._connection.asking("read the revoked tokens"):
            found: Any = await self._connection.client.zrangebyscore(
                self._revoked, f"({self._clock.now_ms()}", "+inf", start=0, num=MAX_REVOKED
            )
        return [name.decode() for name in found]

    @property
    def _revoked(self) -> str:
        return self._connection.key("revoked")

    @property
    def _pods(self) -> str:
        return self._connection.key("pods")

    @property
    def _counts(self) -> str:
        return self._connection.key("viewers")
