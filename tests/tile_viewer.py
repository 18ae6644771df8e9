"""A client of `flights.v3` as `tiles.md` asks for it: the world, the tiles of a view, and exact aircraft."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Sequence
from typing import Any

import aiohttp
import numpy as np

from flighttracker.tiles import CLASSES, TileReader, decode_message, split_messages
from tests.gateway_server import WAIT_S


class TileViewer:
    """One connection, and what it shows.

    Attributes:
        socket: may be replaced after a reconnect; what is shown stays until keys of another epoch come.
        world: the tile of class 0.
        view: the tiles of another class; None for the world alone.
        followed: their numbers.
        exact: the newest report of exact aircraft by address: time of the position, then columns of `frame.md`.
        texts: all text messages.
        must_resync: whether something was missing.
        world_tick: the newest of class 0.
        ticks_without_news: messages without parts.
        received_bytes: payloads of all messages.
        world_bytes: those of class 0.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.world = TileReader(CLASSES[0])
        self.view: TileReader | None = None
        self.followed: set[int] = set()
        self.exact: dict[str, list[int]] = {}
        self.texts: list[dict[str, Any]] = []
        self.must_resync = False
        self.world_tick = 0
        self.ticks_without_news = 0
        self.received_bytes = 0
        self.world_bytes = 0

    async def look(self, zoom: int, tiles: Collection[int], exact: Sequence[str] = ()) -> None:
        """Ask for tiles, and forget others."""
        if self.view is None or self.view.zoom is not CLASSES[zoom]:
            self.view = TileReader(CLASSES[zoom]) if zoom else None
        for tile in self.followed - set(tiles):
            if self.view is not None:
                self.view.forget(tile)
        self.followed = set(tiles) if zoom else set()
        await self.socket.send_str(json.dumps({"type": "tiles", "class": zoom, "tiles": [*tiles], "exact": [*exact]}))

    async def binary(self) -> bytes:
        """Apply messages until a binary one, and return that."""
        async with asyncio.timeout(WAIT_S):
            while not isinstance(data := await self._next(), bytes):
                pass
        return data

    async def text(self, kind: str) -> dict[str, Any]:
        """Apply messages until a text of a type, and return that."""
        async with asyncio.timeout(WAIT_S):
            while not isinstance(data := await self._next(), dict) or data["type"] != kind:
                pass
        return data

    async def everything(self) -> None:
        """Apply everything that the gateway has sent before now; the socket must have `autoping=False`."""
        await self.socket.ping()
        async with asyncio.timeout(WAIT_S):
            while await self._next() is not None:
                pass

    async def handled(self) -> None:
        """Wait until the gateway has handled what this client sent, and apply what it sent before."""
        await self.socket.send_str('{"type": "token", "token": ""}')
        await self.text("session")

    async def _next(self) -> bytes | dict[str, Any] | None:
        """Apply the next message and return it; None for the answer to a ping."""
        message = await self.socket.receive()
        if message.type is aiohttp.WSMsgType.PONG:
            return None
        if message.type is aiohttp.WSMsgType.PING:
            await self.socket.pong(message.data)
            return await self._next()
        self.received_bytes += len(message.data)
        if message.type is aiohttp.WSMsgType.TEXT:
            text: dict[str, Any] = json.loads(message.data)
            self.texts.append(text)
            if text["type"] == "exact":
                self.exact.update({f"{row[0]:06x}": row[1:] for row in text["flights"]})
            return text
        assert message.type is aiohttp.WSMsgType.BINARY, message
        self.take(message.data)
        return bytes(message.data)

    def take(self, data: bytes) -> None:
        """Apply a binary message."""
        for message in split_messages(data):
            header, parts = decode_message(message)
            if header.zoom == 0:
                self.world_tick = header.tick
                self.ticks_without_news += not parts
                self.world_bytes += len(message)
                self.must_resync |= bool(self.world.apply(message))
            elif self.view is not None and CLASSES[header.zoom] is self.view.zoom:
                had = set(self.view.tiles)
                missing = self.view.apply(message)
                self.must_resync |= any(tile in had and tile in self.followed for tile in missing)
                for tile in set(self.view.tiles) - self.followed:
                    self.view.forget(tile)

    def shown(self, time_ms: int) -> dict[str, tuple[float, float]]:
        """Return where the aircraft of the view, or of the world, are shown: Web Mercator, 0 to 1, by address."""
        reader = self.view or self.world
        icao24, motion = reader.shown(time_ms // reader.interval_ms)
        units = 1 << reader.zoom.position_bits
        places = (motion[:2] / units).T if icao24 else np.zeros((0, 2))
        return {f"{address:06x}": (float(x), float(y)) for address, (x, y) in zip(icao24, places, strict=True)}
