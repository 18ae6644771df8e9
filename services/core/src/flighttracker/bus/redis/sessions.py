"""Sessions on Redis: a sorted set of pods by expiry, a hash of their viewers, and sorted sets of revoked tokens."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.bus.revoked import (
    MAX_REVOKED,
    MAX_SIGNED_OUT,
    MAX_SIGNED_OUT_PER_USER,
    RevocationsFullError,
    RevokedTokens,
)
from flighttracker.clock import Clock

_VIEWERS: Final = """
local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
for _, pod in ipairs(dead) do
  redis.call('ZREM', KEYS[1], pod)
  redis.call('HDEL', KEYS[2], pod)
end
local total = 0
for _, viewers in ipairs(redis.call('HVALS', KEYS[2])) do
  local count = tonumber(viewers)
  -- What is no count, NaN and infinity included, was not written by a gateway.
  if count and count >= 0 and count < 1e9 then total = total + count end
end
return total
"""

# KEYS are the list and, for a user, all signed-out tokens and those of the user. Each set expires with its last token.
# Returns the bound that is reached, or an empty string.
_REVOKE: Final = """
for _, key in ipairs(KEYS) do redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[3]) end
local keys = {KEYS[1]}
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  if KEYS[3] and redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[6]) then return 'user' end
  if KEYS[2] and redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[5]) then return 'signed_out' end
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 'revoked' end
  keys = KEYS
end
for _, key in ipairs(keys) do
  redis.call('ZADD', key, 'GT', ARGV[2], ARGV[1])
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
  redis.call('PEXPIREAT', key, string.format('%.0f', last[2]))
end
return ''
"""


class RedisSessions:
    """See `bus.base.Sessions`. Times are those of the pods' clocks.

    Keys are `PREFIX:pods`, `PREFIX:viewers`, `PREFIX:revoked`, and for tokens that users signed out `PREFIX:signed-out`
    and `PREFIX:signed-out:USER`.
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

    async def revoke(self, token_id: str, until_ms: int, *, user: str | None = None) -> None:
        """Put a token on the list of revoked tokens."""
        keys = [self._revoked] if user is None else [self._revoked, self._signed_out, f"{self._signed_out}:{user}"]
        bounds = (MAX_REVOKED, MAX_SIGNED_OUT, MAX_SIGNED_OUT_PER_USER)
        arguments = (token_id, until_ms, self._clock.now_ms(), *bounds)
        async with self._connection.asking("revoke a token"):
            full: Any = await self._connection.client.eval(_REVOKE, len(keys), *keys, *arguments)
        if full:
            raise RevocationsFullError(full.decode())

    async def revoked(self) -> RevokedTokens:
        """Return the tokens that are revoked now."""
        after = f"({self._clock.now_ms()}"
        pipeline = self._connection.client.pipeline(transaction=False)
        pipeline.zrangebyscore(self._revoked, after, "+inf", start=0, num=MAX_REVOKED)
        pipeline.zcount(self._signed_out, after, "+inf")
        async with self._connection.asking("read the revoked tokens"):
            ids, signed_out = await pipeline.execute()
        return RevokedTokens(frozenset(name.decode(errors="replace") for name in ids), signed_out)

    @property
    def _revoked(self) -> str:
        return self._connection.key("revoked")

    @property
    def _signed_out(self) -> str:
        return self._connection.key("signed-out")

    @property
    def _pods(self) -> str:
        return self._connection.key("pods")

    @property
    def _counts(self) -> str:
        return self._connection.key("viewers")
