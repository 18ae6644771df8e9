"""Blocks of outgoing records for tests, with gaps in their values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.outgoing_block import OutgoingBlock
from flighttracker.partition import murmur2


def block_of(records: Sequence[OutgoingRecord], gap: int = 3) -> OutgoingBlock:
    """Return records of one time, whose keys have six bytes, as a block."""
    width = gap + max(len(record.value) for record in records)
    values = np.full((len(records), width), 255, np.uint8)
    is_used = np.zeros(values.shape, np.bool_)
    for row, record in enumerate(records):
        size = len(record.value)
        first = size // 2
        is_used[row, :first] = is_used[row, first + gap : gap + size] = True
        values[row][is_used[row]] = np.frombuffer(record.value, np.uint8)
    return OutgoingBlock(
        np.array([list(record.key) for record in records], np.uint8),
        np.array([murmur2(record.key) for record in records], np.uint32),
        values,
        is_used,
        records[0].timestamp_ms,
    )
