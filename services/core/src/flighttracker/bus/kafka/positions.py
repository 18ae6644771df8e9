"""The position log on one topic. A tick is appended as one batch per partition; readers share the partitions.

With batches, aiokafka creates one future for thousands of records instead of one for each. `partition.shard_of` is
Kafka's default partitioner, so other producers choose the same partition for an aircraft.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from flighttracker.bus.base import BeforeRebalance, LogEvent, OutgoingRecord, ResumeAt
from flighttracker.bus.kafka.batches import BuiltBatch, record_batches
from flighttracker.bus.kafka.connection import LONGEST_APPEND, MAX_BATCH_BYTES, KafkaConnection
from flighttracker.bus.kafka.reader import ShardReader
from flighttracker.bus.kafka.topics import prepare_topics
from flighttracker.bus.outgoing_block import OutgoingBlock
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker.partition import shard_of


class KafkaPositionLog:
    """See `bus.base.PositionLog`. At least once: some records of a failed append may have been stored.

    Args:
        connection: an open connection.
        clock: gives the time from which `replay_ms` is counted back.
    """

    def __init__(self, connection: KafkaConnection, clock: Clock) -> None:
        self._connection = connection
        self._topic = connection.settings.positions_topic
        self._shards = connection.settings.partitions
        self._clock = clock
        self._readers: list[ShardReader] = []

    async def open(self) -> None:
        """Create or check the topics; raises what `prepare_topics` raises."""
        self._shards = await prepare_topics(self._connection)
        settings = self._connection.settings
        await self._connection.follow_topics(settings.positions_topic, settings.rejected_topic)

    @property
    def shards(self) -> int:
        """Number of partitions of the topic; new ones are found within `LOOK_AGAIN_S`."""
        self._shards = self._connection.partitions_of(self._topic) or self._shards
        return self._shards

    async def append(self, records: Sequence[OutgoingRecord]) -> None:
        """Append records; returns when all replicas have stored them."""
        producer = self._connection.producer
        with self._connection.errors("append positions"):
            async with self._connection.limit(LONGEST_APPEND):
                shards = len(await producer.partitions_for(self._topic))
                deliveries = [
                    await producer.send_batch(batch, self._topic, partition=shard)
                    for shard, batch in self._batches(records, shards)
                ]
                # Wait for all before reporting a failure: nothing of this tick may be sent after the next attempt.
                outcomes = await asyncio.gather(*deliveries, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome

    def lag(self) -> Mapping[int, int]:
        """Return how many records of each shard a reader has not delivered yet, as far as known without a request."""
        lag: dict[int, int] = {}
        for reader in self._readers:
            for shard, behind in reader.lag().items():
                lag[shard] = max(lag.get(shard, 0), behind)
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
        """Join the consumer group, or read without it; leaving the context leaves the group.

        Raises:
            BusError: on entering, if no broker answers. Inside the context an outage raises nothing: no events arrive,
                and afterwards the reader continues where it was.
        """
        all_shards = (lambda: self.shards) if alone else None
        reader = ShardReader(
            self._connection,
            self._clock,
            replay_ms,
            resume_at,
            all_shards,
            group=group,
            before_rebalance=before_rebalance,
        )
        await reader.start()
        self._readers.append(reader)
        try:
            yield reader.events()
        finally:
            self._readers.remove(reader)
            await reader.stop()

    async def commit(self, group: str, offsets: Mapping[int, int]) -> None:
        """Commit offsets; raises `ReassignedError` when the group has given a shard to another member."""
        reader = self._reader_in(group)
        if reader is None:
            raise BusError(f"no reader of the group {group} runs here")
        await reader.commit(offsets)

    async def committed(self, group: str, shard: int) -> int | None:
        """Return the committed offset of a shard; None without one."""
        reader = self._reader_in(group)
        return None if reader is None else await reader.committed(shard)

    def _reader_in(self, group: str) -> ShardReader | None:
        return next((reader for reader in self._readers if reader.group == group), None)

    def _batches(self, records: Sequence[OutgoingRecord], shards: int) -> Iterator[tuple[int, Any]]:
        """Yield the batches of some records, each with its shard."""
        if isinstance(records, OutgoingBlock):
            for built in record_batches(records, shards, MAX_BATCH_BYTES):
                yield built.shard, BuiltBatch(built)
            return
        by_shard: defaultdict[int, list[OutgoingRecord]] = defaultdict(list)
        for record in records:
            by_shard[shard_of(record.key, shards)].append(record)
        for shard, own in by_shard.items():
            for batch in self._filled(own):
                yield shard, batch

    def _filled(self, records: list[OutgoingRecord]) -> list[Any]:
        producer = self._connection.producer
        batch = producer.create_batch()
        batches = [batch]
        for record in records:
            fields = {
                "timestamp": record.timestamp_ms,
                "key": record.key,
                "value": record.value,
                "headers": list(record.headers),
            }
            if batch.append(**fields) is None:
                batch = producer.create_batch()
                batches.append(batch)
                batch.append(**fields)
        return batches
