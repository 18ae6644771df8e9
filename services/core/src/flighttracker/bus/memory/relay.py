"""Frames to every subscriber, each with a queue of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class MemoryFrameRelay:
    """Frames to every subscriber in this process."""

    def __init__(self, relay_frames: int) -> None:
        self._relay_frames = relay_frames
        self._subscribers: list[asyncio.Queue[bytes]] = []

    async def check(self) -> None:
        """Nothing can be away."""

    async def publish(self, shard: int, frame: bytes) -> None:  # noqa: ARG002 - channels need the shard
        """Give one frame to every subscriber; one that is full loses its oldest, as pub/sub would cut it off."""
        for queue in self._subscribers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(frame)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """Receive every frame that is published from now on."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(self._relay_frames)
        self._subscribers.append(queue)
        try:
            yield self._frames(queue)
        finally:
            self._subscribers.remove(queue)

    async def _frames(self, queue: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
        while True:
            yield await queue.get()
