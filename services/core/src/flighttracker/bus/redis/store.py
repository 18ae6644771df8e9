"""The frame store on Redis: key frames, recent frames and epochs.

A key frame is a string that expires: its offset in the log as eight big-endian bytes, then the frame. Recent frames are
a stream with entry ids `epoch-sequence`: Redis rejects late writes of former owners, and one range query finds a gap.
An epoch is the milliseconds since 1970, or the last epoch plus one if that is greater. It can be compared with epochs
that gateways choose from their clocks while Redis is unavailable, and with epochs from before Redis lost its data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from redis.exceptions import ResponseError

from flighttracker.bus.base import KeyPoint, StoredKey
from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.clock import Clock
from flighttracker.errors import FrameError, SharingError
from flighttracker.frame import HEADER_BYTES, read_header

_FRAME: Final = b"f"
_OFFSET_BYTES: Final = 8
_OLD_ID: Final = "equal or smaller"
"""Part of Redis' error for an entry id that is not greater than the last one."""

MAX_SEQUENCE: Final = 2**64 - 1
EPOCH_EXPIRY_MS: Final = 7 * 24 * 3_600_000
"""The epochs of a deleted tracker expire after a week."""

MAX_EPOCH: Final = 2**52
"""What is greater was not written by a gateway: Lua counts exactly to 2**53, and the present is below 2**41."""
MAX_OFFSET: Final = 2**63 - 1
MAX_KEY_BYTES: Final = 64 * 1024 * 1024
"""A longer key frame was not written by a gateway; one of 100,000 aircraft has about 7 MB."""

# Formatted as %.0f, because Lua prints a number of 13 digits as 1.7e+12.
_NEXT_EPOCH: Final = f"""
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
if not (last and last >= 0 and last < {MAX_EPOCH}) then last = 0 end
local epoch = math.max(tonumber(ARGV[1]), last + 1)
redis.call('SET', KEYS[1], string.format('%.0f', epoch), 'PX', ARGV[2])
return epoch
"""

# The epoch is at byte 8 of the frame's header, little-endian.
_PUT_KEY: Final = f"""
local epoch = redis.call('GETRANGE', KEYS[1], {_OFFSET_BYTES + 8}, {_OFFSET_BYTES + 15})
if #epoch == 8 and struct.unpack('<I8', epoch) > tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""


class RedisFrameStore:
    """See `bus.base.FrameStore`. Keys are `PREFIX:key:SHARD`, `PREFIX:recent:SHARD` and `PREFIX:epoch:SHARD`."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._expiry_ms = round(connection.settings.key_frame_expiry_s * 1000)

    async def next_epoch(self, shard: int) -> int:
        """Return an epoch for a new owner, greater than all earlier ones."""
        async with self._connection.asking("get an epoch"):
            epoch: Any = await self._connection.client.eval(
                _NEXT_EPOCH, 1, self._connection.key("epoch", shard), self._clock.now_ms(), EPOCH_EXPIRY_MS
            )
        return int(epoch)

    async def put_key(self, shard: int, epoch: int, key: StoredKey) -> None:
        """Store the latest key frame until it expires; ignores one of an older epoch."""
        value = key.next_offset.to_bytes(_OFFSET_BYTES, "big") + key.frame
        async with self._connection.asking("store a key frame"):
            await self._connection.client.eval(
                _PUT_KEY, 1, self._connection.key("key", shard), value, self._expiry_ms, epoch
            )

    async def get_key(self, shard: int) -> StoredKey | None:
        """Return the latest key frame."""
        key = self._connection.key("key", shard)
        [value] = await self._connection.read("read a key frame", MAX_KEY_BYTES, key)
        if value is None:
            return None
        next_offset = int.from_bytes(value[:_OFFSET_BYTES], "big")
        return StoredKey(value[_OFFSET_BYTES:], next_offset) if next_offset <= MAX_OFFSET else None

    async def get_key_point(self, shard: int) -> KeyPoint | None:
        """Return the key point of the latest key frame, None if it is not one; reads only its header."""
        last = _OFFSET_BYTES + HEADER_BYTES - 1
        async with self._connection.asking("read the header of a key frame"):
            value: Any = await self._connection.client.getrange(self._connection.key("key", shard), 0, last)
        if not value:
            return None
        next_offset = int.from_bytes(value[:_OFFSET_BYTES], "big")
        try:
            header = read_header(bytes(value[_OFFSET_BYTES:]))
        except FrameError:
            return None
        return KeyPoint(header.epoch, header.sequence, next_offset) if next_offset <= MAX_OFFSET else None

    async def put_recent(self, shard: int, epoch: int, sequence: int, frame: bytes) -> None:
        """Store a delta frame; ignores one of an older epoch, or one that is stored already."""
        key = self._connection.key("recent", shard)
        pipeline = self._connection.client.pipeline(transaction=False)
        pipeline.xadd(key, {_FRAME: frame}, id=f"{epoch}-{sequence}", maxlen=self._connection.settings.recent_frames)
        pipeline.pexpire(key, self._expiry_ms)
        async with self._connection.asking("store a frame"):
            added, _ = await pipeline.execute(raise_on_error=False)
        if isinstance(added, ResponseError) and _OLD_ID in str(added):
            return
        if isinstance(added, Exception):
            raise SharingError(f"cannot store a frame at {self._connection.address}: {added}") from added

    async def recent_after(self, shard: int, epoch: int, sequence: int) -> Sequence[bytes] | None:
        """Return the frames after `sequence`; None if one is missing."""
        async with self._connection.asking("read recent frames"):
            entries: Any = await self._connection.client.xrange(
                self._connection.key("recent", shard), f"{epoch}-{sequence}", f"{epoch}-{MAX_SEQUENCE}"
            )
        kept = [(int(entry_id.partition(b"-")[2]), fields[_FRAME]) for entry_id, fields in entries if _FRAME in fields]
        if not kept or kept[0][0] > sequence + 1 or kept[-1][0] - kept[0][0] != len(kept) - 1:
            return None
        return [frame for number, frame in kept if number > sequence]
