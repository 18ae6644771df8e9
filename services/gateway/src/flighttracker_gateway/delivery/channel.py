"""What the viewers of one kind get: the message of a tick, and what leads somebody who lacks more to the present.

Each is built at most once a tick, and only while somebody wants it, whoever many share it. `hub` is the only user.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from flighttracker_gateway.delivery.audience import Audience
from flighttracker_gateway.delivery.json_frames import JsonFrames
from flighttracker_gateway.delivery.prepared import PreparedMessage, build_message
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor, RecentFrames
from flighttracker_gateway.picture.picture import Picture

MAX_CACHED_MESSAGES: Final = 64
"""Cursors come from clients, so that the cache needs a bound; laggards rarely have more than a few."""


class Channel(ABC):
    """One kind of messages, and its audience."""

    def __init__(self, metrics: GatewayMetrics) -> None:
        self.audience = Audience()
        self._metrics = metrics

    @abstractmethod
    async def tick(self, frames: Sequence[bytes], before: Cursor) -> PreparedMessage:
        """Return the message of a tick, for who has all that led to the cursor `before`.

        Args:
            frames: the owners' frames, which the picture has applied.
            before: the hub's cursor before this tick.
        """

    @abstractmethod
    async def catch_up(self, cursor: Cursor | None) -> PreparedMessage | None:
        """Return what leads from a cursor to the present, None when nothing is lacking."""

    @abstractmethod
    def forget_catch_ups(self) -> None:
        """Let go of what led to the tick before, because a new one begins."""

    def forget(self) -> None:  # noqa: B027 - most remember nothing
        """Let go of what is remembered from one tick to the next, because nobody is there."""


class FrameChannel(Channel):
    """The owners' frames as they are."""

    def __init__(self, recent: RecentFrames, metrics: GatewayMetrics) -> None:
        super().__init__(metrics)
        self._recent = recent
        self._catch_up: dict[Cursor | None, PreparedMessage | None] = {}

    async def tick(self, frames: Sequence[bytes], before: Cursor) -> PreparedMessage:  # noqa: ARG002 - see the class
        """Return the frames, one after the other."""
        return build_message(b"".join(frames))

    async def catch_up(self, cursor: Cursor | None) -> PreparedMessage | None:
        """Return the deltas that were missed, or key frames; who lacks the same shares them."""
        if cursor in self._catch_up:
            return self._catch_up[cursor]
        missed = self._recent.after(cursor)
        self._metrics.ws_catch_ups.labels("key" if missed.has_key else "deltas").inc()
        message = build_message(b"".join(missed.frames)) if missed.frames else None
        if len(self._catch_up) < MAX_CACHED_MESSAGES:
            self._catch_up[cursor] = message
        return message

    def forget_catch_ups(self) -> None:
        """Empty the cache."""
        self._catch_up.clear()


class JsonChannel(Channel):
    """The same as JSON; a debugging encoding is not worth a catch-up with deltas."""

    def __init__(self, picture: Picture, metrics: GatewayMetrics) -> None:
        super().__init__(metrics)
        self._picture = picture
        self._json = JsonFrames(picture)
        self._turn = asyncio.Lock()
        self._whole: PreparedMessage | None = None

    async def tick(self, frames: Sequence[bytes], before: Cursor) -> PreparedMessage:  # noqa: ARG002 - see the class
        """Return the frames as objects."""
        async with self._turn:
            return build_message(await self._json.tick(frames), is_text=True)

    async def catch_up(self, cursor: Cursor | None) -> PreparedMessage | None:  # noqa: ARG002 - see the class
        """Return every shard as a key frame, whatever is lacking."""
        async with self._turn:
            if self._whole is None and self._picture.shards:
                self._metrics.ws_catch_ups.labels("key").inc()
                self._whole = build_message(await self._json.picture(), is_text=True)
            return self._whole

    def forget_catch_ups(self) -> None:
        """Let go of the picture of the tick before."""
        self._whole = None

    def forget(self) -> None:
        """Let go of who sat where."""
        self._json.forget()
