"""Cruising levels: odd thousands of feet eastbound, even ones westbound, and 500 ft above these for visual flight.

Pure. ICAO Annex 2, appendix 3: with reduced vertical separation up to FL410, and every second thousand feet above it.
`motion` chooses cruise levels from here.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT
from flighttracker_generator.simulation.arrays import Flags, Floats

_EAST_M: Final = np.array([*range(1_000, 42_000, 2_000), 45_000, 49_000]) * METRES_PER_FOOT
_WEST_M: Final = np.array([*range(2_000, 41_000, 2_000), 43_000, 47_000, 51_000]) * METRES_PER_FOOT
_VISUAL_M: Final = 500 * METRES_PER_FOOT
_ROUNDING_M: Final = 0.1


def level_at_or_below(altitude_m: Floats, eastbound: Flags, visual: Flags) -> Floats:
    """Return the highest level at or below an altitude, metres; the lowest level when there is none."""
    above_m = np.where(visual, _VISUAL_M, 0.0)
    wanted = altitude_m - above_m + _ROUNDING_M
    return np.where(eastbound, _at_or_below(_EAST_M, wanted), _at_or_below(_WEST_M, wanted)) + above_m


def level_below(level_m: Floats, eastbound: Flags) -> Floats:
    """Return the next lower level of the same direction."""
    wanted = level_m - 1_000 * METRES_PER_FOOT
    return np.where(eastbound, _at_or_below(_EAST_M, wanted), _at_or_below(_WEST_M, wanted))


def _at_or_below(levels_m: Floats, altitude_m: Floats) -> Floats:
    return np.asarray(levels_m[np.maximum(np.searchsorted(levels_m, altitude_m, side="right") - 1, 0)])
