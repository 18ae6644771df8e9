"""Topics on a real Kafka: created if missing, reported if different, never changed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from flighttracker.bus.kafka import KafkaConnection
from flighttracker.bus.kafka.topics import REGISTRY_CONFIGS, prepare_registry_topics
from flighttracker.clock import SystemClock
from flighttracker.errors import BusError, StartError
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import RegistrySettings
from flighttracker_schemas import FLIGHT_POSITION_AVSC, flight_position_schema
from tests.contract.kafka_log import SHARDS, opened, settings_of
from tests.servers.kafka_server import KafkaServer
from tests.servers.registry_server import RegistryServer

pytest_plugins = ["tests.servers.fixtures"]


@asynccontextmanager
async def admin_of(server: KafkaServer) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=server.bootstrap_servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def test_fewer_partitions_are_reported_and_not_changed(kafka_server: KafkaServer) -> None:
    settings = settings_of(kafka_server)
    async with opened(settings):
        pass
    grown = settings_of(kafka_server, positions_topic=settings.positions_topic, partitions=SHARDS + 2)
    with pytest.raises(StartError, match=r"has 4 partitions and the settings require 6: .* --partitions 6"):
        async with opened(grown):
            pass
    async with opened(settings) as (positions, _):
        assert positions.shards == SHARDS


async def test_more_partitions_are_all_used(kafka_server: KafkaServer) -> None:
    settings = settings_of(kafka_server)
    async with opened(settings):
        pass
    fewer = settings_of(kafka_server, positions_topic=settings.positions_topic, partitions=2)
    async with opened(fewer) as (positions, _):
        assert positions.shards == SHARDS


async def test_another_retention_is_reported(kafka_server: KafkaServer) -> None:
    settings = settings_of(kafka_server)
    async with opened(settings):
        pass
    longer = settings_of(kafka_server, positions_topic=settings.positions_topic, retention_minutes=120)
    with pytest.raises(StartError, match=r"for 60 minutes and the settings require 120: .*retention\.ms=7200000"):
        async with opened(longer):
            pass


async def test_pods_that_start_together_all_find_the_topics(kafka_server: KafkaServer) -> None:
    settings = settings_of(kafka_server)

    async def shards() -> int:
        async with opened(settings) as (positions, _):
            return positions.shards

    assert await asyncio.gather(*(shards() for _ in range(4))) == [SHARDS] * 4


async def test_topics_that_an_operator_creates_are_waited_for(kafka_server: KafkaServer) -> None:
    with pytest.raises(BusError, match=r"has no topic flights-.* create_topics is off"):
        async with opened(settings_of(kafka_server, create_topics=False)):
            pass


async def test_more_copies_than_brokers_are_reported(kafka_server: KafkaServer) -> None:
    with pytest.raises(BusError, match=r"cannot create topic .* InvalidReplicationFactorError"):
        async with opened(settings_of(kafka_server, replication_factor=3)):
            pass


async def test_all_differences_are_reported_at_once_with_their_commands(kafka_server: KafkaServer) -> None:
    settings = settings_of(kafka_server)
    async with admin_of(kafka_server) as admin:
        configs = {"cleanup.policy": "compact", "retention.ms": "-1", "max.message.bytes": "1000"}
        await admin.create_topics([NewTopic(settings.positions_topic, 1, 1, topic_configs=configs)])
    with pytest.raises(StartError) as refused:
        async with opened(settings):
            pass
    problems = str(refused.value).splitlines()
    server = f"--bootstrap-server {kafka_server.bootstrap_servers}"
    change = f"change the topic: kafka-configs.sh {server} --alter --entity-type topics --entity-name"
    name = settings.positions_topic
    assert problems == [
        f"topic {name} has 1 partitions and the settings require 4: set partitions: 1, or add some: kafka-topics.sh "
        f"{server} --alter --topic {name} --partitions 4",
        f"topic {name} keeps records forever and the settings require 60: {change} {name} "
        "--add-config retention.ms=3600000",
        f"topic {name} has cleanup.policy=compact and needs delete: {change} {name} --add-config cleanup.policy=delete",
        f"topic {name} accepts batches of 1000 bytes and a tick is written in batches of 524288: {change} {name} "
        "--add-config max.message.bytes=1048576",
    ]
    async with admin_of(kafka_server) as admin:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
        assert ("cleanup.policy", "compact") in [entry[:2] for entry in answer.resources[0][4]]


class TestRegistryTopics:
    """Apicurio Registry stores its schemas in three topics, and checks them before it starts."""

    @pytest.fixture
    async def connection(self, kafka_server: KafkaServer) -> AsyncIterator[KafkaConnection]:
        connection = KafkaConnection(settings_of(kafka_server))
        await connection.open()
        yield connection
        await connection.close()

    async def test_it_starts_with_the_topics_that_we_create_and_stores_its_schemas_there(
        self, kafka_server: KafkaServer, connection: KafkaConnection, tmp_path: Path
    ) -> None:
        await prepare_registry_topics(connection)
        await prepare_registry_topics(connection)
        server = RegistryServer(tmp_path, kafka=kafka_server)
        registry = SchemaRegistry(RegistrySettings(url=server.url), SystemClock())
        try:
            await asyncio.to_thread(server.start)
            await registry.open()
            schema_id = await registry.register(FLIGHT_POSITION_AVSC)
            assert await registry.schema(schema_id) == flight_position_schema()
        finally:
            await registry.close()
            await asyncio.to_thread(server.stop)
        consumer = AIOKafkaConsumer(bootstrap_servers=kafka_server.bootstrap_servers)
        await consumer.start()
        try:
            (end,) = (await consumer.end_offsets([TopicPartition("kafkasql-journal", 0)])).values()
        finally:
            await consumer.stop()
        assert end > 0

    async def test_topics_with_which_it_would_not_start_are_reported(
        self, kafka_server: KafkaServer, connection: KafkaConnection
    ) -> None:
        async def keep_for(retention_ms: str) -> None:
            configs = {**REGISTRY_CONFIGS, "retention.ms": retention_ms}
            async with admin_of(kafka_server) as admin:
                await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, "kafkasql-journal", configs)])

        await prepare_registry_topics(connection)
        await keep_for("3600000")
        try:
            with pytest.raises(StartError, match=r"kafkasql-journal has retention\.ms=3600000 and needs -1: .*=-1$"):
                await prepare_registry_topics(connection)
        finally:
            await keep_for("-1")
