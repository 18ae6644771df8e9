"""Decodes positions in Compact Position Reporting, the format of ADS-B (DO-260B, A.1.7). Pure; `sky` uses it.

A message has the place of an aircraft in a cell of a grid, not the cell. There are two grids, even and odd. A message
of each, or one message and a place nearby, give the position. On the surface the cells are a quarter as large, and a
pair also needs a place nearby.

rs1090 decodes positions too, but not all pairs on the surface, and it returns longitudes beyond 180 degrees.
"""

from __future__ import annotations

from math import acos, cos, floor, pi, radians
from typing import Final, NamedTuple

_STEPS: Final = 1 << 17
_EVEN_ZONES: Final = 60
_AIRBORNE_DEG: Final = 360.0
_SURFACE_DEG: Final = 90.0
_ONE_EVEN_ZONE: Final = 1 - cos(pi / (2 * 15))


class Cell(NamedTuple):
    """A position in its cell.

    Attributes:
        is_odd: which grid.
        is_surface: whether it was sent on the ground.
        north: from the southern edge of the cell, 0 to 131,071.
        east: from the western edge of the cell, 0 to 131,071.
    """

    is_odd: bool
    is_surface: bool
    north: int
    east: int


def pair_position(last: Cell, other: Cell, near_deg: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return latitude and longitude of the last message, or None when the two do not belong together.

    Args:
        last: the newer message.
        other: a message of the other grid, of about the same time.
        near_deg: latitude and longitude of a place in the same quarter of the earth; needed on the surface only.
    """
    even, odd = (other, last) if last.is_odd else (last, other)
    if even.is_odd or not odd.is_odd or even.is_surface != odd.is_surface:
        return None
    if last.is_surface and near_deg is None:
        return None
    span_deg = _SURFACE_DEG if last.is_surface else _AIRBORNE_DEG
    zone = floor((59 * even.north - 60 * odd.north) / _STEPS + 0.5)
    even_deg = span_deg / 60 * (zone % 60 + even.north / _STEPS)
    odd_deg = span_deg / 59 * (zone % 59 + odd.north / _STEPS)
    if near_deg is not None and last.is_surface:
        even_deg, odd_deg = (_nearest(value, near_deg[0], _SURFACE_DEG) for value in (even_deg, odd_deg))
    else:
        even_deg, odd_deg = (value - 360 if value >= 270 else value for value in (even_deg, odd_deg))
    zones = longitude_zones(even_deg)
    latitude_deg = odd_deg if last.is_odd else even_deg
    if not -90 <= latitude_deg <= 90 or zones != longitude_zones(odd_deg):
        return None
    zone = floor((even.east * (zones - 1) - odd.east * zones) / _STEPS + 0.5)
    count = max(zones - last.is_odd, 1)
    longitude_deg = span_deg / count * (zone % count + last.east / _STEPS)
    if near_deg is not None and last.is_surface:
        longitude_deg = _nearest(longitude_deg, near_deg[1], _SURFACE_DEG)
    return latitude_deg, _wrapped(longitude_deg)


def near_position(cell: Cell, near_deg: tuple[float, float]) -> tuple[float, float] | None:
    """Return latitude and longitude of one message, or None beyond a pole.

    Args:
        cell: the message.
        near_deg: latitude and longitude of a place less than half a cell away: 330 km, on the surface 80 km.
    """
    span_deg = _SURFACE_DEG if cell.is_surface else _AIRBORNE_DEG
    cell_deg = span_deg / (_EVEN_ZONES - cell.is_odd)
    latitude_deg = _nearest(cell_deg * cell.north / _STEPS, near_deg[0], cell_deg)
    if not -90 <= latitude_deg <= 90:
        return None
    cell_deg = span_deg / max(longitude_zones(latitude_deg) - cell.is_odd, 1)
    return latitude_deg, _wrapped(_nearest(cell_deg * cell.east / _STEPS, near_deg[1], cell_deg))


def longitude_zones(latitude_deg: float) -> int:
    """Return the number of even cells around the earth at a latitude, 1 to 59."""
    latitude_deg = abs(latitude_deg)
    if latitude_deg > 87:
        return 1
    # Rounding must not leave the domain of acos at 87 degrees, nor give 60 zones near the equator.
    cosine = max(1 - _ONE_EVEN_ZONE / cos(radians(latitude_deg)) ** 2, -1.0)
    return min(floor(2 * pi / acos(cosine)), 59)


def _nearest(value_deg: float, near_deg: float, period_deg: float) -> float:
    return value_deg + period_deg * floor((near_deg - value_deg) / period_deg + 0.5)


def _wrapped(longitude_deg: float) -> float:
    return (longitude_deg + 180) % 360 - 180
