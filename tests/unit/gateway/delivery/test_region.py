"""Regions: how a view is widened, and which aircraft are inside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flighttracker.bounding_box import BoundingBox
from flighttracker_gateway.delivery.region import CELL_DEGREES, MOST_CELLS, Region, region_of


@pytest.mark.parametrize(
    ("bbox", "region"),
    [
        ((8.2, 49.1, 8.9, 50.4), Region(8, 49, 9, 51)),
        ((8.0, 49.0, 9.0, 50.0), Region(8, 49, 9, 50)),
        ((5.0, 45.0, 15.0, 55.0), Region(5, 45, 15, 55)),
        ((-12.0, 34.0, 31.0, 60.0), Region(-20, 20, 40, 60)),
        ((8.5, 50.0, 8.5, 50.0), Region(8, 50, 9, 51)),
        ((179.5, -10.0, -179.5, -9.0), Region(179, -10, -179, -9)),
        ((170.0, -50.0, -170.0, -30.0), Region(170, -50, -170, -30)),
        ((176.5, 88.5, 180.0, 90.0), Region(176, 88, 180, 90)),
        ((180.0, 0.0, 180.0, 0.0), Region(180, 0, -179, 1)),
        ((-180.0, -90.0, 180.0, 90.0), None),
        ((-179.0, -80.0, 179.0, 80.0), None),
        ((10.0, 0.0, 9.0, 1.0), None),
    ],
)
def test_a_view_is_widened_to_a_grid(bbox: tuple[float, float, float, float], region: Region | None) -> None:
    assert region_of(BoundingBox.of_edges(*bbox)) == region


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 360), st.floats(0, 180), st.floats(0, 1), st.floats(0, 1))
@example(179.99999999999997, 0.0, 0.0, 0.0, 0.0, 0.0)
def test_a_region_contains_its_view(
    west: float, south: float, wide: float, high: float, across: float, up: float
) -> None:
    east, north = (west + wide + 180) % 360 - 180, min(90.0, south + high)
    region = region_of(BoundingBox.of_edges(west, south, east, north))
    if region is None:
        return
    width = east - west if west <= east else east - west + 360
    longitude = (west + across * width + 180) % 360 - 180
    latitude = south + up * (north - south)
    at = np.array([round(latitude * 100_000)]), np.array([round(longitude * 100_000)])
    assert region.holds(*at).all(), (region, latitude, longitude)
    span = (region.east - region.west) % 360 or 360
    cell = next(cell for cell in CELL_DEGREES if max(width, north - south) <= MOST_CELLS * cell)
    assert span <= (MOST_CELLS + 1) * cell, "a little view never becomes the world"


def test_a_box_across_the_180th_meridian_has_both_sides() -> None:
    longitudes = np.array([17_500_000, 18_000_000, -18_000_000, -17_500_000, 0])
    held = Region(170, -10, -170, 10).holds(np.zeros(5, np.int32), longitudes)
    assert held.tolist() == [True, True, True, True, False]
