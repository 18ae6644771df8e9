"""Unpacks what a broker sent, so that no record that others wrote stops or fills a reader.

Any program may write to the topics. aiokafka raises for a batch that it cannot read, again at each attempt, and unpacks
gzip whatever the length. Here a batch that cannot be read is one record whose value is the batch, from its version byte
on: whoever decodes records rejects it by its framing, counts it and keeps it. A record whose headers are no text loses
its headers. `ReadLimit` bounds what one read takes. `reader` and `rejected` install it in aiokafka (`install`).
"""

from __future__ import annotations

import logging
import struct
import time
import zlib
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaError
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.legacy_records import LegacyRecordBatch

MAX_UNPACKED_BYTES: Final = 16 * 1024 * 1024
"""A batch that unpacks to more is not read. Brokers accept 1 MB by default, packed; positions unpack to a few."""
MAX_READ_BYTES: Final = 16 * 1024 * 1024
"""Keys, values and headers that one read takes before it leaves the rest to the next; 2,000 positions are 0.4 MB."""
WARN_AGAIN_S: Final = 60.0
"""Time between two warnings for the same reason."""

_BATCH: Final = struct.Struct(">qiibIhiqqqhii")
"""Offset, length, epoch, version, checksum, attributes, last offset, first and last time, producer (3), count."""
_LENGTH_AT: Final = 8
_LENGTH_ENDS: Final = 12
_VERSION_AT: Final = 16
_ATTRIBUTES: Final = struct.Struct(">h")
_ATTRIBUTES_AT: Final = 21
_NEWEST: Final = 2
_CODEC: Final = 0x07
_LATE_TIME: Final = 0x08
_GZIP: Final = 1
_CODECS: Final = {2: "snappy", 3: "lz4", 4: "zstd"}
_GZIP_HEADER: Final = 16 + zlib.MAX_WBITS
_UNREADABLE: Final = (KafkaError, ValueError, IndexError, OverflowError, struct.error, zlib.error)
"""What aiokafka, and the code below, raise for the bytes of a batch."""

_logger = logging.getLogger(__name__)


class UnreadableError(ValueError):
    """A batch cannot be read; the message says why, and is the same for all batches of a kind."""


class ReadLimit:
    """Bytes that one read may take. A consumer gets it as its `value_deserializer`, which returns values unchanged."""

    def __init__(self) -> None:
        self._left = MAX_READ_BYTES

    def __call__(self, value: bytes | None) -> bytes | None:
        """Return a value as it is."""
        return value

    def begin(self) -> None:
        """Begin the next read."""
        self._left = MAX_READ_BYTES

    def take(self, size: int) -> bool:
        """Return whether this read takes a whole batch of so many bytes."""
        if size > self._left:
            return False
        self._left -= size
        return True

    def take_record(self, record: Any) -> bool:
        """Return whether this read takes one more record, which may be longer than what is left."""
        if self._left <= 0:
            return False
        self._left -= len(record.key or b"") + len(record.value or b"")
        for name, value in record.headers:
            self._left -= len(name) + len(value or b"")
        return True


class FetchedBatches:
    """The batches of one partition in an answer, as bytes; aiokafka's `MemoryRecords`.

    Args:
        data: what the broker sent; the last batch may be incomplete.
    """

    def __init__(self, data: bytes | None) -> None:
        self._data = data or b""
        self._at = 0

    def size_in_bytes(self) -> int:
        """Return how much there is."""
        return len(self._data)

    def has_next(self) -> bool:
        """Return whether there is a complete batch."""
        return self._end() > 0

    def next_batch(self) -> bytes | None:
        """Return the next complete batch."""
        end = self._end()
        batch = self._data[self._at : end]
        self._at = end or self._at
        return batch if end else None

    def _end(self) -> int:
        if len(self._data) - self._at <= _VERSION_AT:
            return 0
        (length,) = struct.unpack_from(">i", self._data, self._at + _LENGTH_AT)
        end: int = self._at + _LENGTH_ENDS + length
        return end if length > _VERSION_AT - _LENGTH_ENDS and end <= len(self._data) else 0


class UnpackedRecords(fetcher.PartitionRecords):  # type: ignore[misc]
    """The records of one partition in an answer. It sets and reads private attributes of its base class.

    Records of transactions are read whether or not they are committed: a program that leaves one open would stop the
    partition otherwise.
    """

    next_fetch_offset: int

    def _unpack_records(self) -> Iterator[Any]:
        limit = self._value_deserializer if isinstance(self._value_deserializer, ReadLimit) else None
        while (data := self._records.next_batch()) is not None:
            batch = _Batch(data)
            if not batch.is_control:
                records = self._readable(batch)
                # The first one unpacks it. Records are counted one by one only at the end of what a read may take.
                begin = list(islice(records, 1))
                is_taken = limit is None or limit.take(batch.size)
                for record in chain(begin, records):
                    if record.offset < self.next_fetch_offset:
                        continue
                    if limit is not None and not is_taken and not limit.take_record(record):
                        # aiokafka asks the broker for the rest, from `next_fetch_offset` on.
                        return
                    self.next_fetch_offset = record.offset + 1
                    yield self._consumer_record(self._tp, record)
            self.next_fetch_offset = max(self.next_fetch_offset, batch.next_offset)

    def _readable(self, batch: _Batch) -> Iterator[Any]:
        """Yield the records of a batch. What cannot be read is one record, with the last offset of the batch."""
        try:
            records = batch.records()
        except _UNREADABLE as error:
            self._warn(batch, error)
            yield batch.as_record()
            return
        try:
            yield from batch.checked(records)
        except _UNREADABLE:
            # The records that were yielded are yielded again, and left out because of their offsets.
            try:
                yield from batch.checked(batch.without_headers())
            except _UNREADABLE as error:
                self._warn(batch, error)
                yield batch.as_record()

    def _warn(self, batch: _Batch, error: Exception) -> None:
        why = str(error) if isinstance(error, UnreadableError) else "its bytes are damaged"
        now_s = time.monotonic()
        if now_s >= _warn_at_s.get(why, 0.0):
            _warn_at_s[why] = now_s + WARN_AGAIN_S
            first, last = batch.offset, batch.next_offset - 1
            _logger.warning("%s: cannot read the batch of records %d to %d: %s", self._tp, first, last, why)


