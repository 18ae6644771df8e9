"""The bus inside one process: what `flighttracker local` and most tests run on.

It keeps the promises of `bus.base` without a server. Each part is bounded: the log keeps the last `retained_records`
of a shard, a relay subscriber holds `relay_frames`, the store the last `recent_frames`, the rejected log the last
`rejected_records`. A log reader that falls out of retention goes on with the oldest record kept; how many it lost is in
`MemoryPositionLog.lost_records`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from flighttracker.bus.base import (
    MAX_REVOKED,
    FrameStore,
    KeyPoint,
    LogEvent,
    OutgoingRecord,
    Records,
    RejectedRecord,
    ResumeAt,
    ShardAssigned,
    ShardRevoked,
    StoredKey,
    StoredRecord,
)
from flighttracker.clock import Clock, SystemClock
from flighttracker.errors import BusError
from flighttracker.frame import read_header
from flighttracker.partition import shard_of

MAX_RECORDS_PER_READ: Final = 500
"""A reader gets at most so many records of a shard at once, so that its loop stays responsive."""


class _Member:
    """One reader of the log: its shards, where it stands in each, and what it has not been told yet."""

    def __init__(self, replay_ms: int, resume_at: ResumeAt | None) -> None:
        self.replay_ms = replay_ms
        self.resume_at = resume_at
        self.next_offset: dict[int, int] = {}
        self.unplaced: deque[int] = deque()
        self.notices: deque[ShardRevoked] = deque()

    def give(self, shard: int) -> None:
        """Deal a shard to this member; it is told where it begins when it asks for events."""
        self.next_offset[shard] = 0
        self.unplaced.append(shard)

    def take(self, shard: int) -> None:
        """Take a shard away; one that it was not told of needs no notice."""
        del self.next_offset[shard]
        if shard in self.unplaced:
            self.unplaced.remove(shard)
        else:
            self.notices.append(ShardRevoked(shard))


class MemoryPositionLog:
    """A partitioned log in lists; see `bus.base.PositionLog`."""

    def __init__(self, shards: int, retained_records: int, clock: Clock) -> None:
        self._clock = clock
        self._logs: list[deque[StoredRecord]] = [deque(maxlen=retained_records) for _ in range(shards)]
        self._ends = [0] * shards
        self._members: list[_Member] = []
        self._readers: list[_Member] = []
        self._changed = asyncio.Condition()
        self.lost_records = 0

    @property
    def shards(self) -> int:
        """How many shards the log has."""
        return len(self._logs)

    async def append(self, records: Sequence[OutgoingRecord]) -> None:
        """Append records, each to the shard of its key."""
        for record in records:
            shard = shard_of(record.key, len(self._logs))
            self._logs[shard].append(StoredRecord(self._ends[shard], *record))
            self._ends[shard] += 1
        async with self._changed:
            self._changed.notify_all()

    def lag(self) -> Mapping[int, int]:
        """Return how many records of each shard a reader has not handed out yet."""
        lag: dict[int, int] = {}
        for reader in self._readers:
            for shard, offset in reader.next_offset.items():
                if shard not in reader.unplaced:
                    lag[shard] = max(lag.get(shard, 0), self._ends[shard] - offset)
        return lag

    @asynccontextmanager
    async def read(
        self, *, replay_ms: int, resume_at: ResumeAt | None = None, alone: bool = False
    ) -> AsyncIterator[AsyncIterator[LogEvent]]:
        """Join the readers; the shards are dealt out anew, as few as possible change hands."""
        member = _Member(replay_ms, resume_at)
        self._readers.append(member)
        try:
            if alone:
                for shard in range(self.shards):
                    member.give(shard)
                yield self._events(member)
            else:
                async with self._joined(member):
                    yield self._events(member)
        finally:
            self._readers.remove(member)

    @asynccontextmanager
    async def _joined(self, member: _Member) -> AsyncIterator[None]:
        """Deal a member its share, and give it back to the others when it leaves."""
        self._members.append(member)
        await self._deal()
        try:
            yield
        finally:
            self._members.remove(member)
            await self._deal()

    async def _deal(self) -> None:
        """Give every member its share; a member keeps what it has up to its share."""
        if self._members:
            fewest, rest = divmod(self.shards, len(self._members))
            shares = {id(member): fewest + (place < rest) for place, member in enumerate(self._members)}
            for member in self._members:
                for shard in list(member.next_offset)[shares[id(member)] :]:
                    member.take(shard)
            held = {shard for member in self._members for shard in member.next_offset}
            free = iter([shard for shard in range(self.shards) if shard not in held])
            for member in self._members:
                while len(member.next_offset) < shares[id(member)]:
                    member.give(next(free))
        async with self._changed:
            self._changed.notify_all()

    async def _place(self, member: _Member, shard: int) -> ShardAssigned | None:
        """Find where a shard begins; None when it was taken away meanwhile."""
        offset = await member.resume_at(shard) if member.resume_at is not None else None
        if not member.unplaced or member.unplaced[0] != shard:
            return None
        member.unplaced.popleft()
        end = self._ends[shard]
        member.next_offset[shard] = offset if offset is not None and offset <= end else self._since(shard, member)
        return ShardAssigned(shard, end)

    def _since(self, shard: int, member: _Member) -> int:
        since_ms = self._clock.now_ms() - member.replay_ms
        return next(
            (record.offset for record in self._logs[shard] if record.timestamp_ms >= since_ms), self._ends[shard]
        )

    async def _events(self, member: _Member) -> AsyncIterator[LogEvent]:
        while True:
            if member.notices:
                yield member.notices.popleft()
                continue
            if member.unplaced:
                assigned = await self._place(member, member.unplaced[0])
                if assigned is not None:
                    yield assigned
                continue
            behind = [shard for shard, offset in member.next_offset.items() if offset < self._ends[shard]]
            if not behind:
                async with self._changed:
                    await self._changed.wait_for(
                        lambda: bool(member.notices or member.unplaced) or self._has_news(member)
                    )
                continue
            for shard in behind:
                if shard in member.next_offset and shard not in member.unplaced:
                    yield Records(shard, self._take(member, shard))

    def _has_news(self, member: _Member) -> bool:
        return any(offset < self._ends[shard] for shard, offset in member.next_offset.items())

    def _take(self, member: _Member, shard: int) -> list[StoredRecord]:
        log = self._logs[shard]
        first = self._ends[shard] - len(log)
        offset = member.next_offset[shard]
        if offset < first:
            self.lost_records += first - offset
            offset = first
        until = min(offset + MAX_RECORDS_PER_READ, self._ends[shard])
        member.next_offset[shard] = until
        return [log[place] for place in range(offset - first, until - first)]


class MemoryRejectedLog:
    """The latest refused records in a bounded list."""

    def __init__(self, rejected_records: int) -> None:
        self._records: deque[RejectedRecord] = deque(maxlen=rejected_records)

    async def append(self, records: Sequence[RejectedRecord]) -> None:
        """Keep refused records."""
        self._records.extend(records)

    async def latest(self, count: int) -> Sequence[RejectedRecord]:
        """Return the latest refused records, newest first."""
        return [record for _, record in zip(range(count), reversed(self._records), strict=False)]


class MemoryFrameRelay:
    """Frames to every subscriber in this process."""

    def __init__(self, relay_frames: int) -> None:
        self._relay_frames = relay_frames
        self._subscribers: list[asyncio.Queue[bytes]] = []

    async def check(self) -> None:
        """Nothing can be away."""

    async def publish(self, shard: int, frame: bytes) -> None:  # noqa: ARG002 - channels need the shard
        """Give one frame to every subscriber; one that is full loses its oldest, as pub/sub would cut it off."""
        for queue in self._subscribers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(frame)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """Receive every frame that is published from now on."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(self._relay_frames)
        self._subscribers.append(queue)
        try:
            yield self._frames(queue)
        finally:
            self._subscribers.remove(queue)

    async def _frames(self, queue: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
        while True:
            yield await queue.get()


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


class MemorySchemaCache:
    """Schemas of this process."""

    def __init__(self) -> None:
        self._schemas: dict[int, bytes] = {}

    async def put(self, schema_id: int, schema: bytes) -> None:
        """Keep a schema."""
        self._schemas[schema_id] = schema

    async def get(self, schema_id: int) -> bytes | None:
        """Return a schema."""
        return self._schemas.get(schema_id)


class MemorySessions:
    """The viewers of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._viewers: dict[str, int] = {}
        self._revoked_until_ms: dict[str, int] = {}

    async def keep_alive(self, pod: str, viewers: int) -> None:
        """Remember the viewers of a pod; it lives as long as this process."""
        self._viewers[pod] = viewers

    async def viewers(self) -> int:
        """Return the number of viewers."""
        return sum(self._viewers.values())

    async def revoke(self, token_id: str, until_ms: int) -> None:
        """Keep a token on the list of the revoked."""
        revoked = await self.revoked()
        if token_id not in revoked and len(revoked) >= MAX_REVOKED:
            raise BusError(f"{MAX_REVOKED} tokens are revoked, as many as can be: change the key that signs them")
        self._revoked_until_ms[token_id] = max(until_ms, self._revoked_until_ms.get(token_id, 0))

    async def revoked(self) -> Collection[str]:
        """Return the ids of the tokens that are revoked now."""
        now_ms = self._clock.now_ms()
        self._revoked_until_ms = {name: until for name, until in self._revoked_until_ms.items() if until > now_ms}
        return tuple(self._revoked_until_ms)


class MemoryBus:
    """All parts in one process.

    Args:
        shards: partitions of the log.
        retained_records: records that a shard of the log keeps.
        relay_frames: frames that a subscriber of the relay may be behind.
        recent_frames: delta frames that the store keeps for each shard.
        rejected_records: refused records that are kept.
        clock: decides how far back a new reader starts and names epochs; the machine's when None.
    """

    def __init__(
        self,
        shards: int,
        *,
        retained_records: int = 50_000,
        relay_frames: int = 1_024,
        recent_frames: int = 120,
        rejected_records: int = 1_000,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or SystemClock()
        self.positions = MemoryPositionLog(shards, retained_records, clock)
        self.rejected = MemoryRejectedLog(rejected_records)
        self.relay = MemoryFrameRelay(relay_frames)
        self.frames = MemoryFrameStore(recent_frames, clock)
        self.schemas = MemorySchemaCache()
        self.sessions = MemorySessions(clock)

    async def close(self) -> None:
        """Nothing to let go of."""
