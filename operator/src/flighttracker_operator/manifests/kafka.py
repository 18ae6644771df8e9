"""The builtin Kafka: a KRaft cluster of one or three nodes, each a broker and a controller.

Clients connect through the Service `TRACKER-kafka`; the nodes find each other through a second, headless Service. Both
listeners require a password (SASL), which the operator generates once, and only the tracker's own pods can reach them
(`network.py`). For TLS or several users, use Strimzi or an external Kafka.

The mechanism is PLAIN, because its password is part of the configuration with which a node starts. Kafka keeps the
users of SCRAM in the metadata log: a controller cannot read them before the other controllers accept it, and
`kafka-storage format` adds them to a new log only. A cluster of a former version would have no user, and a new password
no effect. With both mechanisms the records can be read in the pod network; with PLAIN the password can, too, as that of
Redis.

One of three brokers is ready while it is in sync with the leaders of its partitions, and the operator restarts the next
one only when all are. Nodes with an old password, or without one, reject a node that has restarted with the new one.
`probe.sh` reports such a node as ready, because the next one restarts only then.

The number of nodes is fixed when the cluster is created, because the voters of a KRaft quorum are part of its
configuration. A rule of the CRD rejects changes.
"""

from __future__ import annotations

import base64
import uuid
from typing import Any, Final

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.spec import FlightTracker
from flighttracker.spec.servers import BuiltinKafka
from flighttracker_operator.manifests import amounts, files, pods
from flighttracker_operator.manifests.credentials import kafka_mark, password_secret
from flighttracker_operator.manifests.metadata import child, config_map, disruption_budget, service
from flighttracker_operator.manifests.topics import CLIENT, LOG_DIR, SCRIPT, position_topics
from flighttracker_operator.manifests.volumes import CLAIM, claim_template, grown_claims
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import tracker_images
from flighttracker_operator.model.names import (
    CONTROLLER_PORT,
    KAFKA_PORT,
    child_name,
    kafka_secret,
    selector,
)
from flighttracker_operator.model.servers import BUILTIN_USER, kafka_access

USER: Final = 1000
CONFIG: Final = "/etc/kafka-config"
DATA: Final = "/var/lib/kafka/data"
"""The path that the image declares as a volume. If ours were mounted at a parent, the image's volume would hide it."""
HEAP_SHARE: Final = 0.5
"""Part of the memory limit; the other half is for the page cache and Java's memory outside the heap."""
GRACE_S: Final = 90
START_S: Final = 600
"""How long a broker may take to recover its log after a crash."""


