"""`ShardRows`: hears the positions of one shard, and collects those that are kept. Pure; `BlockReader` fills it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from flighttracker.address_index import AddressIndex
from flighttracker.avro_columns import KnownRecords
from flighttracker.flight import FlightPosition
from flighttracker.reports import Bools, Ints, Reports, reports_of
from flighttracker_historian.writing.rows import Identity, table_of
from flighttracker_historian.writing.thinning import Thinner

MAX_AIRCRAFT: Final = 100_000
"""A shard that has heard this many aircraft or identities forgets all of them: their next positions are kept."""


class _Rows(NamedTuple):
    """Kept positions of one block."""

    addresses: Ints
    identities: Ints
    reports: Reports


class ShardRows:
    """Positions of one shard.

    Args:
        tolerance_m: see `Thinner`.
        max_silence_ms: see `Thinner`.

    Attributes:
        index: slots of the aircraft.
        known: how their records begin and end.
        heard: positions since the last `take`.
        waiting: positions that `take` would return.
    """

    def __init__(self, tolerance_m: float, max_silence_ms: int) -> None:
        self._tolerance_m = tolerance_m
        self._max_silence_ms = max_silence_ms
        self.heard = 0
        self.waiting = 0
        self._rows: list[_Rows] = []
        self._addresses: Ints = np.zeros(1, np.uint32)
        self._identities: Ints = np.zeros(1, np.int64)
        self._forget()

    def hear(self, position: FlightPosition) -> int:
        """Add one position; return the slot of the aircraft."""
        address = int(position.icao24, 16)
        slot = self.index.get(address)
        if slot is None:
            slot = len(self.index)
            self.index.add(address, slot)
            if slot >= len(self._addresses):
                self._addresses = np.pad(self._addresses, (0, slot + 1))
                self._identities = np.pad(self._identities, (0, slot + 1))
        identity = _identity_of(position)
        number = self._number_of.get(identity)
        if number is None:
            number = self._number_of[identity] = len(self._texts)
            self._texts.append(identity)
        self.known.forget(slot)
        self._addresses[slot], self._identities[slot] = address, number
        self._add(np.array([slot]), reports_of([position]))
        return slot

    def hear_reports(self, slots: Ints, reports: Reports) -> Bools:
        """Add reports (n), in order; all are heard."""
        # The first report of each slot, then the second: an aircraft's reports depend on each other.
        left = np.arange(len(slots))
        while len(left):
            _, first = np.unique(slots[left], return_index=True)
            turn = left[np.sort(first)]
            self._add(slots[turn], reports.take(turn))
            left = np.delete(left, first)
        return np.ones(len(slots), np.bool_)

    def take(self) -> tuple[pa.Table, int] | None:
        """Return the kept rows in the order of a file and the number of positions heard, and forget both.

        Returns:
            None if no row is to be kept.
        """
        rows, heard = self._rows, self.heard
        if not rows:
            return None
        texts = self._texts
        self._rows, self.heard, self.waiting = [], 0, 0
        if len(self.index) > MAX_AIRCRAFT or len(texts) > MAX_AIRCRAFT:
            self._forget()
        addresses, identities = (np.concatenate([each[at] for each in rows]) for at in (0, 1))
        columns = zip(*(each.reports for each in rows), strict=True)
        reports = Reports._make(np.concatenate(column, axis=-1) for column in columns)
        return table_of(addresses, identities, texts, reports), heard

    def _add(self, slots: Ints, reports: Reports) -> None:
        identities = self._identities[slots]
        is_newer, is_kept = self._thinner.hear(slots, reports, identities)
        self.heard += int(np.count_nonzero(is_newer))
        if (kept := int(np.count_nonzero(is_kept))) > 0:
            self.waiting += kept
            self._rows.append(_Rows(self._addresses[slots[is_kept]], identities[is_kept], reports.take(is_kept)))

    def _forget(self) -> None:
        self.index = AddressIndex(())
        self.known = KnownRecords()
        self._thinner = Thinner(self._tolerance_m, self._max_silence_ms)
        self._addresses = np.zeros(1, np.uint32)
        self._identities = np.zeros(1, np.int64)
        self._texts: list[Identity] = []
        self._number_of: dict[Identity, int] = {}


def _identity_of(position: FlightPosition) -> Identity:
    """Return the texts of a position, in the order of `TEXTS`."""
    return (
        position.callsign,
        position.registration,
        position.aircraft_type,
        position.operator,
        position.origin_country,
        position.origin,
        position.destination,
        position.category,
        position.address_type,
        position.source,
    )
