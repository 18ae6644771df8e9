"""Measures where each aircraft is at a tick, as a motion of a class of zoom. Pure.

Only the gateway measures, so floating point is allowed here; readers repeat `flighttracker.tiles.motion` only.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.flight import EMERGENCY_SQUAWKS, STATUSES
from flighttracker.frame.layout import (
    BARO_ALTITUDE,
    GROUND_SPEED,
    LATITUDE,
    LONGITUDE,
    NULL,
    SQUAWK,
    STATUS,
    TRACK,
    VERTICAL_RATE,
)
from flighttracker.frame.quantity import UNITS_PER_DEGREE
from flighttracker.tiles.motion import (
    HEADING,
    HEADING_STEPS,
    MOTION_COUNT,
    NO_ALTITUDE,
    NO_HEADING,
    NO_SPEED,
    ON_GROUND,
    STATUS_BITS,
    VELOCITY_X,
    VELOCITY_Y,
    X,
    Y,
    is_moving,
)
from flighttracker.tiles.zoom_class import ZoomClass

Numbers = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer[Any]]

EQUATOR_M: Final = 40_075_016.686
NORTHERNMOST_DEG: Final = 85.051129
"""The edge of a Web Mercator map."""
KNOT_MPS: Final = 0.514444
LATE_S: Final = 35
"""Without a report for so long, an aircraft is late: viewers are told its age, and it fades."""
DEAD_RECKONING_S: Final = 60
"""For so long after its report, an aircraft is taken to fly on."""
MOST_AHEAD_S: Final = 10
"""A report is taken back to the tick by at most so much."""
_DISTRESS: Final = [int(code, 8) for code in sorted(EMERGENCY_SQUAWKS)]
_EMERGENCY: Final = STATUSES.index("emergency")
_CLIMB_STEPS_PER_S: Final = 64 / 60 / 25


class Flying(NamedTuple):
    """Aircraft at a tick, independent of a class; each (n).

    Attributes:
        x: Web Mercator, 0 to 1 from the west.
        y: 0 to 1 from the north.
        velocity_x: worlds per second.
        velocity_y: worlds per second, to the south.
        altitude: 25 ft.
        climb: 64 ft/min.
        track_deg: degrees.
        speed_kt: knots.
        state: as in `flighttracker.tiles.motion`.
        age_s: seconds since the report, 0 unless late.
        flies_on_s: seconds for which it is still taken to fly on; 0 if it rests.
    """

    x: Numbers
    y: Numbers
    velocity_x: Numbers
    velocity_y: Numbers
    altitude: Numbers
    climb: Numbers
    track_deg: Numbers
    speed_kt: Numbers
    state: Integers
    age_s: Numbers
    flies_on_s: Numbers

    def stopping_by(self, interval_s: float) -> Flying:
        """Slow those aircraft that stop before the next tick, so that they arrive at their last place with it.

        A viewer learns of a stop with a tick. Until then it would fly an aircraft past its last place, and take it
        back.
        """
        (ending,) = np.nonzero((self.flies_on_s > 0) & (self.flies_on_s < interval_s))
        if not len(ending):
            return self
        part = self.flies_on_s[ending] / interval_s
        velocity_x, velocity_y, climb = self.velocity_x.copy(), self.velocity_y.copy(), self.climb.copy()
        for column in (velocity_x, velocity_y, climb):
            column[ending] *= part
        return self._replace(velocity_x=velocity_x, velocity_y=velocity_y, climb=climb)


def flying(dynamic: Integers, position_time_ms: Integers, tick_time_ms: int) -> Flying:
    """Return where aircraft are at `tick_time_ms`, from their newest reports: `dynamic` (11, n)."""
    latitude_deg = np.clip(dynamic[LATITUDE] / UNITS_PER_DEGREE, -NORTHERNMOST_DEG, NORTHERNMOST_DEG)
    sine = np.sin(np.radians(latitude_deg))
    x = dynamic[LONGITUDE] / UNITS_PER_DEGREE / 360 + 0.5
    y = 0.5 - np.arctanh(sine) / (2 * np.pi)
    speed, track = dynamic[GROUND_SPEED], dynamic[TRACK]
    no_speed, no_track, no_altitude = speed == NULL, track == NULL, dynamic[BARO_ALTITUDE] == NULL
    since_s = (tick_time_ms - position_time_ms) / 1000
    age_s = np.maximum(0.0, since_s)
    moves = ~(no_speed | no_track) & (age_s < DEAD_RECKONING_S)
    track_deg = np.where(no_track, 0.0, track / 10)
    speed_kt = np.where(no_speed, 0.0, speed)
    worlds_per_s = speed_kt * KNOT_MPS / (EQUATOR_M * np.sqrt(1 - sine * sine))
    angle = np.radians(track_deg)
    velocity_x, velocity_y = worlds_per_s * np.sin(angle), -worlds_per_s * np.cos(angle)
    # A gateway has heard reports from after the tick's moment: it ticks a little later, and not at each multiple.
    flown_s = np.where(no_speed | no_track, 0.0, np.clip(since_s, -MOST_AHEAD_S, DEAD_RECKONING_S))
    climb = np.where(dynamic[VERTICAL_RATE] == NULL, 0, dynamic[VERTICAL_RATE]).astype(np.float64)
    altitude = np.where(no_altitude, 0, dynamic[BARO_ALTITUDE]) + climb * _CLIMB_STEPS_PER_S * flown_s
    status = np.where(np.isin(dynamic[SQUAWK], _DISTRESS), dynamic[STATUS] & ~STATUS_BITS | _EMERGENCY, dynamic[STATUS])
    state = (
        (status & STATUS_BITS)
        | np.where(status & 0x10, ON_GROUND, 0)
        | np.where(no_altitude, NO_ALTITUDE, 0)
        | np.where(no_track, NO_HEADING, 0)
        | np.where(no_speed, NO_SPEED, 0)
    )
    return Flying(
        (x + velocity_x * flown_s) % 1,
        np.clip(y + velocity_y * flown_s, 0, 1),
        np.where(moves, velocity_x, 0.0),
        np.where(moves, velocity_y, 0.0),
        altitude,
        np.where(moves & ~no_altitude, climb, 0.0),
        track_deg,
        speed_kt,
        state,
        np.where(age_s >= LATE_S, np.minimum(age_s, 65_535), 0.0),
        np.where(moves, DEAD_RECKONING_S - age_s, 0.0),
    )


def motion_of(at: Flying, zoom: ZoomClass) -> npt.NDArray[np.int64]:
    """Return the motions (9, n) of a class."""
    motion = np.empty((MOTION_COUNT, len(at.x)), np.int64)
    width = 1 << zoom.position_bits
    per_tenth = width << zoom.velocity_shift
    # A column at a time: a table of them all in floating point would be written and read once more.
    for row, column in enumerate(
        (
            at.x * width,
            at.y * width,
            at.velocity_x * (per_tenth / 10),
            at.velocity_y * (per_tenth / 10),
            at.altitude / zoom.altitude_step,
            at.climb,
            at.track_deg * (HEADING_STEPS / 360),
            at.state,
            at.age_s,
        )
    ):
        np.rint(column, out=motion[row], casting="unsafe")
    motion[X] %= width
    motion[Y] = np.minimum(motion[Y], width - 1)
    motion[HEADING] %= HEADING_STEPS
    motion[HEADING, is_moving(motion[VELOCITY_X], motion[VELOCITY_Y])] = 0
    return motion
