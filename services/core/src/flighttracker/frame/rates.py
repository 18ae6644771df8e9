"""Rates: where an aircraft should be, by its last two positions. What `frame.md` calls a frame with rates relies on it.

A rate is the change of latitude and longitude from one heard position to the next, and how long it took. Integers only:
every reader computes the same prediction to the unit. Pure; the encoder of streams and `ShardTable` use it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from flighttracker.frame.layout import AGE_MS, IntArray

RATE_ROWS: Final = 3
"""Of a rate: change of latitude and of longitude in 1e-5 degrees, and the time that it took in 0.1 s, 0 for no rate."""

MAX_CHANGE: Final = 32_767
MAX_ELAPSED: Final = 600
"""A minute; what was heard further apart says nothing of where an aircraft is next."""


def elapsed_between(old_ms: IntArray, new_ms: IntArray) -> IntArray:
    """Return the time between position times, 0.1 s."""
    return (new_ms - old_ms) // AGE_MS


def predicted(rates: IntArray, elapsed: IntArray) -> IntArray:
    """Return the change of latitude and longitude (2, n) that rates (3, n) predict for a time; 0 where they cannot."""
    took = rates[2].astype(np.int64)
    usable = (took > 0) & (elapsed > 0) & (elapsed <= MAX_ELAPSED)
    divisor = np.where(usable, 2 * took, 1)
    return np.where(usable, (2 * rates[:2].astype(np.int64) * elapsed + took) // divisor, 0)


def next_rates(rates: IntArray, change: IntArray, elapsed: IntArray) -> IntArray:
    """Return the rates (3, n) after a change (2, n): none when it is too large; those of before when no time passed."""
    fits = (np.abs(change) <= MAX_CHANGE).all(axis=0) & (elapsed <= MAX_ELAPSED)
    new = np.where(fits, np.stack([change[0], change[1], elapsed]), 0)
    return np.where(elapsed > 0, new, rates).astype(np.int32)
