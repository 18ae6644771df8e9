"""`ShardReader`: one reader with its shards and its offset in each. It shares them with a group, or reads all of them.

aiokafka rebalances eagerly: every member gives up all its partitions and is then assigned most of them again. Only the
differences are reported, and a shard that stays continues at the same offset. That is safe only if no other member had
the shard in between. The group's generation shows it, because each rebalance increments it: after a larger step, or
with a new member id, all shards are reported as revoked and assigned, so the owner of a shard always has the newest
epoch.

The offset at which a new shard starts comes from the caller, or is looked up by time. `events` does it, not aiokafka's
callback: a callback that waits for a broker would block the rebalance of the group, and closing. Until then the shard
is paused and its records are dropped. `before_rebalance` alone may block a rebalance: the historian uses it, to finish
the file that it writes. The reader takes records from aiokafka and notes the offset in one step of the
event loop, so no rebalance can happen between the two.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaTimeoutError, RebalanceInProgressError

from flighttracker.bus.base import (
    BeforeRebalance,
    LogEvent,
    Records,
    ResumeAt,
    ShardAssigned,
    ShardRevoked,
    StoredRecord,
)
from flighttracker.bus.kafka.connection import LONGEST_LOOK, START_TIMEOUTS, KafkaConnection
from flighttracker.bus.kafka.stopping import stop_consumer
from flighttracker.bus.kafka.unpacking import ReadLimit, install
from flighttracker.bus.record_block import RecordBlock
from flighttracker.clock import Clock
from flighttracker.errors import ReassignedError

_logger = logging.getLogger(__name__)

MAX_RECORDS_PER_READ: Final = 2_000
"""Most records taken from aiokafka at once, of all shards: a few milliseconds of a gateway's work."""

POLL_MS: Final = 100
"""How long a reader waits for records before it checks whether its shards have changed."""


