"""Run in a gateway's pod: prints aircraft and position time of every record of the log, in order, one per line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from flighttracker.avro import PositionCodec, schema_id_of
from flighttracker.bus.kafka.connection import KafkaConnection
from flighttracker.settings import GatewaySettings, KafkaSettings, read_settings
from flighttracker_schemas import flight_position_schema

SETTINGS: Final = Path("/etc/flighttracker/config/gateway.json")
SILENCE_MS: Final = 5_000
"""How long a broker may take to answer a read; nothing more within that time is an error."""


async def main() -> None:
    """Read each partition from its begin to the end that it has now."""
    servers = read_settings(SETTINGS, GatewaySettings).servers
    assert servers is not None, "the gateway has no Kafka"
    connection = KafkaConnection(servers.kafka)
    await connection.open()
    consumer = AIOKafkaConsumer(enable_auto_commit=False, **connection.options())
    await consumer.start()
    try:
        await print_keys(consumer, servers.kafka)
    finally:
        await consumer.stop()
        await connection.close()


async def print_keys(consumer: Any, kafka: KafkaSettings) -> None:
    """Print the key of each record; fails when a partition ends before its end."""
    codec = PositionCodec(None)
    partitions = [TopicPartition(kafka.positions_topic, number) for number in range(kafka.partitions)]
    consumer.assign(partitions)
    begins, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    for partition in partitions:
        consumer.seek(partition, begins[partition])
    while unread := [each for each in partitions if await consumer.position(each) < ends[each]]:
        answer = await consumer.getmany(*unread, timeout_ms=SILENCE_MS)
        assert answer, f"no record within {SILENCE_MS} ms from {unread}, whose ends are {ends}"
        for record in (one for records in answer.values() for one in records):
            codec.add_writer_schema(schema_id_of(record.value), flight_position_schema())
            position = codec.decode(record.value)
            print(position.icao24, position.position_time)


if __name__ == "__main__":
    asyncio.run(main())
