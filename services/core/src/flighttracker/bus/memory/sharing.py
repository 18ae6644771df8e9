"""The parts that gateways share, in memory: frame store, relay, schema cache, sessions, reports of sources, usage."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from flighttracker.bus.base import BrokerVolume, FrameStore, KeyPoint, StoredKey, StoreMemory
from flighttracker.bus.revoked import (
    MAX_REVOKED,
    MAX_SIGNED_OUT,
    MAX_SIGNED_OUT_PER_USER,
    RevocationsFullError,
    RevokedTokens,
)
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
        """Return milliseconds since 1970, or the last epoch plus one if that is greater."""
        epoch = max(self._clock.now_ms(), self._epochs.get(shard, 0) + 1)
        self._epochs[shard] = epoch
        return epoch

    async def put_key(self, shard: int, epoch: int, key: StoredKey) -> None:
        """Store the latest key frame; ignores one of an older epoch."""
        if epoch >= self._key_epochs.get(shard, 0):
            self._key_epochs[shard] = epoch
            self._keys[shard] = key

    async def get_key(self, shard: int) -> StoredKey | None:
        """Return the latest key frame."""
        return self._keys.get(shard)

    async def get_key_point(self, shard: int) -> KeyPoint | None:
        """Return the key point of the latest key frame."""
        key = self._keys.get(shard)
        if key is None:
            return None
        header = read_header(key.frame)
        return KeyPoint(header.epoch, header.sequence, key.next_offset)

    async def put_recent(self, shard: int, epoch: int, sequence: int, frame: bytes) -> None:
        """Store a delta frame; at the bound, the oldest is dropped."""
        recent = self._recent.setdefault(shard, deque(maxlen=self._recent_frames))
        recent.append((epoch, sequence, frame))

    async def recent_after(self, shard: int, epoch: int, sequence: int) -> Sequence[bytes] | None:
        """Return the frames after `sequence`; None if one is missing."""
        kept = [(number, frame) for kept_epoch, number, frame in self._recent.get(shard, ()) if kept_epoch == epoch]
        following = [(number, frame) for number, frame in kept if number > sequence]
        if not kept or (following and following[0][0] != sequence + 1) or kept[-1][0] < sequence:
            return None
        return [frame for _, frame in following]


class MemoryFrameRelay:
    """Relays frames to every subscriber in this process."""

    def __init__(self, relay_frames: int) -> None:
        self._relay_frames = relay_frames
        self._subscribers: list[asyncio.Queue[bytes]] = []

    async def check(self) -> None:
        """Do nothing: memory is always available."""

    async def publish(self, shard: int, frame: bytes) -> None:  # noqa: ARG002 - channels need the shard
        """Send one frame to every subscriber; a full one loses its oldest frame, where pub/sub would disconnect it."""
        for queue in self._subscribers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(frame)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """Receive every frame that is published inside the context."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(self._relay_frames)
        self._subscribers.append(queue)
        try:
            yield self._frames(queue)
        finally:
            self._subscribers.remove(queue)

    async def _frames(self, queue: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
        while True:
            yield await queue.get()


class MemorySchemaCache:
    """Schemas of this process."""

    def __init__(self) -> None:
        self._schemas: dict[int, bytes] = {}

    async def put(self, schema_id: int, schema: bytes) -> None:
        """Store a schema."""
        self._schemas[schema_id] = schema

    async def get(self, schema_id: int) -> bytes | None:
        """Return a stored schema; None if there is none."""
        return self._schemas.get(schema_id)


class MemorySourceReports:
    """Reports of the sources of this process."""

    def __init__(self) -> None:
        self._reports: dict[str, bytes] = {}

    async def put(self, reports: Mapping[str, bytes]) -> None:
        """Store the latest report of some sources."""
        self._reports.update(reports)

    async def get(self, names: Sequence[str]) -> Mapping[str, bytes]:
        """Return the latest reports by source."""
        return {name: self._reports[name] for name in names if name in self._reports}


class MemorySessions:
    """The viewers of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._viewers: dict[str, int] = {}
        self._revoked_until_ms: dict[str, int] = {}
        self._signed_out: dict[str, tuple[str, int]] = {}

    async def keep_alive(self, pod: str, viewers: int) -> None:
        """Store the number of viewers of a pod; it does not expire."""
        self._viewers[pod] = viewers

    async def viewers(self) -> int:
        """Return the number of viewers."""
        return sum(self._viewers.values())

    async def revoke(self, token_id: str, until_ms: int, *, user: str | None = None) -> None:
        """Put a token on the list of revoked tokens."""
        revoked = await self.revoked()
        if token_id not in revoked.ids:
            if user is not None and sum(user == one for one, _ in self._signed_out.values()) >= MAX_SIGNED_OUT_PER_USER:
                raise RevocationsFullError("user")
            if user is not None and revoked.signed_out >= MAX_SIGNED_OUT:
                raise RevocationsFullError("signed_out")
            if len(revoked.ids) >= MAX_REVOKED:
                raise RevocationsFullError("revoked")
            if user is not None:
                self._signed_out[token_id] = user, until_ms
        self._revoked_until_ms[token_id] = max(until_ms, self._revoked_until_ms.get(token_id, 0))

    async def revoked(self) -> RevokedTokens:
        """Return the tokens that are revoked now."""
        now_ms = self._clock.now_ms()
        self._revoked_until_ms = {name: until for name, until in self._revoked_until_ms.items() if until > now_ms}
        self._signed_out = {name: entry for name, entry in self._signed_out.items() if entry[1] > now_ms}
        return RevokedTokens(frozenset(self._revoked_until_ms), len(self._signed_out))


class MemoryUsage:
    """There are no servers, so there is nothing to read."""

    async def volumes(self) -> Sequence[BrokerVolume]:
        """Return no volumes."""
        return ()

    async def memory(self) -> StoreMemory | None:
        """Return None."""
        return None
