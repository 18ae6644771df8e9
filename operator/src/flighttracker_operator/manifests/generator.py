"""The generators: a StatefulSet, because the ordinal of a pod selects its part of the fleet."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.plan import TABLE_DIRECTORY
from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import amounts, pods
from flighttracker_operator.manifests.metadata import child, service
from flighttracker_operator.manifests.roles import USER, role_parts, role_secrets
from flighttracker_operator.manifests.topics import make_topics, position_topics, topics_volume
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import tracker_images
from flighttracker_operator.model.names import METRICS_PORT, child_name, selector

GRACE_S: Final = 30
"""Long enough to send the queued records, or to drop them if Kafka is unavailable."""
START_S: Final = 300
"""How long Kafka, Redis and the registry may take to start."""
TABLE_VOLUME: Final = "aircraft-table"
TABLE_MOUNT: Final = {"name": TABLE_VOLUME, "mountPath": TABLE_DIRECTORY, "readOnly": True}


def generator(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the generators' StatefulSet, Services and ConfigMap."""
    parts = role_parts(tracker, facts, "generator")
    images = tracker_images(facts.images, tracker.spec.pod_template.image_overrides)
    table_volume = _table_volume(tracker)
    process = pods.container(
        "generator",
        images.generator,
        amounts.resources(amounts.GENERATOR, tracker.spec.generator.resources),
        command=parts.command,
        env=[
            *parts.environment,
            {
                "name": "FLIGHTTRACKER_REPLICA",
                "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['apps.kubernetes.io/pod-index']"}},
            },
        ],
        ports=[
            {"name": name, "containerPort": port, "protocol": "TCP"}
            for name, port in {"metrics": METRICS_PORT, **feeder_ports(tracker)}.items()
        ],
        startupProbe=pods.http_probe("/health", "metrics", period_s=2, failures=START_S // 2),
        readinessProbe=pods.http_probe("/health", "metrics", period_s=10, failures=3),
        livenessProbe=pods.http_probe("/health", "metrics", period_s=20, failures=3),
        volumeMounts=[*parts.mounts, *([TABLE_MOUNT] if table_volume else [])],
    )
    makes_topics = tracker.spec.kafka.provider == "builtin"
    topics = position_topics(tracker, facts)
    secrets = role_secrets(tracker, facts, "generator")
    stateful_set = child(
        tracker,
        facts,
        "generator",
        api_version="apps/v1",
        kind="StatefulSet",
        spec={
            "replicas": tracker.spec.generator.replicas,
            "serviceName": child_name(tracker, "generator"),
            "podManagementPolicy": "Parallel",
            "updateStrategy": {"type": "RollingUpdate"},
            "selector": {"matchLabels": selector(tracker, "generator")},
            "template": pods.pod_template(
                tracker,
                facts,
                "generator",
                [process],
                user=USER,
                grace_s=GRACE_S,
                init_containers=[make_topics(tracker, facts, images.kafka, topics, secrets)] if makes_topics else (),
                annotations=parts.annotations,
                volumes=[*parts.volumes, *table_volume, *([topics_volume(tracker)] if makes_topics else [])],
            ),
        },
    )
    return [
        parts.config_map,
        service(tracker, facts, "generator", {"metrics": METRICS_PORT}, headless=True),
        *_feeders(tracker, facts),
        stateful_set,
    ]


def _table_volume(tracker: FlightTracker) -> list[dict[str, Any]]:
    """Return the volume with the table of aircraft, if the resource names one."""
    table = tracker.spec.aircraft_table
    if table is None or table.volume_claim is None:
        return []
    return [{"name": TABLE_VOLUME, "persistentVolumeClaim": {"claimName": table.volume_claim, "readOnly": True}}]


def _feeders(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the Service to which feeders connect, if a source awaits them."""
    ports = feeder_ports(tracker)
    name = f"{tracker.metadata.name}-feeders"
    return [service(tracker, facts, "generator", ports, name=name)] if ports else []


def feeder_ports(tracker: FlightTracker) -> dict[str, int]:
    """Return the ports for feeders by their names in pods and in the Service."""
    return {f"feeders-{port}": port for port in tracker.spec.feeder_ports}
