from __future__ import annotations

import gc

import pytest

from flighttracker.avro import PositionCodec
from flighttracker.block_reader import BlockReader
from flighttracker.bus.base import StoredRecord
from flighttracker.bus.record_block import RecordBlock
from flighttracker_historian.writing.shard_rows import ShardRows
from flighttracker_historian.writing.shard_writer import ENOUGH, ENOUGH_BYTES, LATEST_MS, ShardWriter
from tests.example_flights import NOW_MS, position


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


@pytest.mark.parametrize("wrong_ms", [-1, 0, 2**63 - 1])
@pytest.mark.parametrize("count", [1, 40])
def test_records_of_others_with_a_wrong_time_cost_only_themselves(wrong_ms: int, count: int) -> None:
    """Also if they are most of the records."""
    value = PositionCodec().encode(position())
    writer = ShardWriter(0, 1, 0, ShardRows(0.0, 0))
    wrong = [StoredRecord(offset, b"", value, wrong_ms) for offset in range(9 * count)]
    right = [
        StoredRecord(9 * count + place, b"", PositionCodec().encode(moved), NOW_MS)
        for place in range(count)
        for moved in [position(position_time=NOW_MS + place, last_contact=NOW_MS + place)]
    ]
    writer.hold([*wrong[: 5 * count], *right, *wrong[5 * count :]])
    refusals = writer.read(BlockReader(PositionCodec(), LATEST_MS))
    assert len(refusals) == len(wrong)
    assert writer.waiting == count
