"""`Selection`: the flights that match filters, in the order of their addresses, from one address on. Pure.

The order does not depend on which aircraft come and go, so a program that asks for one part after another gets every
aircraft that was there all the time exactly once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from flighttracker.flight import FlightPosition
from flighttracker.frame.layout import COLUMN_COUNT, IDENTITY, NAMES, IdentityArray, IntArray
from flighttracker.frame.quantity import positions_of
from flighttracker.query.filters import (
    TEXT_ROWS,
    Filters,
    dynamic_matches,
    identity_matches,
    text_matches,
)
from flighttracker_gateway.picture.picture import FLIGHTS_PER_LIST, ShardPicture

_WIDE_IDENTITY: Final = np.dtype([(name, "<u4" if name in NAMES else IDENTITY[name]) for name in IDENTITY.names or ()])
"""`IDENTITY` with indexes of a name table for all shards."""


class FoundFlights:
    """Flights of several shards, joined in the order of their addresses; call `add` for each shard, then `join`."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.identities: IdentityArray = np.zeros(0, _WIDE_IDENTITY)
        self.dynamic: IntArray = np.zeros((COLUMN_COUNT, 0), np.int32)
        self.times_ms: IntArray = np.zeros(0, np.int64)
        self._parts: list[tuple[IdentityArray, IntArray, IntArray]] = []

    @property
    def addresses(self) -> IntArray:
        """The addresses of the flights."""
        addresses: IntArray = self.identities["icao24"]
        return addresses

    def add(self, identities: IdentityArray, names: list[str], dynamic: IntArray, times_ms: IntArray) -> None:
        """Add flights of a shard.

        Args:
            identities: n aircraft, dtype `IDENTITY`.
            names: the table that `identities` has indexes of.
            dynamic: their columns, shape (11, n).
            times_ms: when each position was measured, milliseconds since 1970.
        """
        wide = identities.astype(_WIDE_IDENTITY)
        for name in NAMES:
            wide[name] += np.uint32(len(self.names))
        self.names += names
        self._parts.append((wide, dynamic, times_ms))

    def join(self) -> None:
        """Sort what was added. Of an aircraft that two shards have for a moment, the newer position counts."""
        if not self._parts:
            return
        identities, times_ms = (np.concatenate([part[column] for part in self._parts]) for column in (0, 2))
        order = np.lexsort((-times_ms, identities["icao24"]))
        if len(order):
            addresses = identities["icao24"][order]
            order = order[np.concatenate([[True], addresses[1:] != addresses[:-1]])]
        self.identities, self.times_ms = identities[order], times_ms[order]
        self.dynamic = np.concatenate([part[1] for part in self._parts], axis=1)[:, order]
        self._parts.clear()

    def keep(self, chosen: Any) -> None:
        """Keep the flights of a slice or a mask."""
        self.identities, self.times_ms = self.identities[chosen], self.times_ms[chosen]
        self.dynamic = self.dynamic[:, chosen]

    def lists(self) -> Iterator[list[FlightPosition]]:
        """Yield the flights in lists of at most `FLIGHTS_PER_LIST`, ascending by address."""
        for start in range(0, len(self.identities), FLIGHTS_PER_LIST):
            part = slice(start, start + FLIGHTS_PER_LIST)
            yield positions_of(self.identities[part], self.names, self.dynamic[:, part], self.times_ms[part])


class Selection:
    """Matching flights; run `steps` to the end before anything else.

    Args:
        shards: the shards of a picture. Each is copied when its step begins.
        filters: which flights.
        after: flights with a greater address only; None for all. `total` does not depend on it.
        limit: most flights.

    Attributes:
        total: number of flights that match.
        last: address of the last flight if more follow, else None.
    """

    def __init__(
        self, shards: Mapping[int, ShardPicture], filters: Filters, after: int | None = None, limit: int | None = None
    ) -> None:
        self.total = 0
        self.last: int | None = None
        self._shards = tuple(shards.values())
        self._filters = filters
        self._after = -1 if after is None else after
        self._limit = limit
        self._found = FoundFlights()

    def steps(self) -> Iterator[None]:
        """Select; each step takes a few milliseconds at most."""
        for shard in self._shards:
            table, names = shard.table, shard.table.names
            slots = table.taken_slots()
            slots = slots[dynamic_matches(self._filters, table.dynamic[:, slots])]
            slots = slots[identity_matches(self._filters, table.identities[slots], names)]
            # Copies: the shard may change before the next step.
            identities, dynamic, times_ms = (
                table.identities[slots],
                table.dynamic[:, slots],
                table.position_time_ms[slots],
            )
            yield
            if self._filters.terms:
                mask = np.zeros(len(identities), np.bool_)
                for start in range(0, len(identities), TEXT_ROWS):
                    part = slice(start, start + TEXT_ROWS)
                    mask[part] = text_matches(self._filters.terms, identities[part])
                    yield
                identities, dynamic, times_ms = identities[mask], dynamic[:, mask], times_ms[mask]
            self._found.add(identities, names, dynamic, times_ms)
        self._found.join()
        self._cut()

    def lists(self) -> Iterator[list[FlightPosition]]:
        """Yield the flights in lists of at most `FLIGHTS_PER_LIST`, ascending by address."""
        return self._found.lists()

    def _cut(self) -> None:
        """Count all flights, and keep those from the address on, up to the limit."""
        self.total = len(self._found.identities)
        self._found.keep(self._found.addresses.astype(np.int64) > self._after)
        if self._limit is not None and len(self._found.identities) > self._limit:
            self._found.keep(slice(0, self._limit))
            self.last = int(self._found.addresses[-1])
