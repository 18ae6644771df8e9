"""Random motions and additions for the tests of `flights.v3`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from flighttracker.tiles import TileAdditions, ZoomClass
from flighttracker.tiles.motion import HEADING_STEPS


@st.composite
def motions(draw: st.DrawFn, zoom: ZoomClass, count: int) -> npt.NDArray[np.int64]:
    """Draw motions (9, count) within the ranges of a class."""
    width = 1 << zoom.position_bits
    ranges = (
        (0, width - 1),
        (0, width - 1),
        (-40_000, 40_000),
        (-40_000, 40_000),
        (-500, 40_000),
        (-200, 200),
        (0, HEADING_STEPS - 1),
        (0, 255),
        (0, 65_535),
    )
    # A generator draws the values: Hypothesis would take minutes for so many.
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    is_extreme = draw(st.booleans())
    rows = [
        chance.choice(limits, count) if is_extreme else chance.integers(*limits, count, endpoint=True)
        for limits in ranges
    ]
    return np.array(rows, np.int64).reshape(len(ranges), count)


@st.composite
def additions(draw: st.DrawFn, zoom: ZoomClass) -> TileAdditions:
    """Draw the additions of a part."""
    icao24 = sorted(draw(st.sets(st.integers(0, 0xFFFFFF), max_size=12)))
    count = len(icao24)
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kinds, elapsed = chance.integers(0, 256, (2, count)), chance.integers(0, 70_000, count)
    return TileAdditions(np.array(icao24, np.int64), kinds, elapsed, draw(motions(zoom, count)))
