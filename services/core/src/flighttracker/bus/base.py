"""The bus: the interface between generator and gateways, independent of the servers behind it.

It has eight parts, each with its own backend: the position log and the rejected log (Kafka in a cluster), and the frame
relay, the frame store, the schema cache, the sessions and the reports of sources (Redis in a cluster), and the usage of
both servers. `tests/contract` tests that every backend keeps the same guarantees:

* **Log**: records with the same key keep their order. One member of the group reads a shard at a time. A member gets an
  event when a shard is assigned or revoked, and starts at the offset that its caller gives, or at `now - replay_ms`.
  No record is lost within retention. A reader with `alone` reads every shard without joining the group. A reader with
  `group` joins another group, and can commit what it has stored elsewhere.
* **Relay**: at most once, in order for each publisher. A subscriber that lags loses frames; sequences reveal the gap.
* **Store**: the latest key frame and the recent frames of each shard, until they expire. Epochs never decrease.
* **Sessions**: expire when the pod that refreshes them dies. A token stays revoked for the given time.

Every method may raise `BusError` if its server is unavailable. Relay, store and sessions raise `SharingError`, because
a gateway can work without them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from flighttracker.bus.revoked import RevokedTokens


class OutgoingRecord(NamedTuple):
    """One record to append to the position log. `key` is the icao24 in ASCII and determines the shard."""

    key: bytes
    value: bytes
    timestamp_ms: int
    headers: tuple[tuple[str, bytes], ...] = ()


class StoredRecord(NamedTuple):
    """One record of the position log, with its offset."""

    offset: int
    key: bytes
    value: bytes
    timestamp_ms: int
    headers: tuple[tuple[str, bytes], ...] = ()


class ShardAssigned(NamedTuple):
    """Event: this member reads the shard from now on.

    Attributes:
        shard: number of the shard.
        end_offset: end of the log at this moment; a reader that has reached it has caught up.
    """

    shard: int
    end_offset: int


class ShardRevoked(NamedTuple):
    """Event: this member no longer reads the shard."""

    shard: int


class Records(NamedTuple):
    """Event: records of one shard, in order."""

    shard: int
    records: Sequence[StoredRecord]


ResumeAt = Callable[[int], Awaitable[int | None]]
"""Called with each newly assigned shard: returns the offset to resume at, or None to start at `now - replay_ms`."""

BeforeRebalance = Callable[[], Awaitable[None]]
"""Called before shards may move to another member; the group waits for it, so it must be short."""

LogEvent = ShardAssigned | ShardRevoked | Records


class RejectedRecord(NamedTuple):
    """A record that was rejected and is kept for inspection.

    Attributes:
        reason: a short, stable text: the label of `flights_rejected_total`.
        detail: a sentence that contains the value.
        role: the role that rejected it, `generator` or `gateway`.
        key: key of the record; empty if unknown.
        value: the unchanged bytes.
        timestamp_ms: when it was rejected, milliseconds since 1970.
    """

    reason: str
    detail: str
    role: str
    key: bytes
    value: bytes
    timestamp_ms: int


class PositionLog(Protocol):
    """Positions from generators to gateways: an ordered, partitioned log."""

    @property
    def shards(self) -> int:
        """Number of partitions; may grow during use."""

    async def append(self, records: Sequence[OutgoingRecord]) -> None:
        """Append the records of one tick; returns when the log has stored them."""

    def lag(self) -> Mapping[int, int]:
        """Return, for each shard that this process reads, the number of records that its reader has not delivered yet.

        It sends no request: while a server is unavailable, the lag does not change. If two readers of this process have
        the same shard, the larger lag counts.
        """

    def read(
        self,
        *,
        replay_ms: int,
        resume_at: ResumeAt | None = None,
        alone: bool = False,
        group: str = "",
        before_rebalance: BeforeRebalance | None = None,
    ) -> AbstractAsyncContextManager[AsyncIterator[LogEvent]]:
        """Join the group of readers; leaving the context leaves the group.

        Args:
            replay_ms: how far back a newly assigned shard is read, milliseconds.
            resume_at: returns the offset to resume at for some shards; offsets that the log does not have are ignored.
            alone: read every shard without joining the group.
            group: name of the group; empty for that of the gateways.
            before_rebalance: lets the reader finish what it stores before another member may read its shards.
        """

    async def commit(self, group: str, offsets: Mapping[int, int]) -> None:
        """Commit the offset of the next record of some shards, for a reader of this process in `group`.

        Raises:
            ReassignedError: a shard is no longer this reader's.
            BusError: the server is unavailable.
        """

    async def committed(self, group: str, shard: int) -> int | None:
        """Return the committed offset of a shard; None without one, or without a reader of this process in `group`."""


class RejectedLog(Protocol):
    """Stores rejected records."""

    async def append(self, records: Sequence[RejectedRecord]) -> None:
        """Store rejected records; at the bound, the oldest are dropped."""

    async def latest(self, count: int) -> Sequence[RejectedRecord]:
        """Return the latest rejected records, newest first."""


class KeyPoint(NamedTuple):
    """Which state a stored key frame has.

    Attributes:
        epoch: epoch of the key frame.
        sequence: sequence of the key frame.
        next_offset: the key frame includes every valid record of the shard before this offset.
    """

    epoch: int
    sequence: int
    next_offset: int


class StoredKey(NamedTuple):
    """A key frame, and the offset of the first record that it may not include: a new owner resumes there."""

    frame: bytes
    next_offset: int


class FrameRelay(Protocol):
    """Frames from the owner of a shard to every gateway."""

    async def check(self) -> None:
        """Return if the relay answers; otherwise raise `SharingError`."""

    async def publish(self, shard: int, frame: bytes) -> None:
        """Send one frame to every subscriber."""

    def subscribe(self) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Receive the frames of all shards. A frame that is published inside the context arrives, or leaves a gap."""


