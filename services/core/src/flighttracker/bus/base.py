"""The bus: what flows between generator and gateways, whatever carries it.

Six parts, each small enough to have its own backend: the position log and the rejected log (Kafka in a cluster), the
frame relay, the frame store, the schema cache and the sessions (Redis in a cluster). `tests/contract` holds every
backend to the same promises:

* **Log**: records of one key keep their order. Each shard is read by one member of the group at a time; a member is
  told when it gains or loses one, and starts reading a shard where its caller says, else at `now - replay_ms`. Nothing
  is lost within retention. Whoever reads alone reads every shard, beside the group and without taking from it.
* **Relay**: at most once, in order for one publisher. A subscriber that lags loses frames; it sees the gap by sequence.
* **Store**: the latest key frame and the recent frames of each shard, until they expire; epochs only ever grow.
* **Sessions**: expire by themselves when the pod that keeps them alive dies; revoked tokens stay so for their time.

Every method may raise `BusError` when the server behind it is away; relay, store and sessions raise `SharingError`,
because a gateway can do without them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, NamedTuple, Protocol

MAX_REVOKED: Final = 10_000
"""Revoked tokens that are kept; who has more to revoke changes the key that signs them."""


class OutgoingRecord(NamedTuple):
    """One record for the position log. `key` is the icao24 in ASCII and decides the shard."""

    key: bytes
    value: bytes
    timestamp_ms: int
    headers: tuple[tuple[str, bytes], ...] = ()


class StoredRecord(NamedTuple):
    """One record as it stands in the position log."""

    offset: int
    key: bytes
    value: bytes
    timestamp_ms: int
    headers: tuple[tuple[str, bytes], ...] = ()


class ShardAssigned(NamedTuple):
    """This member reads the shard from now on.

    Attributes:
        shard: its number.
        end_offset: the log's end at this moment; who has read up to there has caught up.
    """

    shard: int
    end_offset: int


class ShardRevoked(NamedTuple):
    """This member no longer reads the shard."""

    shard: int


class Records(NamedTuple):
    """Records of one shard, in order."""

    shard: int
    records: Sequence[StoredRecord]


ResumeAt = Callable[[int], Awaitable[int | None]]
"""Asked for each newly assigned shard before it is read: the offset to go on from, None for `replay_ms` back."""

LogEvent = ShardAssigned | ShardRevoked | Records


class RejectedRecord(NamedTuple):
    """A record that was refused, kept so that a person can look at it.

    Attributes:
        reason: short and stable, the label of `flights_rejected_total`.
        detail: a sentence that names the value.
        role: who refused it, `generator` or `gateway`.
        key: its key, as far as known.
        value: its bytes as they were.
        timestamp_ms: when it was refused.
    """

    reason: str
    detail: str
    role: str
    key: bytes
    value: bytes
    timestamp_ms: int


class PositionLog(Protocol):
    """Positions in: an ordered, partitioned log."""

    @property
    def shards(self) -> int:
        """How many partitions the log has; may grow while it is used."""

    async def append(self, records: Sequence[OutgoingRecord]) -> None:
        """Append one tick's records; returns when the log has them."""

    def lag(self) -> Mapping[int, int]:
        """Return, for each shard that this process reads, how many records its reader has not handed out yet.

        As far as is known here: nothing is asked of a server, so while one is away the lag stands still. A shard that
        two readers of this process have counts for the one that is further behind.
        """

    def read(
        self, *, replay_ms: int, resume_at: ResumeAt | None = None, alone: bool = False
    ) -> AbstractAsyncContextManager[AsyncIterator[LogEvent]]:
        """Join the group of readers; leaving the context leaves the group.

        Args:
            replay_ms: how far back a newly assigned shard is read, milliseconds.
            resume_at: knows better for some shards; an offset that the log does not have counts as None.
            alone: do not join the group: every shard is read, whoever else reads it.
        """


