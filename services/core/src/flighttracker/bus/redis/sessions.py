"""How many watch, in the whole tracker: a sorted set of the pods by when they expire, and their viewers beside it."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.clock import Clock

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


class RedisSessions:
    """See `bus.base.Sessions`. Keys are `PREFIX:pods` and `PREFIX:viewers`; times are those of the pods' clocks."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._expiry_ms = round(connection.settings.session_expiry_s * 1000)

    async def keep_alive(self, pod: str, viewers: int) -> None:
        """Say how many viewers a pod has."""
        pipeline = self._connection.client.pipeline()
        pipeline.zadd(self._pods, {pod: self._clock.now_ms() + self._expiry_ms})
        pipeline.hset(self._counts, pod, viewers)
        pipeline.pexpire(self._pods, self._expiry_ms)
        pipeline.pexpire(self._counts, self._expiry_ms)
        with self._connection.errors("count our viewers"):
            await pipeline.execute()

    async def viewers(self) -> int:
        """Return the number of viewers of all pods that are alive, and forget the others."""
        with self._connection.errors("count the viewers"):
            total: Any = await self._connection.client.eval(_VIEWERS, 2, self._pods, self._counts, self._clock.now_ms())
        return int(total)

    @property
    def _pods(self) -> str:
        return self._connection.key("pods")

    @property
    def _counts(self) -> str:
        return self._connection.key("viewers")
