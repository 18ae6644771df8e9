"""`RecordBlock`: the records of a fetch, whose values are read without an object for each record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload

from flighttracker.bus.base import StoredRecord


class RecordBlock(Sequence[StoredRecord]):
    """Records of one shard, in order; a `StoredRecord` is created when one is asked for.

    Args:
        values: the value of each record.
        record_at: returns the record at a place.
        times_ms: the time of each record, milliseconds since 1970; None: each record is asked for its own.
    """

    def __init__(
        self,
        values: Sequence[bytes],
        record_at: Callable[[int], StoredRecord],
        times_ms: Sequence[int] | None = None,
    ) -> None:
        self.values = values
        self._record_at = record_at
        self.times_ms = times_ms

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, place: int) -> StoredRecord: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[StoredRecord]: ...
    def __getitem__(self, place: int | slice) -> StoredRecord | Sequence[StoredRecord]:
        """Return the record at a place, or those of a slice."""
        if isinstance(place, slice):
            return [self._record_at(each) for each in range(len(self))[place]]
        return self._record_at(range(len(self))[place])


def values_in(records: Sequence[StoredRecord]) -> Sequence[bytes]:
    """Return the value of each record."""
    return records.values if isinstance(records, RecordBlock) else [record.value for record in records]


def times_in(records: Sequence[StoredRecord]) -> Sequence[int]:
    """Return the time of each record, milliseconds since 1970."""
    times_ms = records.times_ms if isinstance(records, RecordBlock) else None
    return [record.timestamp_ms for record in records] if times_ms is None else times_ms
