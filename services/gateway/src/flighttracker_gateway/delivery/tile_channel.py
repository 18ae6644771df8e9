"""`TileChannel`: the viewers of `flights.v3` that follow the same tiles. `hub` is the only user."""

from __future__ import annotations

from collections.abc import Sequence

from flighttracker_gateway.delivery.channel import Channel
from flighttracker_gateway.delivery.following import Following
from flighttracker_gateway.delivery.prepared import PreparedMessage, build_message
from flighttracker_gateway.delivery.tile_streams import WORLD_TILE, TileStreams
from flighttracker_gateway.delivery.viewer import Seen
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor


class TileChannel(Channel):
    """One set of tiles.

    Args:
        streams: encodes the tiles; the channel's are followed while it exists.
        following: the tiles.
        metrics: counts catch-ups.
    """

    def __init__(self, streams: TileStreams, following: Following, metrics: GatewayMetrics) -> None:
        super().__init__(metrics)
        self._streams = streams
        self._following = following
        self._key_parts: PreparedMessage | None = None

    async def tick(self, frames: Sequence[bytes], before: Cursor) -> PreparedMessage | None:  # noqa: ARG002 - see the class
        """Return the parts of the tiles with news; None without any, unless class 0 has a tick."""
        news = self._streams.news(self._following)
        return build_message(news) if news else None

    async def catch_up(self, seen: Seen, now: Cursor) -> PreparedMessage | None:
        """Return the missed parts, if they are still kept, and the key parts of new tiles; else all key parts."""
        zoom, tiles = self._following
        missed = b"" if seen.cursor is now else self._streams.missed(seen.cursor, Following(zoom, tiles - seen.lacks))
        if missed is None:
            return self._every_key()
        self._metrics.ws_catch_ups.labels("key" if seen.lacks else "deltas").inc()
        payload = missed + (self._streams.keys(zoom, seen.lacks) if seen.lacks else b"")
        return build_message(payload) if payload else None

    def forget_catch_ups(self) -> None:
        """Clear the key parts of the previous tick."""
        self._key_parts = None

    def _every_key(self) -> PreparedMessage:
        if self._key_parts is None:
            self._metrics.ws_catch_ups.labels("key").inc()
            zoom, tiles = self._following
            payload = self._streams.keys(0, (WORLD_TILE,)) + (self._streams.keys(zoom, tiles) if tiles else b"")
            self._key_parts = build_message(payload)
        return self._key_parts
