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
from flighttracker.tiles.body_reader import BodyReader
from flighttracker.tiles.motion import MOTION_COUNT, TENTH_MS, X, Y
from flighttracker.tiles.zoom_class import CLASSES, ZoomClass

IntArray = npt.NDArray[np.int64]

MAGIC: Final = b"FL3"
_HEADER: Final = struct.Struct("<3sBIIHH")
HEADER_BYTES: Final = _HEADER.size
_PART: Final = struct.Struct("<IHBBII")
PART_BYTES: Final = _PART.size
KEY: Final = 1
COMPRESSED: Final = 2

MAX_PARTS: Final = 4_096
MAX_AIRCRAFT: Final = 1 << 20
MAX_BODY_BYTES: Final = 64 * 1024 * 1024
MOST_BITS: Final = 31
_DELTA_LEVEL: Final = 1
_KEY_LEVEL: Final = 6
_SMALLEST_DEFLATED: Final = 48
"""Shorter bodies do not become shorter."""


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
    """Aircraft that are not where they were predicted: `icao24` ascending (n) and `differences` (9, n)."""

    icao24: IntArray
    differences: IntArray


class TileChanges(NamedTuple):
    """What happened in one tile, in this order. `removed` (n) are addresses. A key part has only additions."""

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
    packed = _HEADER.pack(MAGIC, header.zoom, header.epoch, header.tick, header.interval_ms // TENTH_MS, len(parts))
    return b"".join((packed, *parts))


def encode_tile(zoom: ZoomClass, tile: int, since: int, changes: TileChanges, *, is_key: bool) -> bytes:
    """Return one part of a message.

    Args:
        zoom: the class.
        tile: number of the tile.
        since: ticks since the tile's previous part.
        changes: what happened.
        is_key: whether it is the whole tile.
    """
    removed, added, updated = changes
    body = b"".join(
        (
            _COUNTS.pack(len(removed), len(added.icao24), len(updated.icao24)),
            _addresses(removed),
            _addresses(added.icao24),
            *_additions(zoom, tile, added),
            _addresses(updated.icao24),
            *(_column(_zigzag(row)) for row in updated.differences if len(updated.icao24)),
        )
    )
    flags = KEY if is_key else 0
    inflated = len(body)
    if inflated >= _SMALLEST_DEFLATED:
        deflater = zlib.compressobj(_KEY_LEVEL if is_key else _DELTA_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        deflated = deflater.compress(body) + deflater.flush()
        if len(deflated) < inflated:
            body, flags = deflated, flags | COMPRESSED
    return _PART.pack(tile, min(since, 0xFFFF), flags, 0, len(body), inflated) + body


_COUNTS: Final = struct.Struct("<III")


def _additions(zoom: ZoomClass, tile: int, added: TileAdditions) -> list[bytes]:
    if not len(added.icao24):
        return []
    left, top = _corner(zoom, tile)
    motion = added.motion.astype(np.int64)
    width = 1 << zoom.position_bits
    motion[X] = (motion[X] - left + width // 2) % width - width // 2
    motion[Y] -= top
    return [
        *(row.astype(np.uint8).tobytes() for row in added.kinds),
        _column(added.elapsed.astype(np.int64)),
        *(_column(_zigzag(row)) for row in motion),
    ]


def _corner(zoom: ZoomClass, tile: int) -> tuple[int, int]:
    row, column = divmod(tile, 1 << zoom.tile_zoom)
    bits = zoom.position_bits - zoom.tile_zoom
    return column << bits, row << bits


def _addresses(icao24: IntArray) -> bytes:
    """Return ascending addresses as gaps, which are small."""
    if not len(icao24):
        return b""
    gaps: npt.NDArray[np.int64] = np.diff(icao24, prepend=-1).astype(np.int64) - 1
    return _column(gaps)


def _zigzag(values: IntArray) -> npt.NDArray[np.int64]:
    wide = values.astype(np.int64)
    return (wide << 1) ^ (wide >> 63)


def _column(values: npt.NDArray[np.int64]) -> bytes:
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


def _planes(values: npt.NDArray[np.int64], width: int) -> bytes:
    return values.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width].T.tobytes()


def split_messages(data: bytes) -> list[bytes]:
    """Return the messages that follow each other in one WebSocket message.

    Raises:
        FrameError: the last one ends early.
    """
    messages, at = [], 0
    while at < len(data):
        start, end = at, at + HEADER_BYTES
        parts = _HEADER.unpack_from(data, at)[-1] if end <= len(data) else 0
        for _ in range(parts):
            if end + PART_BYTES > len(data):
                raise FrameError("the message ends within a tile's header")
            end += PART_BYTES + _PART.unpack_from(data, end)[4]
        if end > len(data):
            raise FrameError("the message ends within a tile")
        messages.append(data[start:end])
        at = end
    return messages


def decode_message(message: bytes) -> tuple[TileHeader, list[TileFrame]]:
    """Return the header and the parts of a message.

    Raises:
        FrameError: the bytes are not exactly one valid message; the error says why.
    """
    if len(message) < HEADER_BYTES:
        raise FrameError(f"a message header has {HEADER_BYTES} bytes, but there are {len(message)}")
    magic, number, epoch, tick, interval, parts = _HEADER.unpack_from(message)
    if magic != MAGIC:
        raise FrameVersionError(f"a message begins with {MAGIC.hex()}, not {magic.hex()}")
    if number >= len(CLASSES):
        raise FrameError(f"class {number} is unknown")
    if interval == 0:
        raise FrameError("the interval of a class is 0")
    if parts > MAX_PARTS:
        raise FrameError(f"a message of {parts} tiles is larger than {MAX_PARTS}")
    zoom = CLASSES[number]
    frames, at = [], HEADER_BYTES
    for _ in range(parts):
        frame, at = _part(zoom, message, at)
        frames.append(frame)
    if at != len(message):
        raise FrameError(f"{len(message) - at} bytes follow the last tile")
    return TileHeader(number, epoch, tick, interval * TENTH_MS), frames


def _part(zoom: ZoomClass, message: bytes, at: int) -> tuple[TileFrame, int]:
    if len(message) - at < PART_BYTES:
        raise FrameError("the message ends within a tile's header")
    tile, since, flags, reserved, length, inflated = _PART.unpack_from(message, at)
    if flags & ~(KEY | COMPRESSED) or reserved:
        raise FrameError(f"flags {flags:#04x} of a tile are unknown")
    if tile >= 1 << (2 * zoom.tile_zoom):
        raise FrameError(f"tile {tile} is not one of class {zoom.number}")
    if inflated > MAX_BODY_BYTES:
        raise FrameError(f"a tile of {inflated} bytes is larger than {MAX_BODY_BYTES}")
    start, end = at + PART_BYTES, at + PART_BYTES + length
    if end > len(message):
        raise FrameError("the message ends within a tile")
    body = message[start:end]
    if flags & COMPRESSED:
        body = _inflate(body, inflated)
    if len(body) != inflated:
        raise FrameError(f"a tile has {len(body)} bytes, its header says {inflated}")
    is_key = bool(flags & KEY)
    return TileFrame(tile, since, is_key, _changes(zoom, tile, body, is_key=is_key)), end


def _inflate(body: bytes, inflated: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(body, inflated + 1)
    except zlib.error as error:
        raise FrameError(f"a tile cannot be inflated: {error}") from error
    if not inflater.eof or inflater.unused_data:
        raise FrameError("a compressed tile does not end where its part does")
    return plain


def _changes(zoom: ZoomClass, tile: int, body: bytes, *, is_key: bool) -> TileChanges:
    reader = BodyReader(body)
    removes, adds, updates = _COUNTS.unpack(reader.take(_COUNTS.size))
    if max(removes, adds, updates) > MAX_AIRCRAFT:
        raise FrameError(f"a tile of {max(removes, adds, updates)} aircraft is larger than {MAX_AIRCRAFT}")
    if is_key and (removes or updates):
        raise FrameError("a key part has only additions")
    removed = reader.addresses(removes)
    icao24 = reader.addresses(adds)
    if adds:
        kinds = np.stack([np.frombuffer(reader.take(adds), np.uint8).astype(np.int64) for _ in range(2)])
        elapsed = reader.column(adds)
        motion = np.stack([reader.signed(adds) for _ in range(MOTION_COUNT)])
        left, top = _corner(zoom, tile)
        motion[X] = (motion[X] + left) % (1 << zoom.position_bits)
        motion[Y] += top
    else:
        kinds, elapsed, motion = _NO_KINDS, _NONE, _NO_MOTION
    changed = reader.addresses(updates)
    differences = np.stack([reader.signed(updates) for _ in range(MOTION_COUNT)]) if updates else _NO_MOTION
    if reader.left:
        raise FrameError(f"{reader.left} bytes follow a tile's last section")
    return TileChanges(removed, TileAdditions(icao24, kinds, elapsed, motion), TileUpdates(changed, differences))


_NONE: Final = np.zeros(0, np.int64)
_NO_KINDS: Final = np.zeros((2, 0), np.int64)
_NO_MOTION: Final = np.zeros((MOTION_COUNT, 0), np.int64)
NOTHING: Final = TileChanges(_NONE, TileAdditions(_NONE, _NO_KINDS, _NONE, _NO_MOTION), TileUpdates(_NONE, _NO_MOTION))
