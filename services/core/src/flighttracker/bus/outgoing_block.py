"""`OutgoingBlock`: many records of one moment for the position log, as columns of bytes.

The generator creates it, and a log that can store columns (`bus.kafka.batches`) does so without an object for each
record. Any other reader gets an `OutgoingRecord` for each place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from flighttracker.bus.base import OutgoingRecord


class OutgoingBlock(Sequence[OutgoingRecord]):
    """n records.

    Args:
        keys: (n, 6) the icao24 in ASCII.
        hashes: (n) uint32, `partition.murmur2` of each key.
        values: (n, width) the bytes of each value, with gaps.
        is_used: (n, width) which bytes belong to the value.
        timestamp_ms: of every record, milliseconds since 1970.
    """

    def __init__(
        self,
        keys: npt.NDArray[np.uint8],
        hashes: npt.NDArray[np.uint32],
        values: npt.NDArray[np.uint8],
        is_used: npt.NDArray[np.bool_],
        timestamp_ms: int,
    ) -> None:
        self.keys = keys
        self.hashes = hashes
        self.values = values
        self.is_used = is_used
        self.timestamp_ms = timestamp_ms

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[OutgoingRecord]:
        joined = self.values[self.is_used].tobytes()
        at = 0
        for key, size in zip(self.keys, self.is_used.sum(axis=1).tolist(), strict=True):
            yield OutgoingRecord(key.tobytes(), joined[at : at + size], self.timestamp_ms)
            at += size

    @overload
    def __getitem__(self, place: int) -> OutgoingRecord: ...
    @overload
    def __getitem__(self, place: slice) -> OutgoingBlock: ...
    def __getitem__(self, place: int | slice) -> OutgoingRecord | OutgoingBlock:
        """Return the record at a place, or the block of a slice."""
        if isinstance(place, slice):
            return OutgoingBlock(
                self.keys[place], self.hashes[place], self.values[place], self.is_used[place], self.timestamp_ms
            )
        value = self.values[place][self.is_used[place]].tobytes()
        return OutgoingRecord(self.keys[place].tobytes(), value, self.timestamp_ms)
