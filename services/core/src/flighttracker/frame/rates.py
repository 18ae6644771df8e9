"""Rates: predict an aircraft's next position from its last two. `frame.md` specifies frames with rates.

A rate is the change of latitude and longitude between two received positions, and the time between them. All values are
integers, so every reader computes exactly the same prediction. Pure; the encoder of streams and `ShardTable` use it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from flighttracker.frame.layout import AGE_MS, IntArray

RATE_ROWS: Final = 3
"""Rows of a rate: change of latitude and of longitude in 1e-5 degrees, and the time in 0.1 s (0: no rate)."""

MAX_CHANGE: Final = 32_767
MAX_ELAPSED: Final = 600
"""One minute, in 0.1 s; positions further apart do not predict the next one."""


def elapsed_between(old_ms: IntArray, new_ms: IntArray) -> IntArray:
    """Return the time between position times, 0.1 s."""
    return (new_ms - old_ms) // AGE_MS


def predicted(rates: IntArray, elapsed: IntArray) -> IntArray:
    """Return the change of latitude and longitude (2, n) that rates (3, n) predict for a time, or 0."""
    took = rates[2].astype(np.int64)
    usable = (took > 0) & (elapsed > 0) & (elapsed <= MAX_ELAPSED)
    divisor = np.where(usable, 2 * took, 1)
    return np.where(usable, (2 * rates[:2].astype(np.int64) * elapsed + took) // divisor, 0)


def next_rates(rates: IntArray, change: IntArray, elapsed: IntArray) -> IntArray:
    """Return the rates (3, n) after a change (2, n): 0 if it is too large, and the old rates if no time has passed."""
    fits = (np.abs(change) <= MAX_CHANGE).all(axis=0) & (elapsed <= MAX_ELAPSED)
    new = np.where(fits, np.stack([change[0], change[1], elapsed]), 0)
    return np.where(elapsed > 0, new, rates).astype(np.int32)
