"""`Channel`: builds the messages of one encoding, and has the audience that they are sent to.

A message brings a viewer up to date, from the previous tick (`tick`) or from an older state (`catch_up`). Each is built
at most once a tick, only when a viewer needs it, and is shared by all that need the same. `hub` is the only user.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from flighttracker_gateway.delivery.audience import Audience
from flighttracker_gateway.delivery.json_frames import JsonFrames
from flighttracker_gateway.delivery.prepared import PreparedMessage, build_message
from flighttracker_gateway.delivery.viewer import Seen
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor, RecentFrames
from flighttracker_gateway.picture.picture import Picture

MAX_CACHED_MESSAGES: Final = 64
"""The cache is keyed by cursors, which clients send, so it needs a bound; slow viewers rarely have more than a few."""


class Channel(ABC):
    """The messages of one encoding, and their audience."""

    def __init__(self, metrics: GatewayMetrics) -> None:
        self.audience = Audience()
        self._metrics = metrics

    @abstractmethod
    async def tick(self, frames: Sequence[bytes], before: Cursor) -> PreparedMessage | None:
        """Return the message of a tick, for viewers that are at the cursor `before`; None when it has no news.

        Args:
            frames: the owners' frames, already applied to the picture.
            before: the hub's cursor before this tick.
        """

    @abstractmethod
    async def catch_up(self, seen: Seen, now: Cursor) -> PreparedMessage | None:
        """Return the message that brings a viewer up to date; None when it is.

        Args:
            seen: what the viewer has.
            now: the hub's cursor.
        """

    @abstractmethod
    def forget_catch_ups(self) -> None:
        """Clear the cached catch-up messages, because a new tick begins."""

    def forget(self) -> None:  # noqa: B027 - most channels keep no state
        """Clear the state kept between ticks, because the channel has no viewers."""


class FrameChannel(Channel):
    """The owners' frames, unchanged."""

    def __init__(self, recent: RecentFrames, metrics: GatewayMetrics) -> None:
        super().__init__(metrics)
        self._recent = recent
        self._catch_up: dict[Cursor | None, PreparedMessage | None] = {}

    async def tick(self, frames: Sequence[bytes], before: Cursor) -> PreparedMessage:  # noqa: ARG002 - see the class
        """Return the frames, concatenated."""
        return build_message(b"".join(frames))

    async def catch_up(self, seen: Seen, now: Cursor) -> PreparedMessage | None:  # noqa: ARG002 - see the class
        """Return the missed deltas, or key frames; cached by cursor."""
        cursor = seen.cursor
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
    """The owners' frames as JSON; catch-ups are always key frames, because JSON is meant for debugging."""

    def __init__(self, picture: Picture, metrics: GatewayMetrics) -> None:
        super().__init__(metrics)
        self._picture = picture
        self._json = JsonFrames(picture)
        self._lock = asyncio.Lock()
        self._key_frames: PreparedMessage | None = None

    async def tick(self, frames: Sequence[bytes], before: Cursor) -> PreparedMessage:  # noqa: ARG002 - see the class
        """Return the frames as JSON objects."""
        async with self._lock:
            return build_message(await self._json.tick(frames), is_text=True)

    async def catch_up(self, seen: Seen, now: Cursor) -> PreparedMessage | None:  # noqa: ARG002 - see the class
        """Return a key frame of every shard, whatever the viewer has."""
        async with self._lock:
            if self._key_frames is None and self._picture.shards:
                self._metrics.ws_catch_ups.labels("key").inc()
                self._key_frames = build_message(await self._json.picture(), is_text=True)
            return self._key_frames

    def forget_catch_ups(self) -> None:
        """Clear the key frames of the previous tick."""
        self._key_frames = None

    def forget(self) -> None:
        """Clear the addresses by slot."""
        self._json.forget()
