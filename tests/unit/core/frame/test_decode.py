"""A frame whose numbers are damaged is rejected before it costs memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from flighttracker.errors import FrameError
from flighttracker.frame import KEY, Changes, FrameStamp, ShardTable, decode_frame, encode_frame
from flighttracker.frame.layout import MAX_SLOTS

MOST_BYTES = 100_000


def frame_with(slot_count: int) -> bytes:
    """Return a key frame without aircraft that names so many slots."""
    none = np.zeros(0, np.intp)
    table = ShardTable()
    return encode_frame(
        KEY,
        FrameStamp(0, 1, 0, 1_000, 1_000),
        slot_count=slot_count,
        removed=none,
        added=table.additions(none, 1_000),
        changed=Changes(none, table.dynamic[:, none], table.dynamic[:, none]),
    )


def test_a_frame_with_too_many_slots_is_rejected_and_costs_no_memory() -> None:
    assert decode_frame(frame_with(MAX_SLOTS))[1].slot_count == MAX_SLOTS
    frame = frame_with(MAX_SLOTS + 1)
    tracemalloc.start()
    try:
        with pytest.raises(FrameError, match="has 1048577 slots, at most 1048576 are allowed"):
            decode_frame(frame)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()
