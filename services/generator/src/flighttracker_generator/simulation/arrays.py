"""Array types of the vectorised modules, and a hash that is the same on every machine and in every run.

Pure. Random properties of a flight come from `unit_hash` of the aircraft and the flight, never from a random generator
with state. This makes the traffic a function of the seed and the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Names = npt.NDArray[np.object_]


def hash64(*parts: npt.NDArray[Any] | int) -> npt.NDArray[np.uint64]:
    """Return a well mixed 64-bit hash of integers, element by element (splitmix64's finaliser after each part)."""
    shape = np.broadcast_shapes(*(np.shape(part) for part in parts))
    mixed = np.zeros(shape, dtype=np.uint64)
    for part in parts:
        mixed = mixed + np.asarray(part).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed


def unit_hash(*parts: npt.NDArray[Any] | int) -> Floats:
    """Return `hash64` as numbers from 0 up to 1."""
    return np.asarray((hash64(*parts) >> np.uint64(11)).astype(np.float64) * 2.0**-53)
