"""The messages that clients of `/ws` send, as `frame.md` and `tiles.md` specify them; `connection` reads them."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from flighttracker.tiles import CLASSES
from flighttracker_gateway.delivery.following import MAX_EXACT, MAX_TILES

_Class = Annotated[int, Meta(ge=0, lt=len(CLASSES))]
_Tile = Annotated[int, Meta(ge=0, lt=1 << (2 * CLASSES[-1].tile_zoom))]
_Icao24 = Annotated[str, Meta(pattern="^[0-9a-f]{6}$")]


class Resync(msgspec.Struct, frozen=True, tag="resync"):
    """Asks for key frames, or key parts, because the client found a gap."""


class Tiles(msgspec.Struct, frozen=True, tag="tiles"):
    """Replaces the tiles of one class that the client follows, and the aircraft that it wants exactly."""

    zoom: _Class = msgspec.field(name="class")
    tiles: Annotated[list[_Tile], Meta(max_length=MAX_TILES)]
    exact: Annotated[list[_Icao24], Meta(max_length=MAX_EXACT)] = []


class NewToken(msgspec.Struct, frozen=True, tag="token"):
    """Replaces the token, to stay connected after the first one has expired."""

    token: str


ClientMessage = Resync | Tiles | NewToken

DECODER: Final[msgspec.json.Decoder[ClientMessage]] = msgspec.json.Decoder(ClientMessage)
