"""What tar1090 loads of a view: tiles of readsb's binCraft, at most six a second, for `make bench-views`.

A readsb with `--write-globe-index` writes a file for each tile of 3 by 3 degrees, and for some larger ones. Once a
second, tar1090 loads the six of its view that it has not loaded for the longest time (`globeSimLoad` and `refresh`,
unless a server sets them).
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from bench.frames import bincraft

from flighttracker.bounding_box import BoundingBox
from flighttracker.flight import FlightPosition

GRID_DEG: Final = 3
LOADS_PER_S: Final = 6
LARGE_TILES: Final = (
    (60, -126, 90, 0),
    (60, 0, 90, 150),
    (51, 150, 90, -126),
    (9, 150, 51, -126),
    (51, -126, 60, -69),
    (45, -120, 51, -114),
    (45, -114, 51, -102),
    (45, -102, 51, -90),
    (45, -90, 51, -75),
    (45, -75, 51, -69),
    (42, 12, 48, 18),
    (42, 18, 48, 24),
    (48, 18, 54, 24),
    (54, 12, 60, 24),
    (54, 3, 60, 12),
    (54, -9, 60, 3),
    (42, -9, 48, 0),
    (42, 24, 51, 51),
    (51, 24, 60, 51),
    (30, 51, 60, 90),
    (30, 90, 60, 120),
    (30, 120, 39, 129),
    (30, 129, 39, 138),
    (30, 138, 39, 150),
    (39, 120, 60, 150),
    (9, 90, 21, 111),
    (21, 90, 30, 111),
    (9, 111, 24, 129),
    (24, 111, 30, 120),
    (24, 120, 30, 129),
    (9, 129, 30, 150),
    (9, 51, 30, 69),
    (9, 69, 30, 90),
    (-90, -30, 9, 51),
    (-90, 51, 9, 111),
    (-90, 111, -18, 160),
    (-18, 111, 9, 160),
    (-90, 160, -42, -90),
    (-42, 160, 9, -90),
    (-9, -90, 9, -42),
    (-90, -90, -9, -63),
    (-21, -63, -9, -42),
    (-90, -63, -21, -42),
    (-90, -42, 9, -30),
    (9, -126, 33, -117),
    (9, -117, 30, -102),
    (9, -102, 27, -90),
    (24, -90, 30, -84),
    (9, -90, 18, -69),
    (18, -90, 24, -69),
    (36, 6, 42, 18),
    (36, 18, 42, 30),
    (9, -9, 39, 6),
    (9, 6, 36, 30),
    (9, 30, 42, 51),
    (24, -75, 39, -69),
    (9, -69, 30, -33),
    (30, -69, 60, -33),
    (9, -33, 30, -9),
    (30, -33, 60, -9),
)
"""South, west, north and east of the larger tiles, degrees: `globeIndexSpecialTiles` in a readsb's receiver.json."""
_FIRST_OF_GRID: Final = 1_000
_COLUMNS: Final = 360 // GRID_DEG


class Loads(NamedTuple):
    """What a view loads.

    Attributes:
        kbps: kilobytes a second, gzipped.
        refresh_s: seconds between two loads of the same tile.
    """

    kbps: float
    refresh_s: float


def tile_at(latitude_deg: float, longitude_deg: float) -> int:
    """Return the tile of a place, as readsb and tar1090 number them."""
    row, column = int((latitude_deg + 90) // GRID_DEG), int((longitude_deg + 180) // GRID_DEG) % _COLUMNS
    south, west = row * GRID_DEG - 90, column * GRID_DEG - 180
    for number, (from_south, from_west, to_north, to_east) in enumerate(LARGE_TILES):
        crosses = from_west > to_east
        if from_south <= south < to_north and (
            (west >= from_west or west < to_east) if crosses else from_west <= west < to_east
        ):
            return number
    return _FIRST_OF_GRID + row * (_COLUMNS + 1) + column


def loads(positions: Sequence[FlightPosition], views: Sequence[BoundingBox]) -> list[Loads]:
    """Return what each view loads while the aircraft are at these positions."""
    by_tile = defaultdict(list)
    for one in positions:
        by_tile[tile_at(one.latitude_deg or 0.0, one.longitude_deg or 0.0)].append(one)
    sizes = {tile: len(gzip.compress(bincraft(there))) for tile, there in by_tile.items()}
    empty = len(gzip.compress(b""))
    found = []
    for view in views:
        tiles = {
            tile_at(float(latitude), float(longitude))
            for latitude in _steps(view.south_deg, view.north_deg)
            for longitude in _steps(view.west_deg, view.east_deg)
        }
        refresh_s = max(1.0, len(tiles) / LOADS_PER_S)
        found.append(Loads(sum(sizes.get(tile, empty) for tile in tiles) / refresh_s / 1000, refresh_s))
    return found


def _steps(first: float, last: float) -> list[float]:
    return [*np.arange(first, last, GRID_DEG), last - 1e-9]
