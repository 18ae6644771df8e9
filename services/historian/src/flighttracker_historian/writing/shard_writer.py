"""`ShardWriter`: one shard on its way from records to batches. Pure; `reading_log` calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from flighttracker.avro_columns import values_of
from flighttracker.block_reader import BlockReader, Refusal
from flighttracker.bus.base import StoredRecord
from flighttracker.bus.record_block import times_in, values_in
from flighttracker_historian.writing.batch import Batch
from flighttracker_historian.writing.shard_rows import ShardRows

ENOUGH: Final = 1_000
"""Records that are read at once: a block of any size takes numpy about a millisecond."""
ENOUGH_BYTES: Final = 4 * 1024 * 1024
"""Bytes that are read at once: others may write records of a megabyte."""
LAST_MS: Final = 1 << 42
"""Later times of records, after the year 2109, count as this one."""
LATEST_MS: Final = 24 * 3_600_000
"""Positions that are older than their record by more are rejected, which bounds the number of files of a batch."""


class _Held(NamedTuple):
    """Records without their keys and headers, which may be long: values, times, and the first and the last offset."""

    values: Sequence[bytes]
    times_ms: Sequence[int]
    first_offset: int
    last_offset: int


class ShardWriter:
    """A shard that this historian has.

    Args:
        shard: number of the shard.
        log: number of its log.
        stored_offset: the records before it are stored.
        rows: collects the rows.

    Attributes:
        stored_offset: as above; whoever stores a batch sets it.
    """

    def __init__(self, shard: int, log: int, stored_offset: int, rows: ShardRows) -> None:
        self.shard = shard
        self.log = log
        self.stored_offset = stored_offset
        self._rows = rows
        self._held: list[_Held] = []
        self._held_count = self._held_bytes = 0
        self._first_offset: int | None = None
        self._next_offset = stored_offset

    @property
    def waiting(self) -> int:
        """Number of rows that are in no batch yet."""
        return self._rows.waiting

    @property
    def next_offset(self) -> int:
        """The records before it are stored, in a batch, or were not to be kept."""
        return self._next_offset

    def hold(self, records: Sequence[StoredRecord]) -> bool:
        """Add records to the next `read`; return whether they are enough for one, because columns need many."""
        values = values_in(records)
        self._held.append(_Held(values, times_in(records), records[0].offset, records[-1].offset))
        self._held_count += len(values)
        self._held_bytes += sum(map(len, values))
        return self._held_count >= ENOUGH or self._held_bytes >= ENOUGH_BYTES

    def read(self, reader: BlockReader) -> list[Refusal]:
        """Read what is held; return what cannot be used.

        A position is compared with the time of its record, not with this clock: the files are the same whenever and
        wherever the records are read. A record with a wrong time costs no other.
        """
        if not self._held:
            return []
        held, self._held, self._held_count, self._held_bytes = self._held, [], 0, 0
        if self._first_offset is None:
            self._first_offset = held[0].first_offset
        self._next_offset = held[-1].last_offset + 1
        values = [value for each in held for value in each.values]
        times_ms = np.array([time_ms for each in held for time_ms in each.times_ms], np.int64)
        return reader.read(self._rows, values_of(values), times_ms.clip(0, LAST_MS))

    def take(self) -> Batch | None:
        """Return what was read, and forget it; None if there is no row."""
        taken = self._rows.take()
        if taken is None or self._first_offset is None:
            return None
        table, heard = taken
        first_offset, self._first_offset = self._first_offset, None
        return Batch(self.shard, self.log, first_offset, self._next_offset, table, heard)
