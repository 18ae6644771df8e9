"""Creates missing topics and checks existing ones; it never changes a topic.

New partitions move aircraft to other shards. A changed retention deletes positions, or keeps more than the disk can
store. Both are decisions for a person or the operator. The bus calls `prepare_topics` when it opens;
`prepare_registry_topics` is for an Apicurio Registry that stores its schemas in Kafka.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from flighttracker.bus.kafka.connection import MAX_BATCH_BYTES, START_TIMEOUTS, KafkaConnection
from flighttracker.bus.kafka.stopping import stop_admin
from flighttracker.errors import BusError, StartError

_logger = logging.getLogger(__name__)

MINUTE_MS: Final = 60_000
LOOK_AGAIN_S: Final = 0.05
"""Wait between two checks for a new topic, which a broker knows only a moment after its creation."""
LONGEST_PREPARATION: Final = 4
"""Bound for preparing the topics, in request timeouts: check, create and check again."""

RETENTION: Final = "retention.ms"
CLEANUP: Final = "cleanup.policy"
LARGEST_BATCH: Final = "max.message.bytes"
FOR_EVER: Final = "-1"

REGISTRY_TOPICS: Final = ("kafkasql-journal", "kafkasql-snapshots", "registry-events")
"""Topics of Apicurio with storage `kafkasql`; it does not start if one of them may lose records."""
REGISTRY_CONFIGS: Final = {RETENTION: FOR_EVER, "retention.bytes": FOR_EVER, CLEANUP: "delete"}


class Topic(NamedTuple):
    """Desired state of a topic.

    Attributes:
        name: name of the topic.
        partitions: number of partitions; an existing topic may have more.
        configs: required configuration.
        setting: field of the resource that sets the retention; empty if it cannot be chosen.
    """

    name: str
    partitions: int
    configs: Mapping[str, str]
    setting: str = ""


async def prepare_topics(connection: KafkaConnection) -> int:
    """Create or check the topics of positions and of rejected records.

    Returns:
        Number of partitions of the positions topic: that of the settings, or more if partitions were added.

    Raises:
        StartError: an existing topic differs from the settings; the message has the command that fixes it.
        BusError: Kafka is unavailable, or a topic that an operator creates does not exist yet.
    """
    settings = connection.settings
    configs = {RETENTION: str(settings.retention_minutes * MINUTE_MS), CLEANUP: "delete"}
    counts = await _prepare(
        connection,
        [
            Topic(settings.positions_topic, settings.partitions, configs, "retentionMinutes"),
            Topic(settings.rejected_topic, 1, configs, "retentionMinutes"),
        ],
    )
    return counts[settings.positions_topic]


async def prepare_registry_topics(connection: KafkaConnection) -> None:
    """Create or check the topics in which Apicurio Registry stores its schemas; call this before it starts.

    Raises:
        StartError: Apicurio would not start with an existing topic; the message has the command that fixes it.
        BusError: Kafka is unavailable.
    """
    await _prepare(connection, [Topic(name, 1, REGISTRY_CONFIGS) for name in REGISTRY_TOPICS])


async def _prepare(connection: KafkaConnection, topics: Sequence[Topic]) -> dict[str, int]:
    admin = AIOKafkaAdminClient(**connection.options())
    try:
        with connection.errors("prepare the topics"):
            async with connection.limit(START_TIMEOUTS):
                await admin.start()
            async with connection.limit(LONGEST_PREPARATION):
                counts = await _partitions_of(admin, topics)
                missing = [topic for topic in topics if topic.name not in counts]
                if missing:
                    await _create(connection, admin, missing)
                while len(counts) < len(topics):
                    await asyncio.sleep(LOOK_AGAIN_S)
                    counts = await _partitions_of(admin, topics)
                problems = [
                    problem
                    for topic in topics
                    for problem in _problems(
                        topic, counts[topic.name], await _configs_of(admin, topic.name), connection
                    )
                ]
    finally:
        await stop_admin(admin, connection.settings.request_timeout_s)
    if problems:
        raise StartError("\n".join(problems))
    return counts


async def _partitions_of(admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> dict[str, int]:
    counts = {}
    for found in await admin.describe_topics([topic.name for topic in topics]):
        error = for_code(found["error_code"])
        if error is NoError:
            counts[found["topic"]] = len(found["partitions"])
        elif error is not UnknownTopicOrPartitionError:
            raise error(found["topic"])
    return counts


async def _create(connection: KafkaConnection, admin: AIOKafkaAdminClient, topics: Sequence[Topic]) -> None:
    names = ", ".join(topic.name for topic in topics)
    if not connection.settings.create_topics:
        raise BusError(
            f"{connection.address} has no topic {names} yet, and create_topics is off: another program creates it"
        )
    if admin._client.cluster.controller is None:
        # Right after a broker's outage; aiokafka would fail with an AttributeError.
        raise BusError(f"{connection.address} has no controller yet, so it cannot create topic {names}")
    answer = await admin.create_topics(
        [
            NewTopic(
                topic.name,
                topic.partitions,
                connection.settings.replication_factor,
                topic_configs=dict(topic.configs),
            )
            for topic in topics
        ]
    )
    for name, code, *detail in answer.topic_errors:
        error = for_code(code)
        # Another pod may have created it at the same time; its topic is checked like any other.
        if error not in (NoError, TopicAlreadyExistsError):
            raise BusError(
                f"{connection.address} cannot create topic {name}: {error.__name__} {' '.join(filter(None, detail))}"
            )
    _logger.info("created topic %s", names)


async def _configs_of(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    ((code, message, _type, _name, entries),) = answer.resources
    if for_code(code) is not NoError:
        raise for_code(code)(message)
    values: list[Any] = list(entries)
    return {str(entry[0]): str(entry[1]) for entry in values}


def _problems(topic: Topic, partitions: int, configs: Mapping[str, str], connection: KafkaConnection) -> list[str]:
    """Return one sentence for each difference from the desired state, with the command that fixes it."""
    server = f"--bootstrap-server {connection.settings.bootstrap_servers}"
    problems = []
    if partitions < topic.partitions:
        problems.append(
            f"topic {topic.name} has {partitions} partitions and the settings require {topic.partitions}: set "
            f"partitions: {partitions}, or add some: kafka-topics.sh {server} --alter --topic {topic.name} "
            f"--partitions {topic.partitions}"
        )

    def change(name: str, value: str) -> str:
        return (
            f"change the topic: kafka-configs.sh {server} --alter --entity-type topics --entity-name {topic.name} "
            f"--add-config {name}={value}"
        )

    for name, wanted in topic.configs.items():
        found = configs.get(name, "")
        if found == wanted:
            continue
        if name == RETENTION and topic.setting:
            setting = "" if found == FOR_EVER else f"set {topic.setting}: {_minutes(found)}, or "
            problems.append(
                f"topic {topic.name} keeps records {_kept(found)} and the settings require {_minutes(wanted)}: "
                f"{setting}{change(name, wanted)}"
            )
        else:
            problems.append(f"topic {topic.name} has {name}={found} and needs {wanted}: {change(name, wanted)}")
    if topic.setting and int(configs.get(LARGEST_BATCH, MAX_BATCH_BYTES)) < MAX_BATCH_BYTES:
        problems.append(
            f"topic {topic.name} accepts batches of {configs[LARGEST_BATCH]} bytes and a tick is written in batches "
            f"of {MAX_BATCH_BYTES}: {change(LARGEST_BATCH, str(2 * MAX_BATCH_BYTES))}"
        )
    return problems


def _kept(retention_ms: str) -> str:
    return "forever" if retention_ms == FOR_EVER else f"for {_minutes(retention_ms)} minutes"


def _minutes(retention_ms: str) -> str:
    return f"{int(retention_ms) / MINUTE_MS:g}"
