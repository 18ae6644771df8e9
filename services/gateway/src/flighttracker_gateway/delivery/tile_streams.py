"""`TileStreams`: the class streams of one gateway (`flights.v3`), each tick's parts, and those of the last ticks.

A class advances at multiples of its interval, only while somebody follows a tile of it, and each followed tile is
encoded once. `tile_channel` puts the messages of viewers together from these parts. `hub` calls `advance` once a tick.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from flighttracker.clock import Clock
from flighttracker.tiles import CLASSES, TileHeader, join
from flighttracker_gateway.delivery.class_stream import ClassStream
from flighttracker_gateway.delivery.following import Following
from flighttracker_gateway.delivery.sky import Sky
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor
from flighttracker_gateway.picture.picture import Picture

RECENT_TICKS: Final = 16
TILES_PER_TURN: Final = 64
"""Tiles that are encoded before the event loop runs other tasks: about 5 ms."""
WORLD_TILE: Final = 0


class _ClassTick(NamedTuple):
    """One tick of one class.

    Attributes:
        header: of its messages.
        parts: of the followed tiles with news, by tile.
    """

    header: TileHeader
    parts: dict[int, bytes]


class _RecentTick(NamedTuple):
    """One tick of the gateway.

    Attributes:
        before: the cursor before it.
        world: the message of class 0, which every viewer gets; empty without a tick of it.
        classes: the other classes that had a tick, by number.
    """

    before: Cursor
    world: bytes
    classes: dict[int, _ClassTick]


class TileStreams:
    """The streams of all classes.

    Args:
        picture: as of the latest tick when `advance` is called.
        gateway_interval_ms: time between two ticks of the gateway.
        clock: tells which ticks of the classes are due.
        metrics: counts the followed tiles.

    Attributes:
        epoch: of this gateway's tiles; another process has another one.
    """

    def __init__(self, picture: Picture, gateway_interval_ms: int, clock: Clock, metrics: GatewayMetrics) -> None:
        self.epoch = secrets.randbits(32)
        self._clock = clock
        self._metrics = metrics
        self._sky = Sky(picture)
        self._streams = [ClassStream(zoom, gateway_interval_ms) for zoom in CLASSES]
        self._followed: list[Counter[int]] = [Counter() for _ in CLASSES]
        self._recent: deque[_RecentTick] = deque(maxlen=RECENT_TICKS)
        self._encoding: ClassStream | None = None

    def follow(self, following: Following) -> None:
        """Encode tiles from the next tick on."""
        for number, tiles in _by_class(following):
            self._begin(number)
            self._followed[number].update(tiles)
            for tile in tiles:
                self._streams[number].watch(tile)
        self._count()

    def leave(self, following: Following) -> None:
        """Undo one `follow`; what nobody follows is not encoded."""
        for number, tiles in _by_class(following):
            followed = self._followed[number]
            for tile in tiles:
                followed[tile] -= 1
                if not followed[tile]:
                    del followed[tile]
                    self._streams[number].forget(tile)
        if not self._followed[0]:
            self._recent.clear()
        self._count()

    async def advance(self, before: Cursor) -> None:
        """Begin a tick of the gateway: advance the classes that are due, and encode their followed tiles.

        Other tasks run in between. A viewer that joins then gets key parts of this tick or the previous one, and must
        still get what `news` returns after this: it drops the parts of a tick that it has.

        Args:
            before: the cursor before this tick.
        """
        now_ms = self._clock.now_ms()
        due = [self._streams[number] for number, tiles in enumerate(self._followed) if tiles]
        classes = {}
        for stream in due:
            if stream.is_due(now_ms):
                self._sky.advance()
                stream.advance(self._sky, now_ms)
                classes[stream.zoom.number] = await self._encoded(stream)
        world = classes.pop(0, None)
        message = b"" if world is None else join(world.header, [*world.parts.values()])
        self._recent.append(_RecentTick(before, message, classes))

    def news(self, following: Following) -> bytes:
        """Return the messages of this tick for viewers that follow these tiles; empty without any.

        Each tick of class 0 has one, without parts if nothing changed: viewers tell a quiet sky from a dead connection.
        Viewers whose tiles have no news get the same object.
        """
        return _messages(self._recent[-1], following) if self._recent else b""

    def missed(self, cursor: Cursor | None, following: Following) -> bytes | None:
        """Return the messages of all ticks since a cursor; None when they are no longer kept."""
        for index, tick in enumerate(self._recent):
            if tick.before is cursor:
                return b"".join([_messages(missed, following) for missed in list(self._recent)[index:]])
        return None

    def keys(self, number: int, tiles: Iterable[int]) -> bytes:
        """Return a message with the key parts of followed tiles of one class."""
        stream = self._streams[number]
        return join(stream.header(self.epoch), [stream.key(tile) for tile in sorted(tiles)])

    async def _encoded(self, stream: ClassStream) -> _ClassTick:
        tick = _ClassTick(stream.header(self.epoch), {})
        self._encoding = stream
        try:
            for count, tile in enumerate(stream.changed_tiles(), 1):
                part = stream.part(tile)
                if part is not None:
                    tick.parts[tile] = part
                if count % TILES_PER_TURN == 0:
                    await asyncio.sleep(0)
        finally:
            self._encoding = None
        return tick

    def _begin(self, number: int) -> None:
        """Bring a class up to date that nobody follows, because its first viewer needs key parts now."""
        stream, now_ms = self._streams[number], self._clock.now_ms()
        if not self._followed[number] and stream is not self._encoding and stream.is_due(now_ms):
            self._sky.advance()
            stream.advance(self._sky, now_ms)

    def _count(self) -> None:
        self._metrics.ws_tiles.set(sum(map(len, self._followed)))


def _by_class(following: Following) -> Iterator[tuple[int, Iterable[int]]]:
    """Yield the numbers of the classes that a viewer follows, and their tiles."""
    yield 0, (WORLD_TILE,)
    if following.tiles:
        yield following.zoom, following.tiles


def _messages(tick: _RecentTick, following: Following) -> bytes:
    found = tick.classes.get(following.zoom)
    if found is None:
        return tick.world
    parts = [found.parts[tile] for tile in following.tiles if tile in found.parts]
    return tick.world + join(found.header, parts) if parts else tick.world
