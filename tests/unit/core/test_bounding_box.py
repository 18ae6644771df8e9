"""Tests of boxes: parsing, the antimeridian, and which positions are inside."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.bounding_box import BoundingBox, parse_bounding_box

LONGITUDES = st.integers(-18_000_000, 18_000_000)
LATITUDES = st.integers(-9_000_000, 9_000_000)


@pytest.mark.parametrize(
    ("text", "width_deg", "crosses"),
    [
        ("5,45,15,55", 10, False),
        ("170,-20,-170,20", 20, True),
        ("-180,-90,180,90", 360, False),
        ("180,0,-180,1", 0, True),
        ("10,0,9,1", 359, True),
        ("8.5,50,8.5,50", 0, False),
        (" 5, 45, 15, 55", 10, False),
    ],
)
def test_west_south_east_north_become_a_box(text: str, width_deg: float, crosses: bool) -> None:
    box = parse_bounding_box(text)
    assert (box.width_deg, box.crosses_antimeridian) == (width_deg, crosses)
    assert parse_bounding_box(str(box)) == box


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "bbox is ''; it must be four numbers: west,south,east,north in degrees"),
        ("1,2,3", "bbox is '1,2,3'; it must be four numbers: west,south,east,north in degrees"),
        ("1,2,3,4,5", "bbox is '1,2,3,4,5'; it must be four numbers: west,south,east,north in degrees"),
        ("1,2,3,x", "bbox is '1,2,3,x'; it must be four numbers: west,south,east,north in degrees"),
        ("nan,0,1,1", "bbox is 'nan,0,1,1'; its west, nan, must be from -180 to 180"),
        ("1,2,181,3", "bbox is '1,2,181,3'; its east, 181, must be from -180 to 180"),
        ("0,-91,0,0", "bbox is '0,-91,0,0'; its south, -91, must be from -90 to 90"),
        ("1,2,3,inf", "bbox is '1,2,3,inf'; its north, inf, must be from -90 to 90"),
        ("0,5,1,4", "bbox is '0,5,1,4'; its south, 5, is greater than its north, 4"),
    ],
)
def test_an_error_is_a_sentence_with_the_value(text: str, error: str) -> None:
    with pytest.raises(ValueError, match="bbox") as raised:
        parse_bounding_box(text)
    assert str(raised.value) == error


def test_a_long_value_is_truncated_in_its_error() -> None:
    with pytest.raises(ValueError, match="bbox") as raised:
        parse_bounding_box("1" * 10_000 + ",")
    assert len(str(raised.value)) < 200


def test_an_invalid_box_in_a_settings_file_is_rejected() -> None:
    with pytest.raises(msgspec.ValidationError, match="south, 5, is greater than its north, 4"):
        msgspec.json.decode(b'{"south_deg": 5, "west_deg": 0, "north_deg": 4, "east_deg": 1}', type=BoundingBox)


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("170,-20,-170,20", [170, 175, 180, -180, -175, -170], [169.9, -169.9, 0]),
        ("-170,-20,170,20", [-170, 0, 170], [180, -180, 175, -175]),
        ("170,-20,180,20", [180, -180, 170], [-179.9, 169.9]),
        ("-180,-20,-170,20", [180, -180, -170], [179.9, -169.9]),
        ("-180,-20,180,20", [180, -180, 0, 8.5], []),
        ("180,-20,-180,20", [180, -180], [179.9, -179.9, 0]),
        ("10,-20,9,20", [10, 9, 0, 180, -180], [9.5]),
    ],
)
def test_the_antimeridian_has_two_names(text: str, inside: list[float], outside: list[float]) -> None:
    box = parse_bounding_box(text)
    assert all(box.contains(0.0, longitude) for longitude in inside)
    assert not any(box.contains(0.0, longitude) for longitude in outside)


@given(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
def test_a_position_in_units_is_inside_if_and_only_if_it_is_in_degrees(
    west: int, low: int, east: int, high: int, longitude: int, latitude: int
) -> None:
    south, north = sorted((low, high))
    box = BoundingBox.of_edges(west / 100_000, south / 100_000, east / 100_000, north / 100_000)
    in_units = box.contains(np.array([latitude]), np.array([longitude]), 100_000)
    assert in_units.tolist() == [box.contains(latitude / 100_000, longitude / 100_000)]
