"""Names, labels and ports of the objects of a tracker.

The manifests are rendered with these names, and the reconciler looks objects up by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from flighttracker.spec import FlightTracker

Component = Literal[
    "generator", "gateway", "historian", "web", "kafka", "redis", "schema-registry", "ingress", "monitoring"
]
"""The component to which a child belongs: the value of the label `app.kubernetes.io/component`."""

APP: Final = "flighttracker"
MANAGER: Final = "flighttracker-operator"
"""Field manager of server-side apply, and the value of `app.kubernetes.io/managed-by`."""
TRACKER_LABEL: Final = "flighttracker.io/tracker"
"""Label of every child; its value is the tracker's name."""
COMPONENT_LABEL: Final = "app.kubernetes.io/component"
MANAGED_BY_LABEL: Final = "app.kubernetes.io/managed-by"

_SUFFIXES: Final[Mapping[Component, str]] = {"schema-registry": "registry"}

GATEWAY_PORT: Final = 8080
"""Public HTTP and WebSocket of a gateway, and of its Service."""
METRICS_PORT: Final = 9100
"""Probes and `/metrics` of a gateway or a generator; the port's name is `metrics`."""
WEB_PORT: Final = 8080
KAFKA_PORT: Final = 9092
CONTROLLER_PORT: Final = 9093
"""Port of the builtin Kafka's controllers, for the KRaft quorum."""
REDIS_PORT: Final = 6379
REGISTRY_PORT: Final = 8080
REGISTRY_MANAGEMENT_PORT: Final = 9000
"""`/health/…` and `/metrics` of the builtin registry."""


def child_name(tracker: FlightTracker, component: Component) -> str:
    """Return the name of a component's workload, Service and ConfigMap: `TRACKER-generator` and so on."""
    return f"{tracker.metadata.name}-{_SUFFIXES.get(component, component)}"


def labels(tracker: FlightTracker, component: Component) -> dict[str, str]:
    """Return the labels of every child of this component."""
    return {
        "app.kubernetes.io/name": APP,
        "app.kubernetes.io/instance": tracker.metadata.name,
        COMPONENT_LABEL: component,
        MANAGED_BY_LABEL: MANAGER,
        TRACKER_LABEL: tracker.metadata.name,
    }


def selector(tracker: FlightTracker, component: Component) -> dict[str, str]:
    """Return the labels that select the pods of a component; immutable, because selectors of workloads are."""
    return {TRACKER_LABEL: tracker.metadata.name, COMPONENT_LABEL: component}


def kafka_secret(tracker: FlightTracker) -> str:
    """Return the name of the generated Secret with `username` and `password` of the builtin Kafka."""
    return child_name(tracker, "kafka")


def redis_secret(tracker: FlightTracker) -> str:
    """Return the name of the generated Secret with the keys `password`, `url` (roles) and `redis.conf` (Redis)."""
    return child_name(tracker, "redis")


def strimzi_cluster(tracker: FlightTracker) -> str | None:
    """Return the name of the tracker's Strimzi Kafka; None with another provider."""
    kafka = tracker.spec.kafka
    if kafka.provider != "strimzi":
        return None
    return kafka.strimzi.cluster if kafka.strimzi and kafka.strimzi.cluster else child_name(tracker, "kafka")


def strimzi_user(tracker: FlightTracker) -> str:
    """Return the name of the tracker's KafkaUser; Strimzi gives the user's Secret the same name."""
    return f"{tracker.metadata.name}-user"


def strimzi_ca_secret(cluster: str) -> str:
    """Return the name of the Secret in which Strimzi stores the CA certificate of a cluster."""
    return f"{cluster}-cluster-ca-cert"


def certificate_secret(tracker: FlightTracker) -> str | None:
    """Return the name of the Secret with the ingress' certificate, which cert-manager may create; None without TLS."""
    tls = tracker.spec.ingress.tls
    if tls is None:
        return None
    return tls.secret_name or f"{tracker.metadata.name}-tls"


ISSUERS: Final = ("cert-manager.io/issuer", "cert-manager.io/cluster-issuer", "kubernetes.io/tls-acme")
"""Annotations with which cert-manager makes a Certificate for an Ingress, and owns it."""


def has_issuer(tracker: FlightTracker) -> bool:
    """Return whether cert-manager writes the ingress' certificate, asked by the resource or by an annotation of it."""
    ingress = tracker.spec.ingress
    return ingress.tls is not None and (
        ingress.tls.cluster_issuer is not None or any(name in ingress.annotations for name in ISSUERS)
    )
