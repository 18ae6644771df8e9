"""Key frames and recent frames in lists."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from flighttracker.bus.base import FrameStore, KeyPoint, StoredKey
from flighttracker.clock import Clock
from flighttracker.frame import read_header


class MemoryFrameStore(FrameStore):
    """Key frames and recent frames of this process."""

    def __init__(self, recent_frames: int, clock: Clock) -> None:
        self._clock = clock
        self._recent_frames = recent_frames
        self._epochs: dict[int, int] = {}
        self._keys: dict[int, StoredKey] = {}
        self._key_epochs: dict[int, int] = {}
        self._recent: dict[int, deque[tuple[int, int, bytes]]] = {}

    async def next_epoch(self, shard: int) -> int:
        """Return milliseconds since 1970, or one more than the last epoch when that is greater."""
        epoch = max(self._clock.now_ms(), self._epochs.get(shard, 0) + 1)
        self._epochs[shard] = epoch
        return epoch

    async def put_key(self, shard: int, epoch: int, key: StoredKey) -> None:
        """Keep the latest key frame; one of an older epoch changes nothing."""
        if epoch >= self._key_epochs.get(shard, 0):
            self._key_epochs[shard] = epoch
            self._keys[shard] = key

    async def get_key(self, shard: int) -> StoredKey | None:
        """Return the latest key frame."""
        return self._keys.get(shard)

    async def get_key_point(self, shard: int) -> KeyPoint | None:
        """Return what the latest key frame stands for."""
        key = self._keys.get(shard)
        if key is None:
            return None
        header = read_header(key.frame)
        return KeyPoint(header.epoch, header.sequence, key.next_offset)

    async def put_recent(self, shard: int, epoch: int, sequence: int, frame: bytes) -> None:
        """Keep a delta frame; the oldest goes when the bound is reached."""
        recent = self._recent.setdefault(shard, deque(maxlen=self._recent_frames))
        recent.append((epoch, sequence, frame))

    async def recent_after(self, shard: int, epoch: int, sequence: int) -> Sequence[bytes] | None:
        """Return the frames after `sequence` when none is missing."""
        kept = [(number, frame) for kept_epoch, number, frame in self._recent.get(shard, ()) if kept_epoch == epoch]
        following = [(number, frame) for number, frame in kept if number > sequence]
        if not kept or (following and following[0][0] != sequence + 1) or kept[-1][0] < sequence:
            return None
        return [frame for _, frame in following]
