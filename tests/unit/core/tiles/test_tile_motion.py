"""Readers and gateway predict the same integers, also across the 180th meridian and for long."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.tiles import CLASSES, MOTION_COLUMNS, ZoomClass, class_of_zoom, predict
from flighttracker.tiles.motion import (
    AGE,
    ALTITUDE,
    CLIMB,
    HEADING,
    HEADING_STEPS,
    MOTION_COUNT,
    VELOCITY_X,
    VELOCITY_Y,
    X,
    Y,
    apply_differences,
    differences,
    is_moving,
)
from tests.unit.core.tiles.motions import motions

FINEST = CLASSES[-1]
HOUR = 36_000


def one(**columns: int) -> npt.NDArray[np.int64]:
    motion = np.zeros((MOTION_COUNT, 1), np.int64)
    for name, value in columns.items():
        motion[MOTION_COLUMNS.index(name), 0] = value
    return motion


def test_a_zoom_has_the_class_that_is_exact_for_it() -> None:
    assert [class_of_zoom(zoom).number for zoom in (0, 4, 4.5, 6, 8, 9, 10, 13, 17)] == [0, 0, 1, 1, 2, 3, 3, 4, 4]


def test_velocity_and_climb_move_an_aircraft() -> None:
    motion = one(
        x=1_000, y=2_000, velocity_x=3 << FINEST.velocity_shift, velocity_y=-1 << FINEST.velocity_shift, climb=-30
    )
    moved = predict(motion, np.array([100]), FINEST)
    assert (moved[X, 0], moved[Y, 0]) == (1_300, 1_900)
    assert moved[ALTITUDE, 0] == -13, "1,920 ft/min for 10 s are 320 ft, 12.8 times 25 ft"


def test_prediction_rounds_to_the_nearest_unit() -> None:
    almost_half = (1 << FINEST.velocity_shift >> 1) - 1
    assert predict(one(velocity_x=almost_half), np.array([1]), FINEST)[X, 0] == 0
    assert predict(one(velocity_x=almost_half + 1), np.array([1]), FINEST)[X, 0] == 1
    assert predict(one(x=9, velocity_x=-almost_half), np.array([1]), FINEST)[X, 0] == 9


def test_an_aircraft_crosses_the_180th_meridian_and_stays_on_the_map() -> None:
    width = 1 << FINEST.position_bits
    east = one(x=width - 1, velocity_x=2 << FINEST.velocity_shift, velocity_y=-5 << FINEST.velocity_shift)
    moved = predict(east, np.array([1]), FINEST)
    assert (moved[X, 0], moved[Y, 0]) == (1, 0)


def test_nothing_is_predicted_for_longer_than_an_hour_or_into_the_past() -> None:
    motion = one(x=10, velocity_x=1 << FINEST.velocity_shift)
    assert predict(motion, np.array([-5]), FINEST)[X, 0] == 10
    assert (predict(motion, np.array([HOUR + 1]), FINEST) == predict(motion, np.array([HOUR]), FINEST)).all()


def test_only_a_moving_aircraft_has_the_heading_of_its_velocity() -> None:
    assert is_moving(np.array([8, 0, 5, 6]), np.array([0, -7, 6, 6])).tolist() == [True, False, False, True]


@pytest.mark.parametrize("zoom", CLASSES, ids=lambda zoom: str(zoom.number))
@settings(deadline=None)
@given(data=st.data())
def test_differences_lead_from_the_prediction_to_the_new_motion(zoom: ZoomClass, data: st.DataObject) -> None:
    before, after = data.draw(motions(zoom, 3)), data.draw(motions(zoom, 3))
    predicted = predict(before, data.draw(st.integers(0, HOUR)) + np.zeros(3, np.int64), zoom)
    difference = differences(after, predicted, zoom)
    assert (np.abs(difference[HEADING]) <= HEADING_STEPS // 2).all()
    assert (np.abs(difference[X]) <= 1 << zoom.position_bits - 1).all(), "the short way around the world"
    assert (difference[AGE] == after[AGE]).all()
    assert (apply_differences(predicted, difference, zoom) == after).all()
    assert (apply_differences(predicted, difference, zoom)[[VELOCITY_X, VELOCITY_Y, CLIMB]] == after[[2, 3, 5]]).all()
