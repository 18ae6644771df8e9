"""Record batches of Kafka (format v2, not compressed) from an `OutgoingBlock`, with numpy.

The bytes are those that aiokafka's `BatchBuilder` creates record by record. `BuiltBatch` hands them to its producer.
"""

from __future__ import annotations

import itertools
import struct
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.util import calc_crc32c

from flighttracker.bus.outgoing_block import OutgoingBlock

Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]

_VARINT_BYTES: Final = 3
"""For lengths and offsets below 2^20: a batch has at most 512 KB."""
_HEADER: Final = struct.Struct(">qiibI")
"""Base offset, length, leader epoch, magic, checksum."""
_CHECKED: Final = struct.Struct(">hiqqqhii")
"""Attributes, last offset, first and last timestamp, producer id, epoch, first sequence, number of records."""
_BYTES_BEFORE_LENGTH: Final = 12
_MAGIC: Final = 2
_NO_EPOCH: Final = -1
OVERHEAD_BYTES: Final = _HEADER.size + _CHECKED.size


class ShardBatch(NamedTuple):
    """A record batch for one shard."""

    shard: int
    data: bytes
    records: int


class BuiltBatch(BatchBuilder):  # type: ignore[misc]
    """A batch whose bytes exist, for `AIOKafkaProducer.send_batch`.

    It sets private attributes of its base class; test_kafka.py fails if aiokafka renames one.
    """

    def __init__(self, batch: ShardBatch) -> None:
        self._buffer = batch.data
        self._relative_offset = batch.records
        self._closed = True


def record_batches(block: OutgoingBlock, shards: int, max_bytes: int) -> list[ShardBatch]:
    """Return the record batches of a block, in order for each shard.

    Args:
        block: the records.
        shards: number of shards of the topic.
        max_bytes: greatest size of a batch.
    """
    shard_of = (block.hashes & np.uint32(0x7FFFFFFF)) % np.uint32(shards)
    order = np.argsort(shard_of, kind="stable")
    shard_of = shard_of[order]
    value_bytes = block.is_used.sum(axis=1)[order]
    # A record is at most this long, whatever the lengths of its integers are.
    largest = 3 * _VARINT_BYTES + 4 + block.keys.shape[1] + value_bytes
    room = max_bytes - OVERHEAD_BYTES
    starts = [0, *(np.flatnonzero(np.diff(shard_of)) + 1).tolist(), len(order)]
    batches = []
    for first, end in itertools.pairwise(starts):
        before = np.concatenate(([0], np.cumsum(largest[first:end])))
        at = 0
        while at < end - first:
            until = max(int(np.searchsorted(before, before[at] + room, side="right")) - 1, at + 1)
            part = slice(first + at, first + until)
            batches.append(_batch(block, int(shard_of[first]), order[part], value_bytes[part]))
            at = until
    return batches


def _batch(block: OutgoingBlock, shard: int, rows: Ints, value_bytes: Ints) -> ShardBatch:
    count = len(rows)
    key_bytes = block.keys.shape[1]
    offsets, has_offset_byte = _varints(np.arange(count))
    sizes, has_size_byte = _varints(value_bytes)
    # Attributes, timestamp difference, length of the key, number of headers: one byte each.
    body = 4 + has_offset_byte.sum(axis=1) + key_bytes + has_size_byte.sum(axis=1) + value_bytes
    lengths, has_length_byte = _varints(body)
    zeros, ones = np.zeros((count, 2), np.uint8), np.ones((count, 2), np.bool_)
    key_lengths = np.full((count, 1), 2 * key_bytes, np.uint8)
    columns = (lengths, zeros, offsets, key_lengths, block.keys[rows], sizes, block.values[rows], zeros[:, :1])
    used = (
        has_length_byte,
        ones,
        has_offset_byte,
        ones[:, :1],
        np.ones((count, key_bytes), np.bool_),
        has_size_byte,
        block.is_used[rows],
        ones[:, :1],
    )
    records = np.concatenate(columns, axis=1)[np.concatenate(used, axis=1)].tobytes()
    time_ms = block.timestamp_ms
    checked = _CHECKED.pack(0, count - 1, time_ms, time_ms, -1, -1, 0, count) + records
    length = _HEADER.size - _BYTES_BEFORE_LENGTH + len(checked)
    return ShardBatch(shard, _HEADER.pack(0, length, _NO_EPOCH, _MAGIC, calc_crc32c(checked)) + checked, count)


def _varints(numbers: Ints) -> tuple[Bytes, Bools]:
    """Return the bytes (n, 3) of positive numbers as Kafka's variable-length integers, and which bytes are used."""
    rest = 2 * numbers[:, None] >> np.array([0, 7, 14])
    is_used = rest > 0
    is_used[:, 0] = True
    has_more = np.zeros(is_used.shape, np.bool_)
    has_more[:, :-1] = is_used[:, 1:]
    return (rest & 0x7F | np.where(has_more, 0x80, 0)).astype(np.uint8), is_used