_warn_at_s: Final[dict[str, float]] = {}
"""When to warn again, for each of the few reasons."""


class _Record(NamedTuple):
    """A record with the attributes of aiokafka's."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    checksum: int | None = None


class _Batch:
    """One batch.

    Attributes:
        offset: of its first record.
        next_offset: of the first record behind it.
        is_control: whether it marks the end of a transaction, and has no positions.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._plain = b""
        self.is_new = data[_VERSION_AT] >= _NEWEST and len(data) >= _BATCH.size
        if self.is_new:
            fields = _BATCH.unpack_from(data)
            self.offset, self._attributes, last, self._first_ms, self._last_ms = fields[0], *fields[5:9]
            self._count = fields[12]
            self._batch: Any = DefaultRecordBatch(data)
            self.next_offset = self.offset + max(last, 0) + 1
        else:
            self._batch = LegacyRecordBatch(data, data[_VERSION_AT])
            self.offset = struct.unpack_from(">q", data)[0]
            self.next_offset = self._batch.next_offset
        self.is_control = self._batch.is_control_batch

    @property
    def size(self) -> int:
        """Bytes of the batch, unpacked if it could be."""
        return len(self._plain or self._data)

    def records(self) -> Iterator[Any]:
        """Return its records; raises one of `_UNREADABLE`, also while they are read."""
        if not self._batch.validate_crc():
            raise UnreadableError("its checksum is wrong")
        if not self.is_new:
            # Brokers of this decade store no batches of this format.
            if self._data[_VERSION_AT + 1] & _CODEC:
                raise UnreadableError("it is compressed in a format from before 2017")
            return iter(self._batch)
        codec = self._attributes & _CODEC
        self._plain = self._data
        if codec:
            attributes = _ATTRIBUTES.pack(self._attributes & ~_CODEC)
            head = self._data[:_ATTRIBUTES_AT] + attributes + self._data[_ATTRIBUTES_AT + 2 : _BATCH.size]
            self._plain = head + _unpacked(self._data[_BATCH.size :], codec)
        return iter(DefaultRecordBatch(self._plain))

    def checked(self, records: Iterator[Any]) -> Iterator[Any]:
        """Yield records; raise one of `_UNREADABLE` for an offset that does not belong to the batch."""
        for record in records:
            if not self.offset <= record.offset < self.next_offset:
                raise UnreadableError("its offsets are wrong")
            yield record

    def without_headers(self) -> Iterator[_Record]:
        """Yield its records without their headers, which aiokafka cannot read."""
        if not self.is_new:
            raise UnreadableError("its bytes are damaged")
        at = _BATCH.size
        is_late = bool(self._attributes & _LATE_TIME)
        for _ in range(self._count):
            length, at = _integer(self._plain, at, len(self._plain))
            end = at + length
            if length < 1 or end > len(self._plain):
                raise UnreadableError("its bytes are damaged")
            delta_ms, after = _integer(self._plain, at + 1, end)
            place, after = _integer(self._plain, after, end)
            key, after = _bytes(self._plain, after, end)
            value, after = _bytes(self._plain, after, end)
            time_ms = self._last_ms if is_late else self._first_ms + delta_ms
            yield _Record(self.offset + place, time_ms, int(is_late), key, value)
            at = end

    def as_record(self) -> _Record:
        """Return the batch as one record, whose value has no framing of ours."""
        time_ms = self._last_ms if self.is_new else -1
        return _Record(self.next_offset - 1, time_ms, 0, None, b"\xff" + self._data[_VERSION_AT:])


def install() -> None:
    """Let the consumers of this process unpack with this module; aiokafka creates both classes by these names."""
    fetcher.MemoryRecords = FetchedBatches
    fetcher.PartitionRecords = UnpackedRecords


def _unpacked(body: bytes, codec: int) -> bytes:
    if codec != _GZIP:
        name = _CODECS.get(codec, f"codec {codec}")
        raise UnreadableError(f"it is compressed with {name}; only gzip is supported")
    unpacked = b""
    while body[:2] == b"\x1f\x8b":
        # Several members are one text. What follows the last is no data, as for Java.
        member = zlib.decompressobj(_GZIP_HEADER)
        unpacked += member.decompress(body, MAX_UNPACKED_BYTES + 1 - len(unpacked))
        if len(unpacked) > MAX_UNPACKED_BYTES:
            raise UnreadableError(f"it unpacks to more than {MAX_UNPACKED_BYTES} bytes")
        if not member.eof:
            break
        body = member.unused_data
    return unpacked


def _integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return an integer of variable length, and the place behind it."""
    value = shift = 0
    while at < end and shift < 70:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
    raise UnreadableError("its bytes are damaged")


def _bytes(data: bytes, at: int, end: int) -> tuple[bytes | None, int]:
    length, at = _integer(data, at, end)
    if length < 0:
        return None, at
    if at + length > end:
        raise UnreadableError("its bytes are damaged")
    return data[at : at + length], at + length
