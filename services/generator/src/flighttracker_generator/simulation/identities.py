"""Assigns unique 24-bit addresses and registrations to the aircraft of a simulated fleet.

Pure and deterministic: a stride visits each number of a state once. When the block or pattern of a small state is used
up, further aircraft are registered in the United States, as leased aircraft often are. `fleet` calls it.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from typing import NamedTuple

from flighttracker_generator.simulation.states import (
    US_REGISTRATIONS,
    State,
    registration,
    registrations_in,
    states,
    us_registration,
)

_STRIDE = 7919


class Identity(NamedTuple):
    """The address, registration and country of an airframe."""

    icao24: str
    registration: str
    country: str


class Register:
    """Assigns identities; the same requests in the same order with the same seed get the same ones."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._taken: Counter[str] = Counter()

    def enter(self, state: State, *, light: bool) -> Identity:
        """Register one more aircraft; a light one where the state has registrations for those."""
        if state.country == "US":
            return self._enter_us()
        patterns = state.registrations[::-1] if light else state.registrations
        address_number = self._next(f"{state.country} addresses", state.addresses - 1)
        if address_number is not None:
            for pattern in patterns:
                number = self._next(f"{state.country} {pattern}", registrations_in(pattern))
                if number is not None:
                    address = state.first_address + 1 + address_number
                    return Identity(f"{address:06x}", registration(pattern, number), state.name)
        return self._enter_us()

    def _enter_us(self) -> Identity:
        number = self._next("US", US_REGISTRATIONS)
        assert number is not None, "the fleet is smaller than the US register"
        address = 0xA00001 + number
        return Identity(f"{address:06x}", us_registration(address), states()["US"].name)

    def _next(self, series: str, size: int) -> int | None:
        """Return the next number of a series below `size`, each once, or None when all are taken."""
        taken = self._taken[series]
        if taken >= size:
            return None
        self._taken[series] += 1
        stride = _STRIDE
        while math.gcd(stride, size) != 1:
            stride += 1
        return (self._seed * 104_729 + zlib.crc32(series.encode()) + taken * stride) % size
