"""CPR against an encoder made after the standard, against published positions and against rs1090."""

from __future__ import annotations

from typing import Any

import pytest
import rs1090
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flighttracker_generator.sources.feeds.cpr import Cell, longitude_zones, near_position, pair_position
from tests import mode_s_bytes as mode_s

STEP_DEG = 360 / 59 / 2**17
"""Resolution in the air."""
latitudes = st.one_of(
    st.floats(-90, 90), st.sampled_from([-90.0, -87.0, -86.99, 0.0, 10.47047129996848, 59.95, 86.9, 87.1, 90.0])
)
longitudes = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, -179.9999, 0.0, 179.9999]))


def cells(place_deg: tuple[float, float], *, surface: bool = False) -> tuple[Cell, Cell]:
    even, odd = (
        Cell(bool(grid), surface, *mode_s.cell(*place_deg, odd=bool(grid), surface=surface)) for grid in (0, 1)
    )
    return even, odd


def assert_close(found: tuple[float, float] | None, place_deg: tuple[float, float]) -> None:
    assert found is not None
    # Rounding can give 180 for a longitude just below -180.
    assert -180 <= found[1] <= 180
    assert found[0] == pytest.approx(place_deg[0], abs=STEP_DEG)
    off_deg = (found[1] - place_deg[1] + 180) % 360 - 180
    # A longitude near a pole is coarse in degrees, not in metres.
    assert abs(off_deg) * mode_s.radius_deg(place_deg[0]) < 3 * STEP_DEG


def near_zone_edge(latitude_deg: float) -> bool:
    return len({mode_s.zones(latitude_deg + off) for off in (-2 * STEP_DEG, 0, 2 * STEP_DEG)}) > 1


@settings(max_examples=500)
@given(latitudes, longitudes, st.booleans(), st.booleans())
def test_pair_gives_the_position_anywhere(
    latitude_deg: float, longitude_deg: float, odd_last: bool, surface: bool
) -> None:
    assume(not near_zone_edge(latitude_deg))
    place_deg = latitude_deg, longitude_deg
    last, other = cells(place_deg, surface=surface)[:: -1 if odd_last else 1]
    near_deg = (max(min(latitude_deg + 20, 89.0), -89.0), longitude_deg - 30) if surface else None
    assert_close(pair_position(last, other, near_deg), place_deg)


@settings(max_examples=500)
@given(latitudes, longitudes, st.booleans(), st.booleans(), st.floats(-1, 1), st.floats(-1, 1))
def test_one_message_and_a_near_place_give_the_position(
    latitude_deg: float, longitude_deg: float, odd: bool, surface: bool, north: float, east: float
) -> None:
    assume(not near_zone_edge(latitude_deg))
    reach_deg = 0.7 if surface else 2.9
    near_deg = (latitude_deg + north * reach_deg, longitude_deg + east * reach_deg)
    assert_close(
        near_position(cells((latitude_deg, longitude_deg), surface=surface)[odd], near_deg),
        (latitude_deg, longitude_deg),
    )


@settings(max_examples=300)
@given(st.floats(-85, 85), st.floats(-179, 179), st.booleans())
def test_pairs_agree_with_rs1090(latitude_deg: float, longitude_deg: float, odd_last: bool) -> None:
    assume(not near_zone_edge(latitude_deg))
    place_deg = latitude_deg, longitude_deg
    order = (True, False) if not odd_last else (False, True)
    messages = [mode_s.airborne("4ca1a1", place_deg, odd=odd).hex() for odd in order]
    theirs: Any = rs1090.decode(messages, [0.0, 1.0])[-1]
    grids = cells(place_deg)
    ours = pair_position(grids[order[1]], grids[order[0]], None)
    assert ours == pytest.approx((theirs["latitude"], theirs["longitude"]), abs=1e-9)


def test_published_pair() -> None:
    # The example of "The 1090 Megahertz Riddle": 8D40621D58C382D690C8AC2863A7 and 8D40621D58C386435CC412692AD6.
    even, odd = Cell(False, False, 93_000, 51_372), Cell(True, False, 74_158, 50_194)
    assert pair_position(even, odd, None) == pytest.approx((52.2572, 3.91937), abs=1e-5)
    assert pair_position(odd, even, None) == pytest.approx((52.26578, 3.93891), abs=1e-5)
    assert near_position(even, (52.258, 3.918)) == pytest.approx((52.2572, 3.91937), abs=1e-5)


def test_published_pair_on_the_surface() -> None:
    # 8C4841753AAB238733C8CD4020B1 and 8C4841753A8A35323FAEBDAC702D, at Schiphol.
    even, odd = Cell(False, True, 115_609, 116_941), Cell(True, True, 39_199, 110_269)
    assert pair_position(odd, even, (51.99, 4.375)) == pytest.approx((52.320607, 4.734735), abs=1e-5)
    assert pair_position(odd, even, None) is None


def test_messages_that_do_not_belong_together_give_nothing() -> None:
    air, ground = cells((52.0, 4.0)), cells((52.0, 4.0), surface=True)
    assert pair_position(air[0], air[0], None) is None
    assert pair_position(air[1], air[1], None) is None
    assert pair_position(air[0], ground[1], (52.0, 4.0)) is None


def test_pair_across_an_edge_of_zones_gives_nothing() -> None:
    # 10.4705 degrees is the edge between 59 and 58 zones.
    even, _ = cells((10.4700, 4.0))
    _, odd = cells((10.4710, 4.0))
    assert pair_position(even, odd, None) is None


def test_zones_fall_from_the_equator_to_the_poles() -> None:
    assert [longitude_zones(latitude) for latitude in (0, 1e-9, 10.46, 10.48, 86.99, 87.0, 87.01, -90)] == [
        59,
        59,
        59,
        58,
        2,
        2,
        1,
        1,
    ]


@given(st.booleans(), st.booleans(), st.lists(st.integers(0, 2**17 - 1), min_size=4, max_size=4), latitudes, longitudes)
def test_any_bits_give_a_possible_position_or_nothing(
    surface: bool, odd_last: bool, bits: list[int], latitude_deg: float, longitude_deg: float
) -> None:
    last, other = Cell(odd_last, surface, *bits[:2]), Cell(not odd_last, surface, *bits[2:])
    near_deg = latitude_deg, longitude_deg
    for found in (pair_position(last, other, near_deg), near_position(last, near_deg)):
        assert found is None or (-90 <= found[0] <= 90 and -180 <= found[1] <= 180)
