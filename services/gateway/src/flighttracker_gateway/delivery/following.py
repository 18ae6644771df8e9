"""`Following`: the tiles that one viewer of `flights.v3` looks at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from flighttracker.tiles import CLASSES

MAX_TILES: Final = 64
MAX_EXACT: Final = 64
"""A selected aircraft, those under the pointer, and the rows of a list in sight."""


class Following(NamedTuple):
    """The tiles of one class, beside the tile of class 0 that everybody follows.

    Attributes:
        zoom: number of the class.
        tiles: numbers of its tiles; empty for class 0.
    """

    zoom: int
    tiles: frozenset[int]


WORLD: Final = Following(0, frozenset())


def following_of(zoom: int, tiles: Sequence[int]) -> Following:
    """Return what a client asks for.

    Raises:
        ValueError: the class does not have one of the tiles; the message is for the client.
    """
    most = (1 << (2 * CLASSES[zoom].tile_zoom)) - 1
    unknown = next((tile for tile in tiles if not 0 <= tile <= most), None)
    if unknown is not None:
        raise ValueError(f"tile {unknown} is not one of class {zoom}, 0 to {most}")
    return Following(zoom, frozenset(tiles)) if zoom and tiles else WORLD
