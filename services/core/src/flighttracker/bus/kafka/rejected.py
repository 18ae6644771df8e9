"""The rejected log on its own topic: records keep their key and value, and the headers say why they were rejected.

Any Kafka tool can show them, and can produce a record again that was rejected by mistake. The topic's retention is the
bound.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from flighttracker.bus.base import RejectedRecord
from flighttracker.bus.kafka.connection import (
    LONGEST_APPEND,
    LONGEST_LOOK,
    MAX_BATCH_BYTES,
    START_TIMEOUTS,
    KafkaConnection,
)
from flighttracker.bus.kafka.stopping import stop_consumer
from flighttracker.bus.kafka.unpacking import install

MAX_VALUE_BYTES: Final = MAX_BATCH_BYTES // 2
MAX_KEY_BYTES: Final = MAX_BATCH_BYTES // 8
"""Longer values and keys are truncated: with the headers, they could exceed the size that the brokers accept."""

READ_MS: Final = 100


class KafkaRejectedLog:
    """See `bus.base.RejectedLog`.

    Args:
        connection: an open connection.
    """

    def __init__(self, connection: KafkaConnection) -> None:
        self._connection = connection
        self._topic = connection.settings.rejected_topic

    async def append(self, records: Sequence[RejectedRecord]) -> None:
        """Store rejected records."""
        producer = self._connection.producer
        with self._connection.errors("store rejected records"):
            async with self._connection.limit(LONGEST_APPEND):
                deliveries = [
                    await producer.send(
                        self._topic,
                        key=record.key[:MAX_KEY_BYTES],
                        value=record.value[:MAX_VALUE_BYTES],
                        timestamp_ms=record.timestamp_ms,
                        headers=[
                            ("reason", record.reason.encode()),
                            ("detail", record.detail.encode()),
                            ("role", record.role.encode()),
                        ],
                    )
                    for record in records
                ]
                await asyncio.gather(*deliveries)

    async def latest(self, count: int) -> Sequence[RejectedRecord]:
        """Return the latest rejected records, newest first; reads the end of the topic without joining a group."""
        install()
        consumer = AIOKafkaConsumer(enable_auto_commit=False, **self._connection.options())
        try:
            with self._connection.errors("read rejected records"):
                async with self._connection.limit(START_TIMEOUTS):
                    await consumer.start()
                async with self._connection.limit(LONGEST_LOOK):
                    found = await self._tail(consumer, count)
        finally:
            await stop_consumer(consumer, self._connection.settings.request_timeout_s)
        newest = heapq.nlargest(count, found, key=lambda record: (record.timestamp, record.offset))
        return [_rejected(record) for record in newest]

    async def _tail(self, consumer: AIOKafkaConsumer, count: int) -> list[Any]:
        """Return the last `count` records of each partition, up to the end of the topic at the time of the call."""
        numbers = await self._connection.producer.partitions_for(self._topic)
        partitions = [TopicPartition(self._topic, number) for number in numbers]
        begins = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        consumer.assign(partitions)
        for partition in partitions:
            consumer.seek(partition, max(begins[partition], ends[partition] - count))
        found: list[Any] = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(timeout_ms=READ_MS)).values():
                found.extend(records)
        return found


def _rejected(record: Any) -> RejectedRecord:
    headers = {name: value.decode(errors="replace") for name, value in record.headers}
    return RejectedRecord(
        reason=headers.get("reason", ""),
        detail=headers.get("detail", ""),
        role=headers.get("role", ""),
        key=record.key or b"",
        value=record.value or b"",
        timestamp_ms=record.timestamp,
    )
