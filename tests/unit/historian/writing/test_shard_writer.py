from __future__ import annotations

import gc

from flighttracker.bus.base import StoredRecord
from flighttracker.bus.record_block import RecordBlock
from flighttracker_historian.writing.shard_rows import ShardRows
from flighttracker_historian.writing.shard_writer import ENOUGH, ENOUGH_BYTES, ShardWriter


class Key(bytes):
    """A key that can be found."""


def block(offset: int, value: bytes) -> RecordBlock:
    record = StoredRecord(offset, Key(b"a key"), value, 0)
    return RecordBlock([value], lambda _: record)


def test_long_records_are_read_early_and_their_keys_are_not_kept() -> None:
    writer = ShardWriter(0, 1, 0, ShardRows(10.0, 60_000))
    long = bytes(ENOUGH_BYTES // 4 + 1)
    assert [writer.hold(block(offset, long)) for offset in range(4)] == [False, False, False, True]
    gc.collect()
    assert not [each for each in gc.get_objects() if isinstance(each, StoredRecord) and isinstance(each.key, Key)]


def test_short_records_are_read_together() -> None:
    writer = ShardWriter(0, 1, 0, ShardRows(10.0, 60_000))
    assert [writer.hold(block(offset, b"x")) for offset in range(ENOUGH)].index(True) == ENOUGH - 1
