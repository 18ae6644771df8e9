"""Classes of zoom: how exact the aircraft of a class are, how large its tiles are, and how often it is sent."""

from __future__ import annotations

from typing import Final, NamedTuple

SUBPIXEL_BITS: Final = 2
"""Positions are in quarters of a pixel at the finest zoom of the class."""
TILE_PIXEL_BITS: Final = 8
"""A map of zoom 0 is 256 pixels wide."""


class ZoomClass(NamedTuple):
    """One class; `frame.md` has the same table.

    Attributes:
        number: of the class, in messages.
        finest_zoom: the zoom up to which half a pixel is exact enough.
        tile_zoom: the world is cut into 2 ** tile_zoom by 2 ** tile_zoom tiles.
        interval_ms: time between two ticks, at least the gateway's own.
        velocity_shift: a unit of velocity moves an aircraft by 2 ** -velocity_shift units of position in 0.1 s.
        altitude_step: 25 ft times this is one unit of altitude.
        heading_tolerance: in steps of 360/256 degree.
        altitude_tolerance: in units of altitude.
    """

    number: int
    finest_zoom: int
    tile_zoom: int
    interval_ms: int
    velocity_shift: int
    altitude_step: int
    heading_tolerance: int
    altitude_tolerance: int

    @property
    def position_bits(self) -> int:
        """The world is 2 ** position_bits units wide and high."""
        return self.finest_zoom + TILE_PIXEL_BITS + SUBPIXEL_BITS


CLASSES: Final = (
    ZoomClass(0, 4, 0, 5_000, 12, 10, 8, 2),
    ZoomClass(1, 6, 4, 4_000, 12, 4, 6, 2),
    ZoomClass(2, 8, 6, 2_000, 12, 4, 3, 2),
    ZoomClass(3, 10, 8, 2_000, 11, 1, 2, 2),
    ZoomClass(4, 13, 11, 1_000, 9, 1, 2, 1),
)


def class_of_zoom(zoom: float) -> ZoomClass:
    """Return the class that is exact enough for a zoom; above the finest, the finest."""
    return next((one for one in CLASSES if zoom <= one.finest_zoom), CLASSES[-1])
