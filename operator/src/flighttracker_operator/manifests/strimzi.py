"""Kafka through Strimzi: a Kafka with its node pool, the topics, and one user with the permissions of the tracker.

The objects use `kafka.strimzi.io/v1` if it is served (Strimzi 0.49 and later), else `v1beta2`; the fields used here are
the same in both. If the resource names an existing Kafka, only the topics and the user are created. Objects that
Strimzi creates are watched, never changed.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker.spec.servers import StrimziKafka
from flighttracker_operator.manifests.metadata import child
from flighttracker_operator.manifests.strimzi_template import container_template, pod_template
from flighttracker_operator.manifests.topics import position_topics, registry_topics
from flighttracker_operator.model.facts import Facts, Manifest, digest_of
from flighttracker_operator.model.names import child_name, strimzi_cluster, strimzi_user
from flighttracker_operator.model.pod_templates import pod_templates
from flighttracker_operator.model.servers import STRIMZI_PORT, TOPIC, kafka_names

API_VERSIONS: Final = ("kafka.strimzi.io/v1", "kafka.strimzi.io/v1beta2")
"""In order of preference."""
CLUSTER_LABEL: Final = "strimzi.io/cluster"
AUTHENTICATION: Final = {"scram": "scram-sha-512", "tls": "tls"}
POOL_CHARACTERS: Final = 8
POOL_ROLES: Final = ("controller", "broker")


def strimzi(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the Strimzi objects; none with another provider, or if Strimzi is not installed."""
    cluster = strimzi_cluster(tracker)
    version = facts.serves(*API_VERSIONS)
    if cluster is None or version is None:
        return []
    wanted = tracker.spec.kafka.strimzi or StrimziKafka()
    own = (
        [] if wanted.cluster else [_node_pool(tracker, facts, version, wanted), _kafka(tracker, facts, version, wanted)]
    )
    return [*own, *_topics(tracker, facts, version, cluster), _user(tracker, facts, version, cluster, wanted)]


def _object(
    tracker: FlightTracker, facts: Facts, version: str, kind: str, name: str, spec: dict[str, Any], cluster: str = ""
) -> Manifest:
    return child(
        tracker,
        facts,
        "kafka",
        api_version=version,
        kind=kind,
        name=name,
        extra_labels={CLUSTER_LABEL: cluster} if cluster else None,
        spec=spec,
    )


def _kafka(tracker: FlightTracker, facts: Facts, version: str, wanted: StrimziKafka) -> Manifest:
    copies = wanted.replicas
    in_sync = max(1, copies - 1)
    kafka: dict[str, Any] = {
        "listeners": [
            {
                "name": "tls",
                "port": STRIMZI_PORT,
                "type": "internal",
                "tls": True,
                "authentication": {"type": AUTHENTICATION[wanted.user.auth]},
            }
        ],
        "authorization": {"type": "simple"},
        "config": {
            "auto.create.topics.enable": False,
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
        },
    }
    if wanted.version:
        kafka["version"] = wanted.version
    # The template of Kafka's pods is not that of Strimzi's operators beside it.
    operators_templates = [one for one in pod_templates(tracker, "kafka") if one.template is tracker.spec.pod_template]
    operators = {
        "topicOperator": {},
        "userOperator": {},
        "template": {
            "pod": pod_template(operators_templates, {CLUSTER_LABEL: child_name(tracker, "kafka")}),
            "topicOperatorContainer": container_template(),
            "userOperatorContainer": container_template(),
        },
    }
    return _object(
        tracker, facts, version, "Kafka", child_name(tracker, "kafka"), {"kafka": kafka, "entityOperator": operators}
    )


