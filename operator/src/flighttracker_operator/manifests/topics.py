"""The topics of a tracker, and the init container that creates them in the builtin Kafka.

The builtin Kafka does not create topics automatically: the registry's topics would get a retention that deletes
schemas. Instead, an init container with Kafka's own tools runs before each pod that needs the topics. The registry's
pod creates the registry's topics, which keep every record; each generator's pod creates those of the positions. A
change of `partitions`, of `retentionMinutes` or of the size of the volumes restarts the generators, which updates the
topics. A Job was rejected: its template cannot change, finished Jobs must be cleaned up, and no pod would wait for it.

With Strimzi, the same topics are KafkaTopics. In an external Kafka they may exist already, and the roles and the
registry create those that are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import amounts
from flighttracker_operator.manifests.log_bounds import LogBounds, log_bounds
from flighttracker_operator.manifests.pods import config_volume, container, secret_mounts
from flighttracker_operator.model.facts import Facts
from flighttracker_operator.model.names import child_name
from flighttracker_operator.model.servers import SecretKeys, kafka_access, kafka_names

MINUTE_MS: Final = 60_000
FOR_EVER: Final = -1
SCRIPT: Final = "topics.sh"
CLIENT: Final = "client.properties"
"""Configuration of Kafka's own tools, with the paths of user name and password."""
DIRECTORY: Final = "/etc/flighttracker/topics"
VOLUME: Final = "topics"
LOG_DIR: Final = {"name": "LOG_DIR", "value": "/tmp/logs"}  # noqa: S108 - inside the pod
"""By default, Kafka's scripts write logs to their own directory, which is read-only here."""
SEGMENT_MS: Final = 10 * MINUTE_MS
"""Kafka deletes whole segments. With its default of a week per segment, an hour of retention would keep a week."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The desired state of a topic.

    Attributes:
        name: its name.
        partitions: minimum number of partitions.
        copies: replication factor, which only applies when the topic is created.
        retention_ms: how long records are kept; with `FOR_EVER` no record is deleted, by age or by size.
        bounds: how much of a volume each partition may fill; None if the volumes are not known.
    """

    name: str
    partitions: int
    copies: int
    retention_ms: int
    bounds: LogBounds | None = None

    @property
    def config(self) -> dict[str, int | str]:
        """The topic's configuration, by Kafka's names."""
        config: dict[str, int | str] = {"cleanup.policy": "delete", "retention.ms": self.retention_ms}
        if self.retention_ms == FOR_EVER:
            return {**config, "retention.bytes": FOR_EVER}
        config["segment.ms"] = SEGMENT_MS
        if self.bounds is not None:
            config |= {"retention.bytes": self.bounds.retention_bytes, "segment.bytes": self.bounds.segment_bytes}
        return config


def position_topics(tracker: FlightTracker, facts: Facts) -> tuple[Topic, ...]:
    """Return the topics of positions and of rejected records."""
    kafka, names = tracker.spec.kafka, kafka_names(tracker, facts)
    retention_ms, bounds = kafka.retention_minutes * MINUTE_MS, log_bounds(kafka)
    return (
        Topic(names.positions, kafka.partitions, kafka.copies, retention_ms, bounds),
        Topic(names.rejected, 1, kafka.copies, retention_ms, bounds),
    )


def registry_topics(tracker: FlightTracker, facts: Facts) -> tuple[Topic, ...]:
    """Return the topics of the builtin registry; none with an external registry.

    Apicurio does not start if they delete records: https://www.apicur.io/registry/docs/ (KafkaSQL storage).
    """
    if tracker.spec.schema_registry.provider != "builtin":
        return ()
    copies = tracker.spec.kafka.copies
    names = kafka_names(tracker, facts)
    return tuple(Topic(name, 1, copies, FOR_EVER) for name in (names.journal, names.snapshots, names.events))


def make_topics(
    tracker: FlightTracker, facts: Facts, image: str, topics: Sequence[Topic], secrets: SecretKeys
) -> dict[str, Any]:
    """Return an init container that creates the topics, or updates them to their desired state.

    Args:
        tracker: a tracker with the builtin Kafka.
        facts: the facts about the cluster.
        image: the image of Kafka.
        topics: the topics to create.
        secrets: the Secrets that the pod mounts; the container mounts that of Kafka.
    """
    access = kafka_access(tracker, facts)
    used = {f"{SECRETS_DIRECTORY}/{secret}" for secret in access.files()}
    arguments = [f"{topic.name} {topic.partitions} {topic.copies} {_settings(topic)}" for topic in topics]
    return container(
        "topics",
        image,
        amounts.resources(amounts.HELPER),
        command=["/bin/bash", f"{DIRECTORY}/{SCRIPT}", access.bootstrap_servers, *arguments],
        env=[
            {"name": "KAFKA_HEAP_OPTS", "value": "-Xmx96m"},
            {"name": "KAFKA_JVM_PERFORMANCE_OPTS", "value": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"},
            LOG_DIR,
        ],
        volumeMounts=[
            {"name": VOLUME, "mountPath": DIRECTORY, "readOnly": True},
            *(mount for mount in secret_mounts(secrets) if mount["mountPath"] in used),
        ],
    )


def topics_volume(tracker: FlightTracker) -> dict[str, Any]:
    """Return the volume with the script and its configuration, from the builtin Kafka's ConfigMap."""
    return config_volume(VOLUME, child_name(tracker, "kafka"), keys=[SCRIPT, CLIENT])


def _settings(topic: Topic) -> str:
    return ",".join(f"{key}={value}" for key, value in topic.config.items())
