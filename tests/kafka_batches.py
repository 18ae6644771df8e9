"""Record batches of Kafka byte by byte, as programs of others may write them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

from aiokafka.record.util import calc_crc32c, encode_varint

from flighttracker.bus.kafka.batches import _CHECKED, _HEADER, BuiltBatch, ShardBatch

GZIP: Final = 1
SNAPPY: Final = 2
CONTROL: Final = 0x20
TIME_MS: Final = 1_750_000_000_000
Header = tuple[bytes, bytes | None]


def integer(number: int) -> bytes:
    written = bytearray()
    encode_varint(number, written.append)
    return bytes(written)


def text(content: bytes | None) -> bytes:
    return integer(-1) if content is None else integer(len(content)) + content


def record(place: int, value: bytes | None, *, key: bytes | None = b"k", headers: Sequence[Header] = ()) -> bytes:
    fields = b"\0" + integer(0) + integer(place) + text(key) + text(value) + integer(len(headers))
    body = fields + b"".join(text(name) + text(content) for name, content in headers)
    return integer(len(body)) + body


def gzipped(body: bytes) -> bytes:
    return zlib.compress(body, 9, wbits=31)


def batch(
    body: bytes, count: int, *, attributes: int = 0, offset: int = 0, last: int | None = None, time_ms: int = TIME_MS
) -> bytes:
    """Return a batch with any content and a right checksum."""
    last = count - 1 if last is None else last
    checked = _CHECKED.pack(attributes, last, time_ms, time_ms, -1, -1, -1, count) + body
    return _HEADER.pack(offset, _HEADER.size - 12 + len(checked), -1, 2, calc_crc32c(checked)) + checked


def built(data: bytes, count: int) -> BuiltBatch:
    """Return a batch for `AIOKafkaProducer.send_batch`."""
    return BuiltBatch(ShardBatch(0, data, count))
