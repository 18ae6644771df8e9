"""The frame relay on Redis pub/sub: one PUBLISH for each frame, one pattern subscription for each gateway.

Pub/sub is at most once: Redis disconnects a subscriber that lags (32 MB, or 8 MB for a minute), and only the sequences
show which frames it missed. redis-py would reconnect and subscribe again by itself, and hide the gap. Here the
subscription ends with `SharingError` instead: the caller subscribes again and reads the key frames. An unanswered ping
reveals a dead connection (half-open, or to a frozen server).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from redis.asyncio.client import PubSub

from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.errors import SharingError

_MESSAGE: Final = "pmessage"
_CONFIRMATION: Final = "psubscribe"


class RedisFrameRelay:
    """See `bus.base.FrameRelay`. Channels are `PREFIX:SHARD`."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    async def check(self) -> None:
        """Return if Redis answers a ping; otherwise raise `SharingError`."""
        async with self._connection.asking("reach the relay"):
            await self._connection.client.ping()

    async def publish(self, shard: int, frame: bytes) -> None:
        """Send one frame to every subscriber."""
        async with self._connection.asking("publish a frame"):
            await self._connection.client.publish(self._connection.key(shard), frame)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """Receive the frames of all shards; the context is entered once the server has confirmed the subscription."""
        pattern = re.sub(r"([*?\[\]\\])", r"\\\1", self._connection.key("")) + "*"
        subscription = self._connection.subscriber.pubsub()
        try:
            async with self._connection.asking("subscribe to frames"):
                await subscription.psubscribe(pattern)
            confirmed = await self._next(subscription)
            if confirmed is None or confirmed["type"] != _CONFIRMATION:
                raise SharingError(f"{self._connection.address} did not confirm the subscription: {confirmed}")
            yield self._frames(subscription)
        finally:
            await subscription.aclose()  # type: ignore[no-untyped-call]

    async def _frames(self, subscription: PubSub) -> AsyncIterator[bytes]:
        asked = False
        while True:
            message = await self._next(subscription)
            if message is not None:
                asked = False
                if message["type"] == _MESSAGE:
                    yield message["data"]
            elif asked:
                raise SharingError(f"{self._connection.address} no longer answers on the subscription")
            else:
                asked = True
                async with self._connection.asking("check the subscription"):
                    await subscription.ping()

    async def _next(self, subscription: PubSub) -> dict[str, Any] | None:
        """Return the next message of any kind; None if there is none within one request timeout."""
        async with self._connection.asking("receive frames"):
            message: dict[str, Any] | None = await subscription.get_message(
                timeout=self._connection.settings.request_timeout_s
            )
        return message
