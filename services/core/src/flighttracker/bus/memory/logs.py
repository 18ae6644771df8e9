"""The two logs of the bus in memory: positions, whose shards a group of readers shares, and rejected records."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from flighttracker.bus.base import (
    BeforeRebalance,
    LogEvent,
    OutgoingRecord,
    Records,
    RejectedRecord,
    ResumeAt,
    ShardAssigned,
    ShardRevoked,
    StoredRecord,
)
from flighttracker.clock import Clock
from flighttracker.errors import ReassignedError
from flighttracker.partition import shard_of

MAX_RECORDS_PER_READ: Final = 500
"""Most records of a shard that a reader gets at once; keeps the event loop responsive."""


class _Member:
    """One reader of the log: its shards, its offset in each, and its undelivered events."""

    def __init__(
        self, replay_ms: int, resume_at: ResumeAt | None, group: str, before_rebalance: BeforeRebalance | None
    ) -> None:
        self.group = group
        self.before_rebalance = before_rebalance
        self.replay_ms = replay_ms
        self.resume_at = resume_at
        self.next_offset: dict[int, int] = {}
        self.unplaced: deque[int] = deque()
        self.notices: deque[ShardRevoked] = deque()

    def give(self, shard: int) -> None:
        """Assign a shard to this member; its start offset is looked up with the next events."""
        self.next_offset[shard] = 0
        self.unplaced.append(shard)

    def take(self, shard: int) -> None:
        """Revoke a shard; without an event if its assignment was not delivered yet."""
        del self.next_offset[shard]
        if shard in self.unplaced:
            self.unplaced.remove(shard)
        else:
            self.notices.append(ShardRevoked(shard))


class MemoryPositionLog:
    """A partitioned log in memory; see `bus.base.PositionLog`."""

    def __init__(self, shards: int, retained_records: int, clock: Clock) -> None:
        self._clock = clock
        self._logs: list[deque[StoredRecord]] = [deque(maxlen=retained_records) for _ in range(shards)]
        self._ends = [0] * shards
        self._members: defaultdict[str, list[_Member]] = defaultdict(list)
        self._committed: dict[tuple[str, int], int] = {}
        self._readers: list[_Member] = []
        self._changed = asyncio.Condition()
        self.lost_records = 0

    @property
    def shards(self) -> int:
        """Number of shards."""
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
        """Return how many records of each shard a reader has not delivered yet."""
        lag: dict[int, int] = {}
        for reader in self._readers:
            for shard, offset in reader.next_offset.items():
                if shard not in reader.unplaced:
                    lag[shard] = max(lag.get(shard, 0), self._ends[shard] - offset)
        return lag

    @asynccontextmanager
    async def read(
        self,
        *,
        replay_ms: int,
        resume_at: ResumeAt | None = None,
        alone: bool = False,
        group: str = "",
        before_rebalance: BeforeRebalance | None = None,
    ) -> AsyncIterator[AsyncIterator[LogEvent]]:
        """Join the group; shards are rebalanced, and as few as possible move."""
        member = _Member(replay_ms, resume_at, group, before_rebalance)
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
        """Rebalance when a member joins, and again when it leaves."""
        members = self._members[member.group]
        members.append(member)
        await self._deal(members)
        try:
            yield
        finally:
            members.remove(member)
            await self._deal(members)

    async def _deal(self, members: list[_Member]) -> None:
        """Assign every member its share of the shards; a member keeps the shards that it has, up to its share."""
        for member in members:
            if member.before_rebalance is not None:
                await member.before_rebalance()
        if members:
            fewest, rest = divmod(self.shards, len(members))
            shares = {id(member): fewest + (place < rest) for place, member in enumerate(members)}
            for member in members:
                for shard in list(member.next_offset)[shares[id(member)] :]:
                    member.take(shard)
            held = {shard for member in members for shard in member.next_offset}
            free = iter([shard for shard in range(self.shards) if shard not in held])
            for member in members:
                while len(member.next_offset) < shares[id(member)]:
                    member.give(next(free))
        async with self._changed:
            self._changed.notify_all()

    async def commit(self, group: str, offsets: Mapping[int, int]) -> None:
        """Commit offsets; raises `ReassignedError` when another member has the shard."""
        held = {shard for member in self._members[group] for shard in member.next_offset}
        if not offsets.keys() <= held:
            raise ReassignedError(f"a shard of {sorted(offsets)} was reassigned")
        self._committed.update({(group, shard): offset for shard, offset in offsets.items()})

    async def committed(self, group: str, shard: int) -> int | None:
        """Return the committed offset of a shard; None without one."""
        return self._committed.get((group, shard))

    async def _place(self, member: _Member, shard: int) -> ShardAssigned | None:
        """Look up the start offset of a shard; None if it was revoked meanwhile."""
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
    """The latest rejected records in a bounded list."""

    def __init__(self, rejected_records: int) -> None:
        self._records: deque[RejectedRecord] = deque(maxlen=rejected_records)

    async def append(self, records: Sequence[RejectedRecord]) -> None:
        """Store rejected records."""
        self._records.extend(records)

    async def latest(self, count: int) -> Sequence[RejectedRecord]:
        """Return the latest rejected records, newest first."""
        return [record for _, record in zip(range(count), reversed(self._records), strict=False)]
