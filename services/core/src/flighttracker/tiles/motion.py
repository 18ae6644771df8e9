"""Where a viewer shows an aircraft: integer arithmetic that every reader of `flights.v3` repeats exactly. Pure.

The motion of an aircraft is a column of nine integers, as of the tick at which it was sent:

    x, y          position in Web Mercator, units of the class; y grows to the south
    velocity_x/y  2 ** -velocity_shift units of position in 0.1 s
    altitude      25 ft times the class's `altitude_step`
    climb         64 ft/min
    heading       360/256 degree, clockwise from true north; 0 for one that `is_moving`: the direction of its velocity
    state         bits 0-3 the status, bit 4 on the ground, bits 5 to 7: altitude, heading, speed unknown
    age           seconds between the report and the tick, 0 for a report that is fresh

`tiles.md` is the reference for this arithmetic, and `tile_vectors.json` has examples.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flighttracker.tiles.zoom_class import ZoomClass

Integers = npt.NDArray[np.int64]

MOTION_COLUMNS: Final = ("x", "y", "velocity_x", "velocity_y", "altitude", "climb", "heading", "state", "age")
MOTION_COUNT: Final = len(MOTION_COLUMNS)
X, Y, VELOCITY_X, VELOCITY_Y, ALTITUDE, CLIMB, HEADING, STATE, AGE = range(MOTION_COUNT)

TENTH_MS: Final = 100
MOST_TENTHS: Final = 36_000
"""An aircraft is never predicted for longer than an hour."""
HEADING_STEPS: Final = 256
MOVING_UNITS: Final = 8

STATUS_BITS: Final = 0x0F
ON_GROUND: Final = 0x10
NO_ALTITUDE: Final = 0x20
NO_HEADING: Final = 0x40
NO_SPEED: Final = 0x80

_CLIMB_NUMERATOR: Final = 8
_CLIMB_DENOMINATOR: Final = 1_875
"""64 ft/min are 8/1875 of 25 ft in 0.1 s."""


def predict(motion: npt.NDArray[np.integer[Any]], tenths: npt.NDArray[np.integer[Any]], zoom: ZoomClass) -> Integers:
    """Return the motions (9, n) that a reader shows `tenths` (n) of a second after they were sent.

    Args:
        motion: (9, n) the motions that were sent.
        tenths: (n) elapsed time in 0.1 s, limited to 0 ... 36,000.
        zoom: the class.
    """
    now = motion.astype(np.int64)
    elapsed = np.clip(tenths.astype(np.int64), 0, MOST_TENTHS)
    shift = zoom.velocity_shift
    half = 1 << shift >> 1
    width = 1 << zoom.position_bits
    now[X] = (now[X] + ((now[VELOCITY_X] * elapsed + half) >> shift)) % width
    now[Y] = np.clip(now[Y] + ((now[VELOCITY_Y] * elapsed + half) >> shift), 0, width - 1)
    denominator = _CLIMB_DENOMINATOR * zoom.altitude_step
    now[ALTITUDE] += (2 * _CLIMB_NUMERATOR * now[CLIMB] * elapsed + denominator) // (2 * denominator)
    return now


def is_moving(velocity_x: npt.NDArray[Any], velocity_y: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which velocities, in units of the class, are large enough to tell the heading."""
    moving: npt.NDArray[np.bool_] = velocity_x * velocity_x + velocity_y * velocity_y >= MOVING_UNITS * MOVING_UNITS
    return moving


def differences(new: Integers, predicted: Integers, zoom: ZoomClass) -> Integers:
    """Return what is sent: `new - predicted` (9, n), x and heading the short way around, and the age itself."""
    result = new - predicted
    width = 1 << zoom.position_bits
    result[X] = (result[X] + width // 2) % width - width // 2
    result[HEADING] = (result[HEADING] + HEADING_STEPS // 2) % HEADING_STEPS - HEADING_STEPS // 2
    result[AGE] = new[AGE]
    return result


def apply_differences(predicted: Integers, difference: Integers, zoom: ZoomClass) -> Integers:
    """Return the new motions: the inverse of `differences`."""
    new = predicted + difference
    new[X] %= 1 << zoom.position_bits
    new[HEADING] %= HEADING_STEPS
    new[AGE] = difference[AGE]
    return new