class FrameStore(Protocol):
    """The latest key frame and the recent frames of each shard."""

    async def next_epoch(self, shard: int) -> int:
        """Return an epoch for a new owner, greater than all earlier epochs of this shard."""

    async def put_key(self, shard: int, epoch: int, key: StoredKey) -> None:
        """Store the latest key frame of a shard, unless one of a higher epoch is stored.

        A key frame of a former owner may arrive long after it lost its connection.
        """

    async def get_key(self, shard: int) -> StoredKey | None:
        """Return the latest key frame; None if there is none or it has expired."""

    async def get_key_point(self, shard: int) -> KeyPoint | None:
        """Return the key point of the latest key frame, without its content."""

    async def put_recent(self, shard: int, epoch: int, sequence: int, frame: bytes) -> None:
        """Store a delta frame with the recent ones."""

    async def recent_after(self, shard: int, epoch: int, sequence: int) -> Sequence[bytes] | None:
        """Return the frames of `epoch` after `sequence`; None if one of them is missing."""


class SchemaCache(Protocol):
    """Writers' schemas that a gateway has looked up, for gateways that start while the registry is unavailable."""

    async def put(self, schema_id: int, schema: bytes) -> None:
        """Store a schema; it never changes under its id."""

    async def get(self, schema_id: int) -> bytes | None:
        """Return the stored schema; None if there is none."""


class SourceReports(Protocol):
    """The latest report of each source, from generators to gateways. It outlives the generator by a day."""

    async def put(self, reports: Mapping[str, bytes]) -> None:
        """Store the latest report of some sources, by name."""

    async def get(self, names: Sequence[str]) -> Mapping[str, bytes]:
        """Return the latest reports by source; sources without one are left out."""


class Sessions(Protocol):
    """Viewers and revoked tokens of the whole tracker."""

    async def keep_alive(self, pod: str, viewers: int) -> None:
        """Report the number of viewers of a pod; it expires unless it is repeated in time."""

    async def viewers(self) -> int:
        """Return the number of viewers of all live pods."""

    async def revoke(self, token_id: str, until_ms: int, *, user: str | None = None) -> None:
        """Put a token on the list of revoked tokens, or extend the time of one that is on it.

        Args:
            token_id: the token.
            until_ms: when it may leave the list, milliseconds since 1970; an earlier time than before changes nothing.
            user: who signs out, as an opaque name; None for an administrator. Users have less room.

        Raises:
            RevocationsFullError: there is no room for it.
        """

    async def revoked(self) -> RevokedTokens:
        """Return the tokens that are revoked now."""


class BrokerVolume(NamedTuple):
    """The file system on which a broker of the log stores its records.

    Attributes:
        broker: number of the broker.
        total_bytes: its size.
        free_bytes: what the broker may still write.
    """

    broker: int
    total_bytes: int
    free_bytes: int

    @property
    def filled(self) -> float:
        """Share that is in use, 0 to 1."""
        return 1.0 - self.free_bytes / self.total_bytes


class StoreMemory(NamedTuple):
    """The memory of the server behind relay, store and sessions.

    Attributes:
        used_bytes: memory that its data use.
        limit_bytes: from which on it removes keys; 0 without a limit.
        evicted_keys: keys that it removed for lack of memory since it started.
        clients: open connections.
        is_saved: whether its last write to disk succeeded.
    """

    used_bytes: int
    limit_bytes: int
    evicted_keys: int
    clients: int
    is_saved: bool


class ServerUsage(Protocol):
    """Disk and memory of the servers."""

    async def volumes(self) -> Sequence[BrokerVolume]:
        """Return one volume of each broker; empty if they cannot be read."""

    async def memory(self) -> StoreMemory | None:
        """Return the memory of the store; None if it cannot be read."""


class Logs(Protocol):
    """The parts that a generator needs."""

    @property
    def positions(self) -> PositionLog:
        """Log of positions."""

    @property
    def rejected(self) -> RejectedLog:
        """Log of rejected records."""

    @property
    def sources(self) -> SourceReports:
        """Reports of the sources."""


class Bus(Logs, Protocol):
    """All parts of the bus."""

    @property
    def relay(self) -> FrameRelay:
        """Relay of frames."""

    @property
    def frames(self) -> FrameStore:
        """Store of key frames and recent frames."""

    @property
    def schemas(self) -> SchemaCache:
        """Cache of writers' schemas."""

    @property
    def sessions(self) -> Sessions:
        """Viewers and revoked tokens."""

    @property
    def usage(self) -> ServerUsage:
        """Disk and memory of the servers."""

    async def close(self) -> None:
        """Close every connection."""
