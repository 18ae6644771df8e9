"""A Kafka client and a serializer that we did not make: librdkafka's, with Confluent's own Avro code."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord, Records, StoredRecord
from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog
from flighttracker.clock import SystemClock
from flighttracker.flight import FlightPosition
from flighttracker.partition import shard_of
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import KafkaSettings, RegistrySettings
from flighttracker_schemas import FLIGHT_POSITION_AVSC
from tests.example_flights import position
from tests.servers.kafka_server import KafkaServer
from tests.servers.registry_server import RegistryServer

pytest_plugins = ["tests.servers.fixtures"]

WAIT_S = 30.0
SHARDS = 4
MOMENTS = ("position_time", "last_contact")
AIRCRAFT = [f"{number * 7919:06x}" for number in range(50)]


def moment(time_ms: int) -> datetime:
    """Return what an Avro library makes of a timestamp-millis."""
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def flights_by_address() -> dict[str, FlightPosition]:
    """Return positions whose numbers are the same in 32 bits and in 64."""
    return {
        icao24: position(icao24=icao24, geo_altitude_m=10820.5, track_deg=301.5, latitude_deg=50 + number / 7)
        for number, icao24 in enumerate(AIRCRAFT)
    }


async def registered(server: RegistryServer, topic: str) -> int:
    registry = SchemaRegistry(RegistrySettings(url=server.url, subject=f"{topic}-value"), SystemClock())
    await registry.open()
    try:
        return await registry.register(FLIGHT_POSITION_AVSC)
    finally:
        await registry.close()


def settings_of(server: KafkaServer) -> KafkaSettings:
    name = uuid4().hex
    return KafkaSettings(
        bootstrap_servers=server.bootstrap_servers,
        positions_topic=f"flights-{name}",
        rejected_topic=f"flights-{name}.rejected",
        group=f"gateways-{name}",
        partitions=SHARDS,
    )


async def test_a_foreign_reader_reads_our_records(kafka_server: KafkaServer, registry_server: RegistryServer) -> None:
    settings = settings_of(kafka_server)
    codec = PositionCodec(await registered(registry_server, settings.positions_topic))
    flights = flights_by_address()
    time_ms = SystemClock().now_ms()
    connection = KafkaConnection(settings)
    await connection.open()
    log = KafkaPositionLog(connection, SystemClock())
    await log.open()
    await log.append(
        [
            OutgoingRecord(icao24.encode(), codec.encode(flight), time_ms, (("traceparent", b"00-1"),))
            for icao24, flight in flights.items()
        ]
    )
    await connection.close()

    context = SerializationContext(settings.positions_topic, MessageField.VALUE)
    consumer = Consumer({"bootstrap.servers": kafka_server.bootstrap_servers, "group.id": "foreign"})
    consumer.assign([TopicPartition(settings.positions_topic, shard, 0) for shard in range(SHARDS)])
    try:
        messages = await asyncio.to_thread(consumer.consume, len(flights), WAIT_S)
    finally:
        await asyncio.to_thread(consumer.close)
    assert len(messages) == len(flights)
    with SchemaRegistryClient({"url": registry_server.url}) as client:
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
    connection = KafkaConnection(settings)
    await connection.open()
    log = KafkaPositionLog(connection, SystemClock())
    await log.open()
    context = SerializationContext(settings.positions_topic, MessageField.VALUE)
    flights = flights_by_address()
    # Kafka's own default; librdkafka's is another.
    producer = Producer({"bootstrap.servers": kafka_server.bootstrap_servers, "partitioner": "murmur2_random"})
    with SchemaRegistryClient({"url": registry_server.url}) as client:
        serialize = AvroSerializer(client, FLIGHT_POSITION_AVSC)
        for icao24, flight in flights.items():
            value = await asyncio.to_thread(serialize, msgspec.structs.asdict(flight), context)
            producer.produce(settings.positions_topic, key=icao24.encode(), value=value)
    assert await asyncio.to_thread(producer.flush, WAIT_S) == 0

    read: dict[int, list[StoredRecord]] = {}
    async with log.read(replay_ms=60_000) as events, asyncio.timeout(WAIT_S):
        while sum(map(len, read.values())) < len(flights):
            event = await anext(events)
            if isinstance(event, Records):
                read.setdefault(event.shard, []).extend(event.records)
    await connection.close()
    codec = PositionCodec(await registered(registry_server, settings.positions_topic))
    for shard, records in read.items():
        for record in records:
            assert codec.decode(record.value) == flights[record.key.decode()]
            assert shard == shard_of(record.key, SHARDS)
