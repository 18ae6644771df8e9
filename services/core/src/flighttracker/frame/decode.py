"""Decodes a frame as specified in `frame.md`. Pure; every length is checked before memory is allocated for it."""

from __future__ import annotations

import struct
import zlib
from typing import Final

import numpy as np

from flighttracker.errors import FrameError
from flighttracker.frame.layout import (
    ABSOLUTE_BYTES,
    COLUMN_COUNT,
    COMPRESSED,
    HEADER_BYTES,
    IDENTITY,
    KEY,
    KINDS,
    MAX_SLOTS,
    NAMES,
    STATUS,
    TEXTS,
    WITH_KINDS,
    Additions,
    Escapes,
    FrameContent,
    FrameHeader,
    IntArray,
    Updates,
    read_header,
)

_COUNTS: Final = struct.Struct("<5I")
_MAX_STATUS: Final = 31


def decode_frame(frame: bytes) -> tuple[FrameHeader, FrameContent]:
    """Return the header and the content of one frame.

    Raises:
        FrameError: the bytes are not exactly one valid frame of a known version; the message says why.
    """
    header = read_header(frame)
    reader = _Reader(_inflated(header, frame))
    slot_count, removes, adds, updates, escapes = _COUNTS.unpack(reader.take(_COUNTS.size))
    if slot_count > MAX_SLOTS:
        raise FrameError(f"the frame has {slot_count} slots, at most {MAX_SLOTS} are allowed")
    if header.kind == KEY and (removes or updates or escapes):
        raise FrameError("a key frame has only additions")
    content = FrameContent(
        slot_count,
        _below(reader.planes(removes, 4), slot_count, "a removed slot"),
        _additions(reader, adds, slot_count, header),
        _updates(reader, updates, slot_count),
        _escapes(reader, escapes, slot_count),
    )
    if reader.left:
        raise FrameError(f"{reader.left} bytes follow the payload's last section")
    return header, content


def _inflated(header: FrameHeader, frame: bytes) -> bytes:
    payload = frame[HEADER_BYTES:]
    if len(payload) != header.payload_bytes:
        raise FrameError(f"the header announces {header.payload_bytes} bytes of payload, but there are {len(payload)}")
    if header.flags & COMPRESSED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            payload = inflater.decompress(payload, header.inflated_bytes + 1)
        except zlib.error as error:
            raise FrameError(f"the payload cannot be inflated: {error}") from error
        if not inflater.eof or inflater.unused_data:
            raise FrameError("the compressed payload does not end where the frame does")
    if len(payload) != header.inflated_bytes:
        raise FrameError(f"the payload has {len(payload)} bytes, the header says {header.inflated_bytes}")
    return payload


class _Reader:
    """Reads a payload from the front."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._payload) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise FrameError(f"the payload ends {count - self.left} bytes early")
        start, self._at = self._at, self._at + count
        return self._payload[start : self._at]

    def planes(self, count: int, width: int, *, signed: bool = False) -> IntArray:
        taken = np.frombuffer(self.take(count * width), np.uint8).reshape(width, count)
        values = np.zeros((count, 4), np.uint8)
        values[:, :width] = taken.T
        if signed:
            values[:, width:] = np.where(taken[width - 1] & 0x80, np.uint8(0xFF), np.uint8(0))[:, None]
            return values.reshape(-1).view("<i4")
        return values.reshape(-1).view("<u4")

    def bitmap(self, count: int) -> IntArray:
        """Return the indexes of the set bits among `count`."""
        taken = np.frombuffer(self.take((count + 7) // 8), np.uint8)
        bits = np.unpackbits(taken, bitorder="little")
        if bits[count:].any():
            raise FrameError("a bitmap has bits after its last entry")
        return np.flatnonzero(bits[:count])


def _below(numbers: IntArray, limit: int, what: str) -> IntArray:
    if len(numbers) and int(numbers.max()) >= limit:
        raise FrameError(f"{what} is {int(numbers.max())}, not below {limit}")
    return numbers


def _additions(reader: _Reader, adds: int, slot_count: int, header: FrameHeader) -> Additions:
    slots = _below(reader.planes(adds, 4), slot_count, "an added slot").astype(np.intp)
    if len(slots) and (np.diff(slots) <= 0).any():
        raise FrameError("added slots are not in ascending order")
    identities = np.zeros(adds, IDENTITY)
    identities["icao24"] = reader.planes(adds, 3)
    for name, width in TEXTS:
        text = reader.take(adds * width)
        if not text.isascii():
            raise FrameError(f"a {name} is not ASCII")
        identities[name] = np.frombuffer(text, f"S{width}")
    names = _names(reader)
    for name in NAMES:
        identities[name] = _below(reader.planes(adds, 2), len(names), f"the number of an {name}")
    if header.version >= WITH_KINDS:
        for name in KINDS:
            identities[name] = np.frombuffer(reader.take(adds), np.uint8)
    dynamic = np.zeros((COLUMN_COUNT, adds), np.int32)
    for number, width in enumerate(ABSOLUTE_BYTES):
        dynamic[number] = reader.planes(adds, width, signed=True)
    _check_status(dynamic[STATUS])
    return Additions(slots, identities, names, dynamic)


def _names(reader: _Reader) -> tuple[str, ...]:
    count = int.from_bytes(reader.take(2), "little")
    try:
        return tuple(reader.take(reader.take(1)[0]).decode() for _ in range(count))
    except UnicodeDecodeError as error:
        raise FrameError(f"a name is not UTF-8: {error}") from error


def _updates(reader: _Reader, updates: int, slot_count: int) -> Updates:
    differences = np.zeros((COLUMN_COUNT, min(updates, slot_count)), np.int32)
    if not updates:
        return Updates(np.zeros(0, np.intp), differences)
    slots = reader.bitmap(slot_count)
    if len(slots) != updates:
        raise FrameError(f"{len(slots)} slots are marked, {updates} updates announced")
    for number in range(COLUMN_COUNT):
        form = reader.take(1)[0]
        if form == 0:
            continue
        if form in (1, 2):
            differences[number] = _unzigzag(reader.planes(updates, form))
        elif form in (3, 4):
            places = reader.bitmap(updates)
            differences[number][places] = _unzigzag(reader.planes(len(places), form - 2))
        else:
            raise FrameError(f"column form {form} is unknown")
    return Updates(slots, differences)


def _escapes(reader: _Reader, escapes: int, slot_count: int) -> Escapes:
    slots = _below(reader.planes(escapes, 4), slot_count, "an escaped slot").astype(np.intp)
    columns = np.frombuffer(reader.take(escapes), np.uint8).astype(np.intp)
    _below(columns, COLUMN_COUNT, "an escaped column")
    return Escapes(slots, columns, reader.planes(escapes, 4, signed=True))


def _unzigzag(values: IntArray) -> IntArray:
    return (values >> 1).astype(np.int32) ^ -(values & 1).astype(np.int32)


def _check_status(values: IntArray) -> None:
    if len(values) and not (int(values.min()) >= 0 and int(values.max()) <= _MAX_STATUS):
        raise FrameError(f"a status is not within 0 to {_MAX_STATUS}")
