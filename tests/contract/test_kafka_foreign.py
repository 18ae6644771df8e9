"""A third-party Kafka client and serializer: librdkafka's, with Confluent's own Avro code.

Their waits have bounds too: Confluent's registry client has none of its own, and a consumer that commits offsets waits
for its group when it closes.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.clock import SystemClock
from flighttracker.partition import shard_of
from flighttracker_schemas import FLIGHT_POSITION_AVSC
from tests.contract.flights import flights_by_address, registered
from tests.contract.kafka_log import SHARDS, WAIT_S, opened, read_records, settings_of
from tests.servers.kafka_server import KafkaServer
from tests.servers.registry_server import RegistryServer

pytest_plugins = ["tests.servers.fixtures"]

MOMENTS: Final = ("position_time", "last_contact")


def moment(time_ms: int) -> datetime:
    """Return what an Avro library makes of a timestamp-millis."""
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def registry_client(server: RegistryServer) -> SchemaRegistryClient:
    return SchemaRegistryClient({"url": server.url, "timeout": WAIT_S})


async def test_a_foreign_reader_reads_our_records(kafka_server: KafkaServer, registry_server: RegistryServer) -> None:
    settings = settings_of(kafka_server)
    codec = PositionCodec(await registered(registry_server, settings.positions_topic))
    flights = flights_by_address()
    time_ms = SystemClock().now_ms()
    async with opened(settings) as (log, _):
        await log.append(
            [
                OutgoingRecord(icao24.encode(), codec.encode(flight), time_ms, (("traceparent", b"00-1"),))
                for icao24, flight in flights.items()
            ]
        )

    context = SerializationContext(settings.positions_topic, MessageField.VALUE)
    options: dict[str, Any] = {"group.id": settings.group, "enable.auto.commit": False}
    consumer = Consumer({"bootstrap.servers": kafka_server.bootstrap_servers, **options})
    consumer.assign([TopicPartition(settings.positions_topic, shard, 0) for shard in range(SHARDS)])
    try:
        messages = await asyncio.to_thread(consumer.consume, len(flights), WAIT_S)
    finally:
        await asyncio.to_thread(consumer.close)
    assert len(messages) == len(flights)
    with registry_client(registry_server) as client:
        deserialize = AvroDeserializer(client)
        read: dict[bytes, dict[str, object]] = {}
        for message in messages:
            key = message.key()
            assert key is not None
            read[key] = await asyncio.to_thread(deserialize, message.value(), context)
            assert message.timestamp()[1] == time_ms
            assert message.headers() == [("traceparent", b"00-1")]
            assert message.partition() == shard_of(key, SHARDS)
    for icao24, flight in flights.items():
        for field, value in msgspec.structs.asdict(flight).items():
            assert read[icao24.encode()][field] == (moment(value) if field in MOMENTS else value), field


async def test_we_read_what_a_foreign_writer_wrote(kafka_server: KafkaServer, registry_server: RegistryServer) -> None:
    settings = settings_of(kafka_server)
    flights = flights_by_address()
    async with opened(settings) as (log, _):
        context = SerializationContext(settings.positions_topic, MessageField.VALUE)
        # Kafka's own default; librdkafka's is another.
        producer = Producer({"bootstrap.servers": kafka_server.bootstrap_servers, "partitioner": "murmur2_random"})
        with registry_client(registry_server) as client:
            serialize = AvroSerializer(client, FLIGHT_POSITION_AVSC)
            for icao24, flight in flights.items():
                value = await asyncio.to_thread(serialize, msgspec.structs.asdict(flight), context)
                producer.produce(settings.positions_topic, key=icao24.encode(), value=value)
        assert await asyncio.to_thread(producer.flush, WAIT_S) == 0
        read = await read_records(log, len(flights))
    codec = PositionCodec(await registered(registry_server, settings.positions_topic))
    for shard, record in read:
        assert codec.decode(record.value) == flights[record.key.decode()]
        assert shard == shard_of(record.key, SHARDS)
