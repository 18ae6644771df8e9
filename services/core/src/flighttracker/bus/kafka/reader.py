"""One reader: which shards it has, and where it stands in each. It shares them with its group, or reads all of them.

aiokafka rebalances eagerly: every member gives everything up and gets it dealt anew, mostly the same. Only differences
are reported, and a shard that stays goes on exactly where it was. That is safe only when nobody else had the shard in
between; the group's generation tells, because it grows by one with each deal: after a jump, or under a new member id,
everything counts as lost and gained, so that the owner of a shard always has the newest epoch.

Where a new shard begins is asked of the caller, or looked up by time, in `events` and not in aiokafka's callback: a
callback that waits for a broker would keep the group, and closing, waiting too. Until then the shard is paused and what
arrives of it is dropped. Taking records from aiokafka and noting the position happen in one step of the event loop, so
no rebalance comes between.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import KafkaTimeoutError

from flighttracker.bus.base import LogEvent, Records, ResumeAt, ShardAssigned, ShardRevoked, StoredRecord
from flighttracker.bus.kafka.connection import START_TIMEOUTS, KafkaConnection
from flighttracker.bus.kafka.stopping import stop_consumer
from flighttracker.clock import Clock

_logger = logging.getLogger(__name__)

MAX_RECORDS_PER_READ: Final = 2_000
"""Records taken from aiokafka at once, over all shards: about ten milliseconds of a gateway's work."""

POLL_MS: Final = 100
"""How long a reader waits for records before it looks whether its shards have changed."""


class ShardReader(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads what the group assigns to it.

    Args:
        connection: an open connection.
        clock: what `replay_ms` is counted back from.
        replay_ms: how far back a newly assigned shard is read, milliseconds.
        resume_at: knows better where to begin, for some shards.
        all_shards: how many shards there are, to read each of them without joining the group; None joins it.
    """

    def __init__(
        self,
        connection: KafkaConnection,
        clock: Clock,
        replay_ms: int,
        resume_at: ResumeAt | None = None,
        all_shards: Callable[[], int] | None = None,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._replay_ms = replay_ms
        self._resume_at = resume_at
        self._all_shards = all_shards
        self._topic = connection.settings.positions_topic
        self._next_offset: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self._unplaced: set[int] = set()
        self._notices: deque[ShardAssigned | ShardRevoked] = deque()
        self._taken: deque[Records] = deque()
        self._membership: tuple[str, int] | None = None
        settings = connection.settings
        self._consumer = AIOKafkaConsumer(
            group_id=None if all_shards else settings.group,
            group_instance_id=None if all_shards else settings.member or None,
            partition_assignment_strategy=(_own_assignor(),),
            session_timeout_ms=round(settings.session_timeout_s * 1000),
            heartbeat_interval_ms=round(settings.heartbeat_interval_s * 1000),
            # Reached only by a reader that fell out of retention: it goes on with the oldest record kept.
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            **connection.options(),
        )

    async def start(self) -> None:
        """Join the group, or begin to read alone; the shards come as events."""
        try:
            with self._connection.errors("read positions"):
                async with self._connection.limit(START_TIMEOUTS):
                    await self._consumer.start()
        except BaseException:
            await self.stop()
            raise
        if self._all_shards is None:
            # Subscribed after the start, which would else wait for the first assignment without a bound.
            self._consumer.subscribe([self._topic], listener=self)

    async def stop(self) -> None:
        """Leave the group."""
        await stop_consumer(self._consumer, self._connection.settings.request_timeout_s)

    def lag(self) -> dict[int, int]:
        """Return how many records of each shard were not handed out yet, as far as the brokers have told."""
        waiting = Counter(dict.fromkeys(self._next_offset, 0))
        for taken in self._taken:
            waiting[taken.shard] += len(taken.records)
        assigned = self._consumer.assignment()
        for shard, next_offset in self._next_offset.items():
            partition = self._partition(shard)
            # Each fetch brings it; none came yet for a shard that is new, or was dealt out anew a moment ago.
            end = self._consumer.highwater(partition) if partition in assigned else None
            if end is not None:
                self._ends[shard] = end
            waiting[shard] += max(0, self._ends[shard] - next_offset)
        return dict(waiting)

    async def events(self) -> AsyncIterator[LogEvent]:
        """Yield what changes and what is read, for ever. While no broker answers there is nothing to yield."""
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
                    found = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS_PER_READ)
                self._take(found)

    def _take(self, found: dict[Any, list[Any]]) -> None:
        for partition, records in found.items():
            shard = partition.partition
            if shard in self._next_offset:
                self._next_offset[shard] = records[-1].offset + 1
                self._taken.append(Records(shard, [_stored(record) for record in records]))

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing: most of it comes back at once, and what does not is known in `on_partitions_assigned`."""

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Compare with what we had, and go on in what stays."""
        shards = {partition.partition for partition in assigned}
        kept = shards & self._next_offset.keys() if self._nobody_was_between() else set()
        for shard in sorted(self._next_offset.keys() - kept):
            del self._next_offset[shard]
            self._notices.append(ShardRevoked(shard))
        self._taken = deque(records for records in self._taken if records.shard in kept)
        for shard in kept:
            self._consumer.seek(self._partition(shard), self._next_offset[shard])
        self._unplaced = shards - kept
        self._consumer.pause(*map(self._partition, self._unplaced))
        _logger.debug("shards dealt anew: kept %s, new %s", sorted(kept), sorted(self._unplaced))

    def _nobody_was_between(self) -> bool:
        """Whether this deal follows directly on the last one that we were part of."""
        # aiokafka tells the generation to nobody; test_kafka_reader.py notices when it moves.
        coordinator = self._consumer._coordinator
        before, self._membership = self._membership, (coordinator.member_id, coordinator.generation)
        return before is not None and self._membership == (before[0], before[1] + 1)

    def _take_every_shard(self, count: int) -> None:
        """Assign to ourselves what we do not read yet: every shard at first, later what the topic grew by."""
        new = set(range(count)) - self._next_offset.keys() - self._unplaced
        if new:
            self._consumer.assign([self._partition(shard) for shard in range(count)])
            for shard, offset in self._next_offset.items():
                self._consumer.seek(self._partition(shard), offset)
            self._unplaced |= new
            self._consumer.pause(*map(self._partition, self._unplaced))

    async def _place(self) -> None:
        """Find where each new shard begins, and report it as ours."""
        while self._unplaced:
            shards = sorted(self._unplaced)
            partitions = [self._partition(shard) for shard in shards]
            membership = self._membership
            resume_at = {shard: await self._resume_at(shard) for shard in shards} if self._resume_at is not None else {}
            try:
                # The end first: what is appended between the two questions is found by time, or lies behind the end.
                ends = await self._consumer.end_offsets(partitions)
                since_ms = max(0, self._clock.now_ms() - self._replay_ms)
                begins = await self._consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
            except KafkaTimeoutError as error:
                # aiokafka has tried again for a request timeout; an outage is silence, and the next call tries on.
                _logger.warning("cannot find yet where shards %s begin: %s", shards, error)
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
    """Return a class of its own: aiokafka keeps a member's partitions on the class, as if a process had one member."""

    class OwnAssignor(StickyPartitionAssignor):  # type: ignore[misc]
        """Sticky assignment of one member."""

    return OwnAssignor


def _stored(record: Any) -> StoredRecord:
    return StoredRecord(record.offset, record.key or b"", record.value or b"", record.timestamp, tuple(record.headers))
