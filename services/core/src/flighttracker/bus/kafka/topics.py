"""The two topics: made when they are missing, checked when they exist, never changed.

Changing partitions moves aircraft to other shards, and changing retention throws positions away or keeps them where
there is no room for them; both are for a person, or the operator, to decide. Called once when the bus opens.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from flighttracker.bus.kafka.connection import KafkaConnection
from flighttracker.errors import BusError, StartError

_logger = logging.getLogger(__name__)

RETENTION: Final = "retention.ms"
MINUTE_MS: Final = 60_000
LOOK_AGAIN_S: Final = 0.05
"""A new topic is known to a broker a moment after it was created."""


class _Topic(NamedTuple):
    name: str
    partitions: int
    retention_ms: int


async def prepare_topics(connection: KafkaConnection) -> int:
    """Make or check the topics of positions and of refused records.

    Returns:
        How many partitions the topic of positions has: those of the settings, or more when it was grown.

    Raises:
        StartError: a topic exists and is not as the settings say; the message has the command that changes it.
        BusError: Kafka is away, or a topic that others make does not exist yet.
    """
    settings = connection.settings
    retention_ms = settings.retention_minutes * MINUTE_MS
    topics = [
        _Topic(settings.positions_topic, settings.partitions, retention_ms),
        _Topic(settings.rejected_topic, 1, retention_ms),
    ]
    admin = AIOKafkaAdminClient(**connection.options())
    try:
        with connection.errors("prepare the topics"):
            await admin.start()
            counts = await _partitions_of(admin, topics)
            missing = [topic for topic in topics if topic.name not in counts]
            if missing:
                await _create(connection, admin, missing)
                async with asyncio.timeout(settings.request_timeout_s):
                    while len(counts) < len(topics):
                        await asyncio.sleep(LOOK_AGAIN_S)
                        counts = await _partitions_of(admin, topics)
            for topic in topics:
                await _check(connection, admin, topic, counts[topic.name])
    finally:
        await admin.close()
    return counts[settings.positions_topic]


async def _partitions_of(admin: AIOKafkaAdminClient, topics: list[_Topic]) -> dict[str, int]:
    counts = {}
    for found in await admin.describe_topics([topic.name for topic in topics]):
        error = for_code(found["error_code"])
        if error is NoError:
            counts[found["topic"]] = len(found["partitions"])
        elif error is not UnknownTopicOrPartitionError:
            raise error(found["topic"])
    return counts


async def _create(connection: KafkaConnection, admin: AIOKafkaAdminClient, topics: list[_Topic]) -> None:
    names = ", ".join(topic.name for topic in topics)
    if not connection.settings.create_topics:
        raise BusError(f"{connection.address} has no topic {names} yet, and create_topics is off: others make it")
    answer = await admin.create_topics(
        [
            NewTopic(
                topic.name,
                topic.partitions,
                connection.settings.replication_factor,
                topic_configs={RETENTION: str(topic.retention_ms), "cleanup.policy": "delete"},
            )
            for topic in topics
        ]
    )
    for name, code, *detail in answer.topic_errors:
        error = for_code(code)
        # Another pod that starts at the same time was first; what it made is checked like any other.
        if error not in (NoError, TopicAlreadyExistsError):
            raise BusError(
                f"{connection.address} does not create topic {name}: {error.__name__} {' '.join(filter(None, detail))}"
            )
    _logger.info("created topic %s", names)


async def _check(connection: KafkaConnection, admin: AIOKafkaAdminClient, topic: _Topic, partitions: int) -> None:
    settings = connection.settings
    if partitions < topic.partitions:
        raise StartError(
            f"topic {topic.name} has {partitions} partitions and the settings say {topic.partitions}: set partitions: "
            f"{partitions}, or add some: kafka-topics.sh --bootstrap-server {settings.bootstrap_servers} --alter "
            f"--topic {topic.name} --partitions {topic.partitions}"
        )
    retention = await _retention_of(admin, topic.name)
    if retention != str(topic.retention_ms):
        minutes = int(retention) / MINUTE_MS
        raise StartError(
            f"topic {topic.name} keeps records for {minutes:g} minutes and the settings say "
            f"{settings.retention_minutes}: set retentionMinutes: {minutes:g}, or change the topic: kafka-configs.sh "
            f"--bootstrap-server {settings.bootstrap_servers} --alter --entity-type topics --entity-name {topic.name} "
            f"--add-config {RETENTION}={topic.retention_ms}"
        )


async def _retention_of(admin: AIOKafkaAdminClient, topic: str) -> str:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, configs={RETENTION: ""})
    (answer,) = await admin.describe_configs([resource])
    ((code, message, _type, _name, entries),) = answer.resources
    if for_code(code) is not NoError:
        raise for_code(code)(message)
    values: dict[str, Any] = {entry[0]: entry[1] for entry in entries}
    return str(values[RETENTION])
