"""Record batches from columns: the bytes that aiokafka's builder creates from the same records."""

from __future__ import annotations

from collections import defaultdict

import pytest
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.kafka.batches import BuiltBatch, record_batches
from flighttracker.partition import shard_of
from tests.example_flights import NOW_MS
from tests.outgoing_blocks import block_of

LARGE = 512 * 1024


def records_of(sizes: list[int]) -> list[OutgoingRecord]:
    return [
        OutgoingRecord(f"{number % 37:06x}".encode(), bytes([number % 256]) * size, NOW_MS)
        for number, size in enumerate(sizes)
    ]


def built(records: list[OutgoingRecord]) -> bytes:
    builder = BatchBuilder(LARGE, 0)
    for record in records:
        assert builder.append(timestamp=record.timestamp_ms, key=record.key, value=record.value) is not None
    return bytes(builder._build())


@settings(deadline=None)
@given(st.lists(st.sampled_from([0, 1, 40, 49, 50, 51, 63, 64, 120, 8100, 8192]), min_size=1, max_size=90))
def test_the_bytes_are_those_of_aiokafkas_builder(sizes: list[int]) -> None:
    records = records_of(sizes)
    by_shard: defaultdict[int, list[OutgoingRecord]] = defaultdict(list)
    for record in records:
        by_shard[shard_of(record.key, 4)].append(record)
    batches = record_batches(block_of(records), 4, 4 * LARGE)
    assert {batch.shard: batch.data for batch in batches} == {shard: built(own) for shard, own in by_shard.items()}
    assert sum(batch.records for batch in batches) == len(records)


@pytest.mark.parametrize(("count", "size", "max_bytes"), [(20_000, 20, LARGE), (100, 400, 2_000), (10, 5_000, 1_000)])
def test_batches_are_no_larger_than_the_bound_and_in_order(count: int, size: int, max_bytes: int) -> None:
    records = records_of([size] * count)
    read: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for shard, data, records_in_batch in record_batches(block_of(records), 3, max_bytes):
        assert len(data) <= max_bytes or records_in_batch == 1
        batch = MemoryRecords(data).next_batch()
        assert batch is not None
        assert batch.validate_crc()
        for record in batch:
            assert shard_of(record.key, 3) == shard
            read[record.key].append(record.value)
    for key, values in read.items():
        assert values == [record.value for record in records if record.key == key]
    assert sum(map(len, read.values())) == count


def test_a_built_batch_is_a_closed_builder() -> None:
    (batch,) = record_batches(block_of(records_of([5, 6])), 1, LARGE)
    builder = BuiltBatch(batch)
    assert builder.append(timestamp=NOW_MS, key=b"", value=b"") is None
    assert (builder.closed(), builder.record_count(), builder.size()) == (True, 2, len(batch.data))
    assert builder._build() == batch.data
