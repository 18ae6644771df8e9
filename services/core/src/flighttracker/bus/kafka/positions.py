"""The position log on one topic: a tick is appended as one batch per partition, readers share the partitions.

One batch at a time instead of one record: aiokafka then makes one future for thousands of records. The partition is
`partition.shard_of`, which is Kafka's own default, so that any other producer puts an aircraft in the same place.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from flighttracker.bus.base import LogEvent, OutgoingRecord, ResumeAt
from flighttracker.bus.kafka.connection import KafkaConnection
from flighttracker.bus.kafka.reader import ShardReader
from flighttracker.bus.kafka.topics import prepare_topics
from flighttracker.clock import Clock
from flighttracker.partition import shard_of

LONGEST_APPEND: Final = 3
"""An append may take so many request timeouts: a batch that waits for the one before it, and its own attempts."""


class KafkaPositionLog:
    """See `bus.base.PositionLog`. At least once: an append that failed may have been stored in part.

    Args:
        connection: an open connection.
        clock: decides how far back a new reader starts.
    """

    def __init__(self, connection: KafkaConnection, clock: Clock) -> None:
        self._connection = connection
        self._shards = connection.settings.partitions
        self._clock = clock

    async def open(self) -> None:
        """Make or check the topics; see `prepare_topics` for what it raises."""
        self._shards = await prepare_topics(self._connection)

    @property
    def shards(self) -> int:
        """How many partitions the topic had when the bus was opened."""
        return self._shards

    async def append(self, records: Sequence[OutgoingRecord]) -> None:
        """Append records; returns when all replicas have them."""
        by_shard: defaultdict[int, list[OutgoingRecord]] = defaultdict(list)
        for record in records:
            by_shard[shard_of(record.key, self._shards)].append(record)
        settings = self._connection.settings
        producer = self._connection.producer
        with self._connection.errors("append positions"):
            async with asyncio.timeout(LONGEST_APPEND * settings.request_timeout_s):
                deliveries = [
                    await producer.send_batch(batch, settings.positions_topic, partition=shard)
                    for shard, own in by_shard.items()
                    for batch in self._batches(own)
                ]
                # Wait for all before one failure is reported: nothing of this tick is sent after the next attempt.
                outcomes = await asyncio.gather(*deliveries, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome

    @asynccontextmanager
    async def read(
        self, *, replay_ms: int, resume_at: ResumeAt | None = None, alone: bool = False
    ) -> AsyncIterator[AsyncIterator[LogEvent]]:
        """Join the consumer group, or read beside it; leaving the context leaves the group.

        Raises:
            BusError: on entering, when no broker answers. Inside, an outage is silence: the reader goes on where it
                was, by itself.
        """
        all_shards = (lambda: self.shards) if alone else None
        reader = ShardReader(self._connection, self._clock, replay_ms, resume_at, all_shards)
        await reader.start()
        try:
            yield reader.events()
        finally:
            await reader.stop()

    def _batches(self, records: list[OutgoingRecord]) -> list[Any]:
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
