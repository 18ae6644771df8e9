"""Columns, widths and flags of `frame.md`, its header, and the structs for a frame's content."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.errors import FrameError, FrameVersionError

IntArray = npt.NDArray[np.integer[Any]]
IdentityArray = npt.NDArray[np.void]

MAGIC: Final = b"FLT"
PLAIN: Final = 1
WITH_KINDS: Final = 2
"""Versions: with `WITH_KINDS`, an addition has a category and an address type."""
KEY: Final = 1
DELTA: Final = 2
COMPRESSED: Final = 1
SUPPRESSED: Final = 2
MAX_INFLATED_BYTES: Final = 64 * 1024 * 1024

_HEADER: Final = struct.Struct("<3sBBBHQIIQII")
HEADER_BYTES: Final = _HEADER.size

AGE_MS: Final = 100
"""Step of the columns `position_age` and `contact_lead`."""
ROUNDED_MS: Final = 2 * AGE_MS
"""Largest difference between the position times that two readers compute for one position, after rounding twice."""
MAX_SLOTS: Final = 1 << 20
"""Most slots of a shard: a damaged frame must not make its reader allocate gigabytes."""

NULL: Final = -32768
"""Value of a two-byte column for "unknown"."""

COLUMNS: Final = (
    "latitude",
    "longitude",
    "baro_altitude",
    "ground_speed",
    "track",
    "vertical_rate",
    "position_age",
    "contact_lead",
    "geo_offset",
    "squawk",
    "status",
)
COLUMN_COUNT: Final = len(COLUMNS)
ABSOLUTE_BYTES: Final = (4, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2)
LATITUDE, LONGITUDE, BARO_ALTITUDE, GROUND_SPEED, TRACK, VERTICAL_RATE = range(6)
POSITION_AGE, CONTACT_LEAD, GEO_OFFSET, SQUAWK, STATUS = range(6, COLUMN_COUNT)

TEXTS: Final = (("callsign", 8), ("registration", 10), ("aircraft_type", 4), ("origin", 4), ("destination", 4))
NAMES: Final = ("operator", "origin_country", "source")
KINDS: Final = ("category", "address_type")

IDENTITY: Final = np.dtype(
    [
        ("icao24", "<u4"),
        *((name, f"S{width}") for name, width in TEXTS),
        *((name, "<u2") for name in NAMES),
        *((name, "u1") for name in KINDS),
    ]
)
"""Fields that are sent once for an aircraft; names are indexes of a name table, kinds those of an Avro enum."""


class FrameHeader(NamedTuple):
    """The 40 bytes before each payload; see `frame.md`."""

    kind: int
    flags: int
    shard: int
    epoch: int
    sequence: int
    payload_bytes: int
    tick_time_ms: int
    inflated_bytes: int
    tick_interval_ms: int
    version: int = PLAIN

    @property
    def is_key(self) -> bool:
        """Whether the frame has the whole shard."""
        return self.kind == KEY

    def pack(self) -> bytes:
        """Return the header's bytes."""
        return _HEADER.pack(MAGIC, self.version, *self[:-1])


class FrameStamp(NamedTuple):
    """Shard, epoch, sequence and time of a frame: the header's fields that do not depend on the content."""

    shard: int
    epoch: int
    sequence: int
    tick_time_ms: int
    tick_interval_ms: int


class Additions(NamedTuple):
    """Aircraft that take a slot: `slots` ascending (n), `identities` (n) of dtype `IDENTITY`, `dynamic` (11, n)."""

    slots: IntArray
    identities: IdentityArray
    names: tuple[str, ...]
    dynamic: IntArray


class Changes(NamedTuple):
    """Aircraft with new positions, for the encoder: `slots` ascending (n), `old` and `new` (11, n) int32.

    The row `POSITION_AGE` of `old` is 0, because an age counts from the tick of its own frame.
    """

    slots: IntArray
    old: IntArray
    new: IntArray


class Updates(NamedTuple):
    """Aircraft with new positions, from the decoder: `slots` ascending (n), `differences` (11, n) int32."""

    slots: IntArray
    differences: IntArray


class Escapes(NamedTuple):
    """Absolute values for differences that were too large: three arrays of equal length."""

    slots: IntArray
    columns: IntArray
    values: IntArray


class FrameContent(NamedTuple):
    """A decoded payload that is not yet applied to a table."""

    slot_count: int
    removed: IntArray
    added: Additions
    updated: Updates
    escapes: Escapes


def read_header(data: bytes | memoryview, at: int = 0) -> FrameHeader:
    """Return the header that begins at byte `at`.

    Raises:
        FrameError: the data is too short, magic, version, kind or flags are not supported, or the payload is too large.
    """
    if len(data) - at < HEADER_BYTES:
        raise FrameError(f"a frame header has {HEADER_BYTES} bytes, but there are {len(data) - at}")
    magic, version, *fields = _HEADER.unpack_from(data, at)
    header = FrameHeader._make((*fields, version))
    if magic != MAGIC:
        raise FrameError(f"a frame begins with {MAGIC.hex()}, not {magic.hex()}")
    if version not in (PLAIN, WITH_KINDS):
        raise FrameVersionError(
            f"frame version {version} is unsupported, this program reads up to version {WITH_KINDS}"
        )
    if header.kind not in (KEY, DELTA):
        raise FrameError(f"frame kind {header.kind} is neither key ({KEY}) nor delta ({DELTA})")
    if header.flags & ~(COMPRESSED | SUPPRESSED):
        raise FrameError(f"frame flags {header.flags:#04x} are unknown")
    if header.inflated_bytes > MAX_INFLATED_BYTES:
        raise FrameError(f"a payload of {header.inflated_bytes} bytes is larger than {MAX_INFLATED_BYTES}")
    return header


def split_frames(message: bytes) -> Iterator[bytes]:
    """Yield the concatenated frames of a message.

    Raises:
        FrameError: the message does not end with its last frame.
    """
    at = 0
    while at < len(message):
        end = at + HEADER_BYTES + read_header(message, at).payload_bytes
        if end > len(message):
            raise FrameError(f"the last frame ends at byte {end}, the message at {len(message)}")
        yield message[at:end]
        at = end
