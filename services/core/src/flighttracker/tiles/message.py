"""Encodes and decodes the messages of `flights.v3`: a header, then one part for each tile that has news.

Pure. A part is encoded once, and written to every viewer of the tile.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.errors import FrameError, FrameVersionError
from flighttracker.tiles.bits import MOST_COUNT, BitReader, BitWriter
from flighttracker.tiles.body_reader import ADDRESSES, BodyReader
from flighttracker.tiles.motion import MOTION_COUNT, TENTH_MS, X, Y
from flighttracker.tiles.varint import read_varint, varint
from flighttracker.tiles.zoom_class import CLASSES, ZoomClass

IntArray = npt.NDArray[np.int64]

MAGIC: Final = 0xF3
_HEADER: Final = struct.Struct("<BBII")
MOST_INTERVAL: Final = 0xFFFF
MAX_PARTS: Final = 4_096
MAX_BODY_BYTES: Final = 64 * 1024 * 1024
_KEY_LEVEL: Final = 6
_KIND_COUNT: Final = 2
_OF_KEY: Final = 0
"""Ticks since the previous part, in a key part."""


class TileHeader(NamedTuple):
    """What a message is about.

    Attributes:
        zoom: number of the class.
        epoch: of the gateway's streams; another epoch begins with key parts.
        tick: of the class, ascending; the message describes the moment `tick * interval_ms`.
        interval_ms: time between two ticks of the class, a multiple of 100.
    """

    zoom: int
    epoch: int
    tick: int
    interval_ms: int

    @property
    def tick_time_ms(self) -> int:
        """The moment that the message describes, milliseconds since 1970."""
        return self.tick * self.interval_ms


class TileAdditions(NamedTuple):
    """Aircraft that enter a tile, each (n), `icao24` ascending.

    `kinds` (2, n) are category and address type. `motion` (9, n) was sent `elapsed` ticks ago, which is 0 except in key
    parts: their readers predict from the same motion as those that had it before.
    """

    icao24: IntArray
    kinds: IntArray
    elapsed: IntArray
    motion: IntArray


class TileUpdates(NamedTuple):
    """Aircraft that are not where they were predicted: `places` ascending (n) and `differences` (9, n)."""

    places: IntArray
    differences: IntArray


class TileChanges(NamedTuple):
    """What happened in one tile. A key part has only additions.

    A place is that of an aircraft among those that the tile had before, by ascending address; `removed` (n) are places.
    """

    removed: IntArray
    added: TileAdditions
    updated: TileUpdates


class TileFrame(NamedTuple):
    """A decoded part.

    Attributes:
        tile: number of the tile, `row * 2 ** tile_zoom + column`.
        since: ticks since the tile's previous part, at most 65,535; 0 in a key part.
        is_key: whether the part is the whole tile.
        changes: its content.
    """

    tile: int
    since: int
    is_key: bool
    changes: TileChanges


def join(header: TileHeader, parts: Sequence[bytes]) -> bytes:
    """Return a whole message."""
    packed = _HEADER.pack(MAGIC, header.zoom, header.epoch, header.tick)
    return b"".join((packed, varint(header.interval_ms // TENTH_MS), varint(len(parts)), *parts))


def encode_tile(zoom: ZoomClass, tile: int, since: int, changes: TileChanges) -> bytes:
    """Return the part of a message with what changed in a tile.

    Args:
        zoom: the class.
        tile: number of the tile.
        since: ticks since the tile's previous part, at least 1.
        changes: what happened.
    """
    removed, added, updated = changes
    bits = BitWriter()
    bits.counts(len(removed), len(added.icao24), len(updated.places))
    bits.table(_gaps(removed)[None])
    bits.table(np.vstack((_gaps(added.icao24), added.kinds, _zigzag(_within(zoom, tile, added.motion)))))
    bits.table(np.vstack((_gaps(updated.places), _zigzag(updated.differences))))
    body = bits.packed()
    return b"".join((varint(tile), varint(since), varint(len(body)), body))


def encode_key(zoom: ZoomClass, tile: int, added: TileAdditions) -> bytes:
    """Return the part of a message with a whole tile.

    Args:
        zoom: the class.
        tile: number of the tile.
        added: all its aircraft.
    """
    columns = (_gaps(added.icao24), *added.kinds, added.elapsed, *_zigzag(_within(zoom, tile, added.motion)))
    body = varint(len(added.icao24)) + b"".join(_column(column.astype(np.int64)) for column in columns)
    deflater = zlib.compressobj(_KEY_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflater.compress(body) + deflater.flush()
    return b"".join((varint(tile), varint(_OF_KEY), varint(len(deflated)), varint(len(body)), deflated))


def _within(zoom: ZoomClass, tile: int, motion: IntArray) -> IntArray:
    """Return motions relative to the north-west corner of a tile, x the short way around the world."""
    left, top = _corner(zoom, tile)
    relative = motion.astype(np.int64)
    width = 1 << zoom.position_bits
    relative[X] = (relative[X] - left + width // 2) % width - width // 2
    relative[Y] -= top
    return relative


def _on_map(zoom: ZoomClass, tile: int, relative: IntArray) -> IntArray:
    """Return motions: the inverse of `_within`."""
    left, top = _corner(zoom, tile)
    relative[X] = (relative[X] + left) % (1 << zoom.position_bits)
    relative[Y] += top
    return relative


def _corner(zoom: ZoomClass, tile: int) -> tuple[int, int]:
    row, column = divmod(tile, 1 << zoom.tile_zoom)
    bits = zoom.position_bits - zoom.tile_zoom
    return column << bits, row << bits


def _gaps(ascending: IntArray) -> IntArray:
    """Return ascending numbers as gaps, which are small."""
    gaps: IntArray = np.diff(ascending, prepend=-1).astype(np.int64) - 1
    return gaps


def _ascending(gaps: IntArray, end: int) -> IntArray:
    """Return the numbers below `end` that have these gaps."""
    numbers: IntArray = np.cumsum(gaps + 1) - 1
    if len(numbers) and int(numbers[-1]) >= end:
        raise FrameError(f"number {int(numbers[-1]):x} is not below {end:x}")
    return numbers


def _zigzag(values: IntArray) -> IntArray:
    wide: IntArray = values.astype(np.int64)
    return (wide << 1) ^ (wide >> 63)


def _signed(values: IntArray) -> IntArray:
    return (values >> 1) ^ -(values & 1)


def _column(values: IntArray) -> bytes:
    """Return unsigned integers in the shortest form: nothing; or all, or those that are not 0, in 1, 2 or 4 bytes."""
    nonzero = values != 0
    count = int(np.count_nonzero(nonzero))
    if count == 0:
        return b"\x00"
    most = int(values.max())
    width = 1 if most <= 0xFF else 2 if most <= 0xFFFF else 4
    if (len(values) + 7) // 8 + count * width < len(values) * width:
        bitmap = np.packbits(nonzero, bitorder="little").tobytes()
        return bytes([0x10 | width]) + bitmap + _planes(values[nonzero], width)
    return bytes([width]) + _planes(values, width)


def _planes(values: IntArray, width: int) -> bytes:
    return values.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width].T.tobytes()


def split_messages(data: bytes) -> list[bytes]:
    """Return the messages that follow each other in one WebSocket message.

    Raises:
        FrameError: the last one ends early.
    """
    messages, at = [], 0
    while at < len(data):
        start = at
        _, parts, at = _header(data, at)
        for _ in range(parts):
            *_, at = _part(data, at)
        messages.append(data[start:at])
    return messages


def decode_message(message: bytes) -> tuple[TileHeader, list[TileFrame]]:
    """Return the header and the parts of a message.

    Raises:
        FrameError: the bytes are not exactly one valid message; the error says why.
    """
    header, parts, at = _header(message, 0)
    zoom = CLASSES[header.zoom]
    frames = []
    for _ in range(parts):
        tile, since, inflated, body, at = _part(message, at)
        if tile >= 1 << (2 * zoom.tile_zoom):
            raise FrameError(f"tile {tile} is not one of class {zoom.number}")
        is_key = since == _OF_KEY
        changes = _key(zoom, tile, _inflate(body, inflated)) if is_key else _changes(zoom, tile, body)
        frames.append(TileFrame(tile, since, is_key, changes))
    if at != len(message):
        raise FrameError(f"{len(message) - at} bytes follow the last tile")
    return header, frames


def read_tile_header(message: bytes) -> TileHeader:
    """Return the header of a message."""
    return _header(message, 0)[0]


def _header(data: bytes, at: int) -> tuple[TileHeader, int, int]:
    """Return a header, the number of parts, and the place after them."""
    if len(data) - at < _HEADER.size:
        raise FrameError(f"a message header has more than {_HEADER.size} bytes, but there are {len(data) - at}")
    magic, number, epoch, tick = _HEADER.unpack_from(data, at)
    if magic != MAGIC:
        raise FrameVersionError(f"a message begins with {MAGIC:x}, not {magic:x}")
    if number >= len(CLASSES):
        raise FrameError(f"class {number} is unknown")
    interval, at = read_varint(data, at + _HEADER.size)
    parts, at = read_varint(data, at)
    if not 0 < interval <= MOST_INTERVAL:
        raise FrameError(f"the interval of a class is {interval}")
    if parts > MAX_PARTS:
        raise FrameError(f"a message of {parts} tiles is larger than {MAX_PARTS}")
    return TileHeader(number, epoch, tick, interval * TENTH_MS), parts, at


def _part(data: bytes, at: int) -> tuple[int, int, int, bytes, int]:
    """Return tile, since, length of the inflated body of a key, body, and the place after it."""
    tile, at = read_varint(data, at)
    since, at = read_varint(data, at)
    length, at = read_varint(data, at)
    inflated = 0
    if since == _OF_KEY:
        inflated, at = read_varint(data, at)
    if inflated > MAX_BODY_BYTES:
        raise FrameError(f"a tile of {inflated} bytes is larger than {MAX_BODY_BYTES}")
    if at + length > len(data):
        raise FrameError("the message ends within a tile")
    return tile, since, inflated, data[at : at + length], at + length


def _inflate(body: bytes, inflated: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(body, inflated + 1)
    except zlib.error as error:
        raise FrameError(f"a tile cannot be inflated: {error}") from error
    if not inflater.eof or inflater.unused_data:
        raise FrameError("a compressed tile does not end where its part does")
    if len(plain) != inflated:
        raise FrameError(f"a tile has {len(plain)} bytes, its header says {inflated}")
    return plain


def _key(zoom: ZoomClass, tile: int, body: bytes) -> TileChanges:
    count, at = read_varint(body, 0)
    if count > MOST_COUNT:
        raise FrameError(f"a tile of {count} aircraft is larger than {MOST_COUNT}")
    reader = BodyReader(body[at:])
    icao24 = _ascending(reader.column(count), ADDRESSES)
    kinds = np.stack([reader.column(count) for _ in range(_KIND_COUNT)])
    elapsed = reader.column(count)
    motion = _on_map(zoom, tile, _signed(np.stack([reader.column(count) for _ in range(MOTION_COUNT)])))
    if reader.left:
        raise FrameError(f"{reader.left} bytes follow a tile's last section")
    return NOTHING._replace(added=TileAdditions(icao24, kinds, elapsed, motion))


def _changes(zoom: ZoomClass, tile: int, body: bytes) -> TileChanges:
    reader = BitReader(body)
    removes, adds, updates = (reader.count() for _ in range(3))
    removed = _ascending(reader.table(1, removes)[0], MOST_COUNT)
    added = reader.table(1 + _KIND_COUNT + MOTION_COUNT, adds)
    icao24 = _ascending(added[0], ADDRESSES)
    motion = _on_map(zoom, tile, _signed(added[1 + _KIND_COUNT :]))
    additions = TileAdditions(icao24, added[1 : 1 + _KIND_COUNT], np.zeros(adds, np.int64), motion)
    updated = reader.table(1 + MOTION_COUNT, updates)
    reader.end()
    places = _ascending(updated[0], MOST_COUNT)
    return TileChanges(removed, additions, TileUpdates(places, _signed(updated[1:])))


_NONE: Final = np.zeros(0, np.int64)
_NO_MOTION: Final = np.zeros((MOTION_COUNT, 0), np.int64)
_NO_ADDITIONS: Final = TileAdditions(_NONE, np.zeros((_KIND_COUNT, 0), np.int64), _NONE, _NO_MOTION)
NOTHING: Final = TileChanges(_NONE, _NO_ADDITIONS, TileUpdates(_NONE, _NO_MOTION))
