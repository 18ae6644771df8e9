"""Regions: rectangles of a coarse grid, so that phones which look at about the same share one stream.

A view is widened to the grid, the finest on which it is at most `MOST_CELLS` cells wide and high. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.frame.layout import IntArray

UNITS_PER_DEGREE: Final = 100_000
CELL_DEGREES: Final = (1, 2, 5, 10, 20, 30, 45, 90)
"""All divide 180: a grid that begins at one meridian has the other, too."""
MOST_CELLS: Final = 4


class Region(NamedTuple):
    """Whole degrees, from west to east within -180 to 180; west >= east crosses the 180th meridian."""

    west: int
    south: int
    east: int
    north: int

    def holds(self, latitude: IntArray, longitude: IntArray) -> npt.NDArray[np.bool_]:
        """Return which positions (1e-5 degrees) are inside, its edges included."""
        east_of_west = longitude >= self.west * UNITS_PER_DEGREE
        west_of_east = longitude <= self.east * UNITS_PER_DEGREE
        across = (east_of_west | west_of_east) if self.west >= self.east else (east_of_west & west_of_east)
        if 180 in (-self.west, self.east):
            # The meridian has two names.
            across |= np.abs(longitude) == 180 * UNITS_PER_DEGREE
        return across & (latitude >= self.south * UNITS_PER_DEGREE) & (latitude <= self.north * UNITS_PER_DEGREE)


def region_of(bbox: Sequence[float]) -> Region | None:
    """Return the region of a view, None when that would be most of the way around the world.

    Args:
        bbox: west, south, east, north in degrees; west > east crosses the 180th meridian.

    Raises:
        ValueError: not such a box; the message is a sentence for the client.
    """
    if len(bbox) != 4 or not all(abs(value) <= most for value, most in zip(bbox, (180, 90, 180, 90), strict=True)):
        raise ValueError("a view is west,south,east,north in degrees, within -180 to 180 and -90 to 90")
    west, south, east, north = bbox
    if south > north:
        raise ValueError(f"the south of a view, {south:g}, is greater than its north, {north:g}")
    wide = east - west if west <= east else east - west + 360
    cell = next((cell for cell in CELL_DEGREES if max(wide, north - south) <= MOST_CELLS * cell), None)
    if cell is None:
        return None
    first, last = _widened(west, west + wide, cell)
    if last - first >= 360:
        return None
    bottom, top = _widened(south, north, cell)
    return Region(first, max(bottom, -90), last if last <= 180 else last - 360, min(top, 90))


def parse_bbox(text: str) -> Region | None:
    """Return the region of `west,south,east,north`, the query parameter `bbox` of `/ws`.

    Raises:
        ValueError: see `region_of`.
    """
    try:
        return region_of([float(part) for part in text[:128].split(",")])
    except ValueError as error:
        raise ValueError(f"bbox is {text[:64]!r}: {error}") from error


def _widened(low: float, high: float, cell: int) -> tuple[int, int]:
    """Return the multiples of a cell around a span; a point gets a whole cell."""
    first = math.floor(low / cell) * cell
    return first, max(math.ceil(high / cell) * cell, first + cell)
