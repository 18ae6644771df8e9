"""`BoundingBox`: a part of the world between two parallels and two meridians. Pure.

A box crosses the antimeridian (±180°) when its west is greater than its east, as in GeoJSON (RFC 7946, section 5.2).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

SHOWN_CHARACTERS: Final = 64
"""How much of a wrong value an error repeats."""


class BoundingBox(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the world, its edges included. Every instance is valid.

    Raises:
        ValueError: an edge is out of range, or south is greater than north; the message is a sentence without a full
            stop.
    """

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float

    def __post_init__(self) -> None:
        """Check the edges."""
        for side, value, most in (
            ("west", self.west_deg, 180),
            ("south", self.south_deg, 90),
            ("east", self.east_deg, 180),
            ("north", self.north_deg, 90),
        ):
            if not -most <= value <= most:  # NaN, too
                raise ValueError(f"bbox is '{self}'; its {side}, {value:g}, must be from -{most} to {most}")
        if self.south_deg > self.north_deg:
            south, north = f"{self.south_deg:g}", f"{self.north_deg:g}"
            raise ValueError(f"bbox is '{self}'; its south, {south}, is greater than its north, {north}")

    def __str__(self) -> str:
        return f"{self.west_deg:g},{self.south_deg:g},{self.east_deg:g},{self.north_deg:g}"

    @classmethod
    def of_edges(cls, west: float, south: float, east: float, north: float) -> BoundingBox:
        """Return the box of four edges in degrees, in the order of GeoJSON.

        Raises:
            ValueError: see the class.
        """
        return cls(south_deg=south, west_deg=west, north_deg=north, east_deg=east)

    @property
    def crosses_antimeridian(self) -> bool:
        """Whether the box has a part on each side of ±180°."""
        return self.west_deg > self.east_deg

    @property
    def width_deg(self) -> float:
        """Degrees of longitude from west to east, 0 to 360."""
        return self.east_deg - self.west_deg + (360 if self.crosses_antimeridian else 0)

    def contains(self, latitude: Any, longitude: Any, units_per_degree: int = 1) -> Any:
        """Return whether a position is inside; for arrays, an array of the answers.

        Args:
            latitude: a number, or an array of numbers.
            longitude: of the same kind.
            units_per_degree: 1 for degrees, more for integers such as those of a frame. Then the edges are rounded to
                these units, as the positions were.
        """
        edges = (self.south_deg, self.west_deg, self.north_deg, self.east_deg)
        south, west, north, east = (
            edges if units_per_degree == 1 else [round(edge * units_per_degree) for edge in edges]
        )
        east_of_west, west_of_east = longitude >= west, longitude <= east
        across = (east_of_west | west_of_east) if self.crosses_antimeridian else (east_of_west & west_of_east)
        half = 180 * units_per_degree
        if west == -half or east == half:
            # -180° and 180° are the same meridian.
            across = across | (longitude == half) | (longitude == -half)
        return across & (latitude >= south) & (latitude <= north)


def parse_bounding_box(text: str) -> BoundingBox:
    """Return the box of `west,south,east,north` in degrees, the order of GeoJSON.

    Raises:
        ValueError: not such a box; the message is a sentence without a full stop.
    """
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError as error:
        raise ValueError(
            f"bbox is {text[:SHOWN_CHARACTERS]!r}; it must be four numbers: west,south,east,north in degrees"
        ) from error
    return BoundingBox.of_edges(west, south, east, north)