class ShardReader(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads the shards that the group assigns to it.

    Args:
        connection: an open connection.
        clock: gives the time from which `replay_ms` is counted back.
        replay_ms: how far back a newly assigned shard is read, milliseconds.
        resume_at: returns the offset to resume at, for some shards.
        all_shards: returns the number of shards, to read all of them without joining the group; None joins the group.
        group: name of the group; empty for that of the settings.
        before_rebalance: called before the group rebalances.
    """

    def __init__(
        self,
        connection: KafkaConnection,
        clock: Clock,
        replay_ms: int,
        resume_at: ResumeAt | None = None,
        all_shards: Callable[[], int] | None = None,
        *,
        group: str = "",
        before_rebalance: BeforeRebalance | None = None,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._replay_ms = replay_ms
        self._resume_at = resume_at
        self._all_shards = all_shards
        self._before_rebalance = before_rebalance
        self._topic = connection.settings.positions_topic
        self._next_offset: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._unplaced: set[int] = set()
        self._notices: deque[ShardAssigned | ShardRevoked] = deque()
        self._taken: deque[Records] = deque()
        self._membership: tuple[str, int] | None = None
        settings = connection.settings
        self.group = group or settings.group
        self._read_limit = ReadLimit()
        install()
        self._consumer = AIOKafkaConsumer(
            group_id=None if all_shards else self.group,
            group_instance_id=None if all_shards else settings.member or None,
            partition_assignment_strategy=(_own_assignor(),),
            session_timeout_ms=round(settings.session_timeout_s * 1000),
            heartbeat_interval_ms=round(settings.heartbeat_interval_s * 1000),
            # Only for a reader that fell out of retention: it continues with the oldest stored record.
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            value_deserializer=self._read_limit,
            **connection.options(),
        )

    async def start(self) -> None:
        """Join the group, or start to read alone; the shards arrive as events."""
        try:
            with self._connection.errors("read positions"):
                async with self._connection.limit(START_TIMEOUTS):
                    await self._consumer.start()
        except BaseException:
            await self.stop()
            raise
        if self._all_shards is None:
            # After the start: with a subscription, it would wait for the first assignment without a bound.
            self._consumer.subscribe([self._topic], listener=self)

    async def stop(self) -> None:
        """Leave the group."""
        await stop_consumer(self._consumer, self._connection.settings.request_timeout_s)

    async def commit(self, offsets: Mapping[int, int]) -> None:
        """Commit the offset of the next record of some shards.

        Raises:
            ReassignedError: the group has given a shard to another member.
            BusError: no broker answers in time, or the group is rebalancing.
        """
        if not offsets.keys() <= self._next_offset.keys():
            raise ReassignedError(f"a shard of {sorted(offsets)} was reassigned")
        with self._connection.errors("commit offsets"):
            try:
                async with self._connection.limit(LONGEST_LOOK):
                    await self._consumer.commit({self._partition(shard): offset for shard, offset in offsets.items()})
            except (CommitFailedError, IllegalStateError) as error:
                if isinstance(error.__cause__, RebalanceInProgressError):
                    raise error.__cause__ from None
                raise ReassignedError(f"a shard of {sorted(offsets)} was reassigned: {error}") from error

    async def committed(self, shard: int) -> int | None:
        """Return the committed offset of a shard; None without one.

        Raises:
            BusError: no broker answers in time.
        """
        with self._connection.errors("read committed offsets"):
            async with self._connection.limit(LONGEST_LOOK):
                offset: int | None = await self._consumer.committed(self._partition(shard))
                return offset

    def lag(self) -> dict[int, int]:
        """Return how many records of each shard were not delivered yet, as far as is known without a request."""
        waiting = Counter(dict.fromkeys(self._next_offset, 0))
        for taken in self._taken:
            waiting[taken.shard] += len(taken.records)
        assigned = self._consumer.assignment()
        for shard, next_offset in self._next_offset.items():
            partition = self._partition(shard)
            # Each fetch returns it, so there is none yet for a shard that was assigned a moment ago.
            end = self._consumer.highwater(partition) if partition in assigned else None
            if end is not None:
                self._ends[shard] = end
            waiting[shard] += max(0, self._ends[shard] - next_offset)
        return dict(waiting)

    async def events(self) -> AsyncIterator[LogEvent]:
        """Yield assignments, revocations and records forever; nothing while no broker answers."""
        while True:
            if self._notices:
                yield self._notices.popleft()
            elif self._taken:
                yield self._taken.popleft()
            else:
                with self._connection.errors("read positions"):
                    if self._all_shards is not None:
                        self._take_every_shard(self._all_shards())
                    await self._place()
                    self._read_limit.begin()
                    found = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS_PER_READ)
                self._take(found)

    def _take(self, found: dict[Any, list[Any]]) -> None:
        for partition, records in found.items():
            shard = partition.partition
            if shard in self._next_offset:
                self._next_offset[shard] = records[-1].offset + 1
                self._taken.append(Records(shard, _block(records)))

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:  # noqa: ARG002 - aiokafka's signature
        """Let the caller finish. Most shards are assigned again; `on_partitions_assigned` finds those that are not."""
        if self._before_rebalance is not None:
            await self._before_rebalance()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Compare the new shards with the old ones, and continue with those that stay."""
        shards = {partition.partition for partition in assigned}
        kept = shards & self._next_offset.keys() if self._is_next_generation() else set()
        for shard in sorted(self._next_offset.keys() - kept):
            del self._next_offset[shard]
            self._notices.append(ShardRevoked(shard))
        self._taken = deque(records for records in self._taken if records.shard in kept)
        for shard in kept:
            self._consumer.seek(self._partition(shard), self._next_offset[shard])
        self._unplaced = shards - kept
        self._consumer.pause(*map(self._partition, self._unplaced))
        _logger.debug("rebalanced: kept shards %s, new shards %s", sorted(kept), sorted(self._unplaced))

    def _is_next_generation(self) -> bool:
        """Whether this rebalance directly follows the last one that this member took part in."""
        # The generation is private in aiokafka; test_kafka_reader.py fails if the attribute is renamed.
        coordinator = self._consumer._coordinator
        before, self._membership = self._membership, (coordinator.member_id, coordinator.generation)
        return before is not None and self._membership == (before[0], before[1] + 1)

    def _take_every_shard(self, count: int) -> None:
        """Assign the shards that are not read yet: all of them at first, later the new partitions."""
        new = set(range(count)) - self._next_offset.keys() - self._unplaced
        if new:
            self._consumer.assign([self._partition(shard) for shard in range(count)])
            for shard, offset in self._next_offset.items():
                self._consumer.seek(self._partition(shard), offset)
            self._unplaced |= new
            self._consumer.pause(*map(self._partition, self._unplaced))

    async def _place(self) -> None:
        """Find the start offset of each new shard, and report it as assigned."""
        while self._unplaced:
            shards = sorted(self._unplaced)
            partitions = [self._partition(shard) for shard in shards]
            membership = self._membership
            resume_at = {shard: await self._resume_at(shard) for shard in shards} if self._resume_at is not None else {}
            try:
                # The end first: a record appended between the two requests is found by time, or is after the end.
                ends = await self._consumer.end_offsets(partitions)
                since_ms = max(0, self._clock.now_ms() - self._replay_ms)
                begins = await self._consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
            except KafkaTimeoutError as error:
                # aiokafka has retried for a request timeout. An outage raises nothing here; the next call retries.
                _logger.warning("cannot look up the start offsets of shards %s yet: %s", shards, error)
                return
            if membership != self._membership:
                continue
            for shard, partition in zip(shards, partitions, strict=True):
                begin, end, resumed = begins[partition], ends[partition], resume_at.get(shard)
                if resumed is not None and resumed <= end:
                    self._next_offset[shard] = resumed
                else:
                    self._next_offset[shard] = end if begin is None else begin.offset
                self._ends[shard] = end
                self._consumer.seek(partition, self._next_offset[shard])
                self._consumer.resume(partition)
                self._notices.append(ShardAssigned(shard, end))
            self._unplaced.clear()

    def _partition(self, shard: int) -> TopicPartition:
        return TopicPartition(self._topic, shard)


def _own_assignor() -> type[StickyPartitionAssignor]:
    """Return a new class: aiokafka stores a member's partitions on the class, which assumes one member per process."""

    class OwnAssignor(StickyPartitionAssignor):  # type: ignore[misc]
        """Sticky assignor of one member."""

    return OwnAssignor


def _block(records: Sequence[Any]) -> RecordBlock:
    values, times_ms = [record.value or b"" for record in records], [record.timestamp for record in records]
    return RecordBlock(values, lambda place: _stored(records[place]), times_ms)


def _stored(record: Any) -> StoredRecord:
    headers = tuple((name, value or b"") for name, value in record.headers)
    return StoredRecord(record.offset, record.key or b"", record.value or b"", record.timestamp, headers)
