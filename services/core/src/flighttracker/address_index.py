"""`AddressIndex`: finds the slots of aircraft by their ICAO addresses, one or many at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from flighttracker.frame.layout import IntArray


class AddressIndex:
    """Slots by address.

    Args:
        slots: address and slot of each aircraft.
    """

    def __init__(self, slots: Iterable[tuple[int, int]]) -> None:
        self._slot_of = dict(slots)
        self._is_sorted = False
        self._addresses = np.zeros(0, np.uint32)
        self._slots = np.zeros(0, np.intp)

    def __len__(self) -> int:
        return len(self._slot_of)

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield address and slot of each aircraft."""
        yield from self._slot_of.items()

    def get(self, address: int) -> int | None:
        """Return the slot of an address, None if it has none."""
        return self._slot_of.get(address)

    def add(self, address: int, slot: int) -> None:
        """Add an aircraft."""
        self._slot_of[address] = slot
        self._is_sorted = False

    def remove(self, address: int) -> None:
        """Remove an aircraft."""
        del self._slot_of[address]
        self._is_sorted = False

    def find(self, addresses: IntArray) -> IntArray:
        """Return the slots of addresses (n); -1 for one that has none."""
        if not self._slot_of:
            return np.full(len(addresses), -1, np.intp)
        if not self._is_sorted:
            count = len(self._slot_of)
            unsorted = np.fromiter(self._slot_of.keys(), np.uint32, count)
            order = np.argsort(unsorted)
            self._addresses = unsorted[order]
            self._slots = np.fromiter(self._slot_of.values(), np.intp, count)[order]
            self._is_sorted = True
        places = np.searchsorted(self._addresses, addresses)
        places[places == len(self._addresses)] = 0
        return np.where(self._addresses[places] == addresses, self._slots[places], -1)
