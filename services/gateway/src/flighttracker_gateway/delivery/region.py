"""Regions: rectangles on a coarse grid, so viewers with similar views share one stream.

A view is extended to the finest grid on which it is at most `MOST_CELLS` cells wide and high. Pure.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.bounding_box import BoundingBox
from flighttracker.frame.layout import IntArray
from flighttracker.frame.quantity import UNITS_PER_DEGREE

CELL_DEGREES: Final = (1, 2, 5, 10, 20, 30, 45, 90)
"""All divide 180: a grid that begins at one meridian has the other, too."""
MOST_CELLS: Final = 4


class Region(NamedTuple):
    """Whole degrees, from west to east within -180 to 180; west > east crosses the antimeridian."""

    west: int
    south: int
    east: int
    north: int

    def holds(self, latitude: IntArray, longitude: IntArray) -> npt.NDArray[np.bool_]:
        """Return which positions (1e-5 degrees) are inside, its edges included."""
        inside: npt.NDArray[np.bool_] = BoundingBox.of_edges(*self).contains(latitude, longitude, UNITS_PER_DEGREE)
        return inside


def region_of(box: BoundingBox) -> Region | None:
    """Return the region of a view, None when that would be most of the way around the world."""
    cell = next((cell for cell in CELL_DEGREES if max(box.width_deg, box.height_deg) <= MOST_CELLS * cell), None)
    if cell is None:
        return None
    first, last = _widened(box.west_deg, box.west_deg + box.width_deg, cell)
    if last - first >= 360:
        return None
    bottom, top = _widened(box.south_deg, box.north_deg, cell)
    return Region(first, max(bottom, -90), last if last <= 180 else last - 360, min(top, 90))


def _widened(low: float, high: float, cell: int) -> tuple[int, int]:
    """Return the multiples of a cell around a span; a point gets a whole cell."""
    first = math.floor(low / cell) * cell
    return first, max(math.ceil(high / cell) * cell, first + cell)
