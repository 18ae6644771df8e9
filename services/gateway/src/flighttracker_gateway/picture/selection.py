"""`Selection`: the flights that match filters, in the order of their addresses, from one address on. Pure.

The order does not depend on which aircraft come and go, so a program that asks for one part after another gets every
aircraft that was there all the time exactly once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from flighttracker.flight import FlightPosition
from flighttracker.frame.layout import IDENTITY, NAMES, IdentityArray, IntArray
from flighttracker.frame.quantity import positions_of
from flighttracker_gateway.picture.filters import (
    TEXT_ROWS,
    Filters,
    dynamic_matches,
    identity_matches,
    text_matches,
)
from flighttracker_gateway.picture.picture import FLIGHTS_PER_LIST, ShardPicture

_WIDE_IDENTITY: Final = np.dtype([(name, "<u4" if name in NAMES else IDENTITY[name]) for name in IDENTITY.names or ()])
"""`IDENTITY` with indexes of a name table for all shards."""


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
        self._names: list[str] = []
        self._identities: IdentityArray = np.zeros(0, _WIDE_IDENTITY)
        self._dynamic: IntArray = np.zeros((0, 0), np.int32)
        self._times: IntArray = np.zeros(0, np.int64)

    def steps(self) -> Iterator[None]:
        """Select; each step takes a few milliseconds at most."""
        parts = []
        for shard in self._shards:
            part = self._matching(shard)
            identities = part[0]
            yield
            if self._filters.terms:
                found = []
                for start in range(0, len(identities), TEXT_ROWS):
                    found.append(text_matches(self._filters.terms, identities[start : start + TEXT_ROWS]))
                    yield
                mask = np.concatenate(found) if found else np.zeros(0, np.bool_)
                part = (identities[mask], part[1][:, mask], part[2][mask])
            parts.append(part)
        if parts:
            self._join(parts)

    def lists(self) -> Iterator[list[FlightPosition]]:
        """Yield the flights in lists of at most `FLIGHTS_PER_LIST`, ascending by address."""
        for start in range(0, len(self._identities), FLIGHTS_PER_LIST):
            part = slice(start, start + FLIGHTS_PER_LIST)
            yield positions_of(self._identities[part], self._names, self._dynamic[:, part], self._times[part])

    def _matching(self, shard: ShardPicture) -> tuple[IdentityArray, IntArray, IntArray]:
        """Return copies of what matches in a shard, but for the texts."""
        table = shard.table
        slots = table.taken_slots()
        slots = slots[dynamic_matches(self._filters, table.dynamic[:, slots])]
        slots = slots[identity_matches(self._filters, table.identities[slots], table.names)]
        identities: IdentityArray = table.identities[slots].astype(_WIDE_IDENTITY)
        for name in NAMES:
            identities[name] += np.uint32(len(self._names))
        self._names += table.names
        return identities, table.dynamic[:, slots], table.position_time_ms[slots]

    def _join(self, parts: list[tuple[Any, ...]]) -> None:
        """Sort what all shards have, and cut it."""
        identities, times = (np.concatenate([part[column] for part in parts]) for column in (0, 2))
        # An aircraft that moves to another shard is in both for a moment: the newer position counts.
        order = np.lexsort((-times, identities["icao24"]))
        addresses = identities["icao24"][order]
        order = order[np.concatenate([[True], addresses[1:] != addresses[:-1]])] if len(order) else order
        self.total = len(order)
        order = order[identities["icao24"][order].astype(np.int64) > self._after]
        if self._limit is not None and len(order) > self._limit:
            order = order[: self._limit]
            self.last = int(identities["icao24"][order[-1]])
        self._identities, self._times = identities[order], times[order]
        self._dynamic = np.concatenate([part[1] for part in parts], axis=1)[:, order]