def kafka(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the builtin Kafka; no objects with another provider."""
    if tracker.spec.kafka.provider != "builtin":
        return []
    builtin = tracker.spec.kafka.builtin or BuiltinKafka()
    replicas = builtin.replicas
    config = _config(tracker, facts, replicas)
    ports = {"client": KAFKA_PORT}
    login = {"username": BUILTIN_USER, "password": facts.kafka_password}
    return [
        password_secret(tracker, facts, "kafka", kafka_secret(tracker), login),
        config_map(tracker, facts, "kafka", config),
        service(tracker, facts, "kafka", ports),
        service(
            tracker,
            facts,
            "kafka",
            {**ports, "controller": CONTROLLER_PORT},
            name=nodes_service(tracker),
            headless=True,
            publish_not_ready=True,
        ),
        *grown_claims(tracker, facts, "kafka", builtin.storage, replicas),
        _stateful_set(tracker, facts, builtin, replicas, config),
        *([disruption_budget(tracker, facts, "kafka")] if replicas > 1 else []),
    ]


def nodes_service(tracker: FlightTracker) -> str:
    """Return the name of the headless Service through which the nodes find each other."""
    return f"{child_name(tracker, 'kafka')}-nodes"


def cluster_id(facts: Facts) -> str:
    """Return Kafka's cluster id, 22 characters of base64: that of the live nodes, else derived from the tracker's uid.

    A tracker that is created again, or restored from a backup, has another uid and keeps the formatted volumes.
    It never starts with a dash, which Kafka's formatter would parse as an option. Kafka itself avoids such ids, too.
    """
    if facts.kafka_cluster_id:
        return facts.kafka_cluster_id
    try:
        number = uuid.UUID(facts.uid)
    except ValueError:  # Kubernetes only guarantees that a uid is unique
        number = uuid.uuid5(uuid.NAMESPACE_OID, facts.uid)
    while (text := base64.urlsafe_b64encode(number.bytes).decode().rstrip("=")).startswith("-"):
        number = uuid.uuid5(uuid.NAMESPACE_OID, str(number))
    return text


def _config(tracker: FlightTracker, facts: Facts, replicas: int) -> dict[str, str]:
    # A single node reaches itself on the loopback address, without waiting for DNS.
    hosts = ["127.0.0.1"]
    if replicas > 1:
        hosts = [f"{child_name(tracker, 'kafka')}-{node}.{_domain(tracker, facts)}" for node in range(replicas)]
    secret = f"{SECRETS_DIRECTORY}/{kafka_secret(tracker)}"
    properties = files.read("server.properties").format(
        user=BUILTIN_USER,
        secret=secret,
        voters=",".join(f"{node}@{host}:{CONTROLLER_PORT}" for node, host in enumerate(hosts)),
        client=KAFKA_PORT,
        controller=CONTROLLER_PORT,
        directory=f"{DATA}/log",
        copies=replicas,
        in_sync=max(1, replicas - 1),
    )
    client = files.read(CLIENT).format(user=BUILTIN_USER, secret=secret)
    static_files = ("log4j2.properties", "start.sh", "probe.sh", SCRIPT)
    return {"server.properties": properties, CLIENT: client, **{name: files.read(name) for name in static_files}}


def _domain(tracker: FlightTracker, facts: Facts) -> str:
    return f"{nodes_service(tracker)}.{facts.namespace}.svc"


def _stateful_set(
    tracker: FlightTracker, facts: Facts, builtin: BuiltinKafka, replicas: int, config: dict[str, str]
) -> Manifest:
    heap = int(amounts.memory_limit(amounts.KAFKA, builtin.resources) * HEAP_SHARE) // amounts.MEBIBYTE
    secrets = kafka_access(tracker, facts).files()
    secret = f"{SECRETS_DIRECTORY}/{kafka_secret(tracker)}"
    # What a broker deletes to start on a full volume.
    expendable = [topic.name for topic in position_topics(tracker, facts)]
    in_sync = ["in-sync"] if replicas > 1 else []
    probe = ["timeout", "4", "/bin/bash", f"{CONFIG}/probe.sh", str(KAFKA_PORT), secret]
    broker: dict[str, Any] = pods.container(
        "kafka",
        tracker_images(facts.images, tracker.spec.pod_template.image_overrides).kafka,
        amounts.resources(amounts.KAFKA, builtin.resources),
        command=["/bin/bash", f"{CONFIG}/start.sh", cluster_id(facts), _domain(tracker, facts), *expendable],
        env=[
            {"name": "KAFKA_HEAP_OPTS", "value": f"-Xms{heap // 2}m -Xmx{heap}m"},
            {"name": "KAFKA_OPTS", "value": "-XX:+ExitOnOutOfMemoryError"},
            {"name": "KAFKA_LOG4J_OPTS", "value": f"-Dlog4j2.configurationFile={CONFIG}/log4j2.properties"},
            # Replaces the default, which adds a garbage collector log; the root file system is read-only.
            {"name": "EXTRA_ARGS", "value": "-name kafkaServer"},
            LOG_DIR,
        ],
        ports=[
            {"name": "client", "containerPort": KAFKA_PORT, "protocol": "TCP"},
            {"name": "controller", "containerPort": CONTROLLER_PORT, "protocol": "TCP"},
        ],
        startupProbe=pods.command_probe(probe, period_s=3, failures=START_S // 3),
        readinessProbe=pods.command_probe([*probe, *in_sync], period_s=10, failures=2),
        livenessProbe=pods.command_probe(probe, period_s=20, failures=6),
        volumeMounts=[
            {"name": CLAIM, "mountPath": DATA},
            {"name": "config", "mountPath": CONFIG, "readOnly": True},
            *pods.secret_mounts(secrets),
        ],
    )
    # Brokers do not read the files of clients, so a change of these does not restart them.
    rolling_config = {name: text for name, text in config.items() if name not in (SCRIPT, CLIENT)}
    return child(
        tracker,
        facts,
        "kafka",
        api_version="apps/v1",
        kind="StatefulSet",
        spec={
            "replicas": replicas,
            "serviceName": nodes_service(tracker),
            # All nodes start at once, because none is ready before the quorum has a majority.
            "podManagementPolicy": "Parallel",
            # The operator replaces one of several brokers only while all others are ready: `objects.outdated_pods`.
            "updateStrategy": {"type": "OnDelete" if replicas > 1 else "RollingUpdate"},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            "selector": {"matchLabels": selector(tracker, "kafka")},
            "template": pods.pod_template(
                tracker,
                facts,
                "kafka",
                [broker],
                user=USER,
                grace_s=GRACE_S,
                annotations=pods.roll_annotations(facts, {**rolling_config, **kafka_mark(tracker, facts)}),
                volumes=[
                    pods.config_volume("config", child_name(tracker, "kafka")),
                    *pods.secret_volumes(secrets),
                ],
            ),
            "volumeClaimTemplates": [claim_template(tracker, "kafka", builtin.storage)],
        },
    )
