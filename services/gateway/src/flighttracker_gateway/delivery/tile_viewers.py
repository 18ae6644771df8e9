"""`TileViewers`: the channels of `flights.v3`, one for each set of tiles. `hub` is the only user."""

from __future__ import annotations

from collections.abc import Iterator

from flighttracker.clock import Clock
from flighttracker_gateway.delivery.following import WORLD, Following
from flighttracker_gateway.delivery.tile_channel import TileChannel
from flighttracker_gateway.delivery.tile_shares import TileShares
from flighttracker_gateway.delivery.tile_streams import TileStreams
from flighttracker_gateway.delivery.viewer import Viewer
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor
from flighttracker_gateway.picture.picture import Picture


class TileViewers:
    """The viewers by their tiles; iterating yields the channels.

    Args:
        picture: as of the latest tick when `advance` is called.
        tick_s: time between two ticks of the gateway.
        clock: the time.
        metrics: counts tiles and catch-ups.
    """

    def __init__(self, picture: Picture, tick_s: float, clock: Clock, metrics: GatewayMetrics) -> None:
        self._metrics = metrics
        self._streams = TileStreams(picture, round(tick_s * 1000), clock, metrics)
        self._shares = TileShares(clock)
        self._channels: dict[Following, TileChannel] = {}

    def __iter__(self) -> Iterator[TileChannel]:
        return iter(self._channels.values())

    async def advance(self, before: Cursor) -> None:
        """Begin a tick of the gateway, if there are viewers; other tasks run in between.

        Args:
            before: the cursor before this tick.
        """
        if self._channels:
            await self._streams.advance(before)

    def available(self, wanted: Following, user: str) -> Following:
        """Return the tiles if a user can have them; else those of class 0, which everybody has."""
        return wanted if self._shares.allow(user, wanted) else WORLD

    def channel_of(self, viewer: Viewer) -> TileChannel:
        """Return the channel of a viewer."""
        return self._channels[viewer.following]

    def add(self, viewer: Viewer) -> TileChannel:
        """Add a viewer to the channel of its tiles, which the first viewer creates; return that."""
        following = viewer.following
        channel = self._channels.get(following)
        if channel is None:
            self._streams.follow(following)
            channel = self._channels[following] = TileChannel(self._streams, following, self._metrics)
        channel.audience.add(viewer)
        self._shares.add(viewer.user, following)
        return channel

    def remove(self, viewer: Viewer) -> None:
        """Remove a viewer; a channel ends with its last viewer."""
        self.channel_of(viewer).audience.remove(viewer)
        self._end(viewer.user, viewer.following)

    def move(self, viewer: Viewer, following: Following) -> TileChannel:
        """Move a viewer to the channel of other tiles, and note which of them it has nothing of."""
        before = viewer.following
        self.channel_of(viewer).audience.remove(viewer)
        viewer.following = following
        # The old channel ends last: tiles of both are followed without a break.
        channel = self.add(viewer)
        self._end(viewer.user, before)
        known = before.tiles - viewer.seen.lacks if before.zoom == following.zoom else frozenset[int]()
        viewer.seen = viewer.seen._replace(lacks=following.tiles - known)
        return channel

    def _end(self, user: str, following: Following) -> None:
        self._shares.remove(user, following)
        if not self._channels[following].audience:
            del self._channels[following]
            self._streams.leave(following)