class RejectedLog(Protocol):
    """Where refused records are kept."""

    async def append(self, records: Sequence[RejectedRecord]) -> None:
        """Keep refused records; the oldest go first when the bound is reached."""

    async def latest(self, count: int) -> Sequence[RejectedRecord]:
        """Return the latest refused records, newest first."""


class KeyPoint(NamedTuple):
    """What a stored key frame stands for.

    Attributes:
        epoch: of the key frame.
        sequence: of the key frame.
        next_offset: every record of the shard before this offset is in the key frame, if it can be used at all.
    """

    epoch: int
    sequence: int
    next_offset: int


class StoredKey(NamedTuple):
    """A key frame, and the offset of the first record that it may not hold: a place from which an owner can go on."""

    frame: bytes
    next_offset: int


class FrameRelay(Protocol):
    """Frames out: from the owner of a shard to every gateway."""

    async def check(self) -> None:
        """Return when the relay answers now; else raise `SharingError`."""

    async def publish(self, shard: int, frame: bytes) -> None:
        """Give one frame to every subscriber."""

    def subscribe(self) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Receive the frames of all shards; whatever is published after entering the context arrives or is a gap."""


class FrameStore(Protocol):
    """The latest key frame and the recent frames of each shard."""

    async def next_epoch(self, shard: int) -> int:
        """Return an epoch for a new owner, greater than every epoch of this shard before it."""

    async def put_key(self, shard: int, epoch: int, key: StoredKey) -> None:
        """Keep a key frame as the latest of its shard, unless a later owner's is kept: one of a higher epoch.

        What an owner sent before it was cut off may arrive long after it.
        """

    async def get_key(self, shard: int) -> StoredKey | None:
        """Return the latest key frame, or None when there is none or it expired."""

    async def get_key_point(self, shard: int) -> KeyPoint | None:
        """Return what the latest key frame stands for, without its content."""

    async def put_recent(self, shard: int, epoch: int, sequence: int, frame: bytes) -> None:
        """Keep a delta frame among the recent ones."""

    async def recent_after(self, shard: int, epoch: int, sequence: int) -> Sequence[bytes] | None:
        """Return the frames that follow `sequence` in `epoch` without a gap, or None when that is not possible."""


class SchemaCache(Protocol):
    """Writers' schemas that some gateway has met, for one that starts while the registry is away."""

    async def put(self, schema_id: int, schema: bytes) -> None:
        """Keep a schema, which never changes under its id."""

    async def get(self, schema_id: int) -> bytes | None:
        """Return a schema as it was put, None when nobody did."""


class Sessions(Protocol):
    """Who watches, in the whole tracker."""

    async def keep_alive(self, pod: str, viewers: int) -> None:
        """Say how many viewers a pod has; forgotten when not repeated within the expiry."""

    async def viewers(self) -> int:
        """Return the number of viewers of all pods that are alive."""

    async def revoke(self, token_id: str, until_ms: int) -> None:
        """Keep a token on the list of the revoked, until the later of this time and that of a call before.

        Raises:
            BusError: `MAX_REVOKED` are on the list; none is dropped for a new one.
        """

    async def revoked(self) -> Collection[str]:
        """Return the ids of the tokens that are revoked now."""


class Logs(Protocol):
    """The two parts that a generator needs."""

    @property
    def positions(self) -> PositionLog:
        """Positions in."""

    @property
    def rejected(self) -> RejectedLog:
        """Refused records."""


class Bus(Logs, Protocol):
    """All parts together."""

    @property
    def relay(self) -> FrameRelay:
        """Frames out."""

    @property
    def frames(self) -> FrameStore:
        """Key frames and recent frames."""

    @property
    def schemas(self) -> SchemaCache:
        """Writers' schemas."""

    @property
    def sessions(self) -> Sessions:
        """Live sessions."""

    async def close(self) -> None:
        """Let go of every connection."""