def _node_pool(tracker: FlightTracker, facts: Facts, version: str, wanted: StrimziKafka) -> Manifest:
    volume: dict[str, Any] = {
        "id": 0,
        "type": "persistent-claim",
        "size": wanted.storage.size,
        "deleteClaim": wanted.storage.reclaim == "Delete",
        "kraftMetadata": "shared",
    }
    if wanted.storage.class_name:
        volume["class"] = wanted.storage.class_name
    cluster, templates = child_name(tracker, "kafka"), pod_templates(tracker, "kafka")
    spec = {
        "replicas": wanted.replicas,
        "roles": list(POOL_ROLES),
        "storage": {"type": "jbod", "volumes": [volume]},
        "template": {
            "pod": pod_template(templates, {CLUSTER_LABEL: cluster}),
            "kafkaContainer": container_template(templates),
        },
    }
    return _object(tracker, facts, version, "KafkaNodePool", _pool_name(tracker), spec, cluster)


def _pool_name(tracker: FlightTracker) -> str:
    """Return a name of at most 14 characters: pods are called CLUSTER-POOL-NUMBER, which must fit in 63 characters."""
    name = tracker.metadata.name
    return f"{name}-nodes" if len(name) <= POOL_CHARACTERS else f"nodes-{digest_of({'name': name})[:POOL_CHARACTERS]}"


def _topics(tracker: FlightTracker, facts: Facts, version: str, cluster: str) -> list[Manifest]:
    base = kafka_names(tracker, facts).base
    topics = []
    for topic in (*position_topics(tracker, facts), *registry_topics(tracker, facts)):
        # The object's name starts with the tracker's; a topic's name may contain characters that it must not.
        short = TOPIC if topic.name == base else topic.name.removeprefix(f"{base}.")
        spec = {
            "topicName": topic.name,
            "partitions": topic.partitions,
            "replicas": topic.copies,
            "config": topic.config,
        }
        topics.append(_object(tracker, facts, version, "KafkaTopic", f"{tracker.metadata.name}-{short}", spec, cluster))
    return topics


def _user(tracker: FlightTracker, facts: Facts, version: str, cluster: str, wanted: StrimziKafka) -> Manifest:
    spec: dict[str, Any] = {"authentication": {"type": AUTHENTICATION[wanted.user.auth]}}
    if _authorizes(facts, wanted):
        spec["authorization"] = {"type": "simple", "acls": _rules(tracker, facts, is_own=wanted.cluster is None)}
    return _object(tracker, facts, version, "KafkaUser", strimzi_user(tracker), spec, cluster)


def _authorizes(facts: Facts, wanted: StrimziKafka) -> bool:
    """Return whether the Kafka uses simple authorization; without it, Strimzi rejects a user that has ACLs."""
    if wanted.cluster is None:
        return True
    kafka = (facts.strimzi_kafka or {}).get("spec", {}).get("kafka", {})
    return bool((kafka.get("authorization") or {}).get("type") == "simple")


def _rules(tracker: FlightTracker, facts: Facts, *, is_own: bool) -> list[dict[str, Any]]:
    """Return the ACLs of the user; in a cluster of the tracker's own, it may also read how full the volumes are."""
    names = kafka_names(tracker, facts)
    topics = [topic.name for topic in (*position_topics(tracker, facts), *registry_topics(tracker, facts))]
    rules = [
        {
            "resource": {"type": "topic", "name": topic, "patternType": "literal"},
            "operations": ["Describe", "DescribeConfigs", "Read", "Write"],
        }
        for topic in topics
    ]
    rules.append(_group_rule(names.gateways, "literal"))
    if tracker.spec.history.enabled:
        rules.append(_group_rule(names.historians, "literal"))
    if tracker.spec.schema_registry.provider == "builtin":
        rules.append(_group_rule(names.registry, "prefix"))
    if is_own:
        rules.append({"resource": {"type": "cluster"}, "operations": ["Describe"]})
    return rules


def _group_rule(name: str, pattern: str) -> dict[str, Any]:
    return {
        "resource": {"type": "group", "name": name, "patternType": pattern},
        "operations": ["Describe", "Read"],
    }
