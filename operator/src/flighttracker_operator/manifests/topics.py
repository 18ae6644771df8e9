"""The topics of a tracker, and the script that makes them in a Kafka that nobody else looks after.

The builtin Kafka creates no topic by itself: a registry would then get journals that forget. So an init container with
Kafka's own tools runs before what needs the topics: those of the registry before the registry, where they must keep
everything for ever, and those of the positions before each generator. A change of `partitions` or `retentionMinutes`
rolls the generators, and so reaches the topics. A Job was weighed: its template cannot change, its leftovers must be
cleaned up, and nothing would wait for it.

With Strimzi the same topics are KafkaTopics; an external Kafka belongs to others, who may have made them already, and
the roles and the registry make what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import amounts
from flighttracker_operator.manifests.pods import config_volume, container
from flighttracker_operator.model.facts import Facts
from flighttracker_operator.model.names import child_name
from flighttracker_operator.model.servers import kafka_names

MINUTE_MS: Final = 60_000
FOR_EVER: Final = -1
SCRIPT: Final = "topics.sh"
DIRECTORY: Final = "/etc/flighttracker/topics"
VOLUME: Final = "topics"
LOG_DIR: Final = {"name": "LOG_DIR", "value": "/tmp/logs"}  # noqa: S108 - inside the pod
"""Kafka's scripts write beside themselves otherwise, where nothing can be written."""
SEGMENT_MS: Final = 10 * MINUTE_MS
"""Kafka throws whole segments away: with its own week per segment, an hour of retention would keep a week."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it should be.

    Attributes:
        name: its name.
        partitions: how many it has at least.
        copies: of each record, when it is made.
        retention_ms: how long records are kept; `FOR_EVER` never drops one, by age or by size.
    """

    name: str
    partitions: int
    copies: int
    retention_ms: int

    @property
    def config(self) -> dict[str, int | str]:
        """Its configuration, by Kafka's names."""
        config: dict[str, int | str] = {"cleanup.policy": "delete", "retention.ms": self.retention_ms}
        return {**config, **({"retention.bytes": -1} if self.retention_ms == FOR_EVER else {"segment.ms": SEGMENT_MS})}


def position_topics(tracker: FlightTracker, facts: Facts) -> tuple[Topic, ...]:
    """Return the topics of the roles."""
    kafka, names = tracker.spec.kafka, kafka_names(tracker, facts)
    retention_ms = kafka.retention_minutes * MINUTE_MS
    return (
        Topic(names.positions, kafka.partitions, kafka.copies, retention_ms),
        Topic(names.rejected, 1, kafka.copies, retention_ms),
    )


def registry_topics(tracker: FlightTracker, facts: Facts) -> tuple[Topic, ...]:
    """Return the topics of the builtin registry, none when the registry is another's.

    It refuses to start when they do not keep everything: https://www.apicur.io/registry/docs/ (KafkaSQL storage).
    """
    if tracker.spec.schema_registry.provider != "builtin":
        return ()
    copies = tracker.spec.kafka.copies
    names = kafka_names(tracker, facts)
    return tuple(Topic(name, 1, copies, FOR_EVER) for name in (names.journal, names.snapshots, names.events))


def make_topics(image: str, bootstrap_servers: str, topics: Sequence[Topic]) -> dict[str, Any]:
    """Return an init container that makes the topics, or brings them to what they should be."""
    arguments = [f"{topic.name} {topic.partitions} {topic.copies} {_settings(topic)}" for topic in topics]
    return container(
        "topics",
        image,
        amounts.resources(amounts.HELPER),
        command=["/bin/bash", f"{DIRECTORY}/{SCRIPT}", bootstrap_servers, *arguments],
        env=[
            {"name": "KAFKA_HEAP_OPTS", "value": "-Xmx96m"},
            {"name": "KAFKA_JVM_PERFORMANCE_OPTS", "value": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"},
            LOG_DIR,
        ],
        volumeMounts=[{"name": VOLUME, "mountPath": DIRECTORY, "readOnly": True}],
    )


def topics_volume(tracker: FlightTracker) -> dict[str, Any]:
    """Return the volume with the script; it stands in the ConfigMap of the builtin Kafka."""
    return config_volume(VOLUME, child_name(tracker, "kafka"), keys=[SCRIPT])


def _settings(topic: Topic) -> str:
    return ",".join(f"{key}={value}" for key, value in topic.config.items())
