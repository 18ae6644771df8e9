"""NetworkPolicies: only the tracker's own pods can reach its Kafka, Redis, registry and historians.

They have no effect in a cluster that does not enforce NetworkPolicies. `egress.py` restricts what generators reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flighttracker.plan_history import HISTORIAN_PORT
from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.metadata import child
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import (
    COMPONENT_LABEL,
    CONTROLLER_PORT,
    GATEWAY_PORT,
    KAFKA_PORT,
    MANAGER,
    METRICS_PORT,
    REDIS_PORT,
    REGISTRY_MANAGEMENT_PORT,
    REGISTRY_PORT,
    TRACKER_LABEL,
    WEB_PORT,
    Component,
    selector,
)

ROLES: Final[tuple[Component, ...]] = ("gateway", "generator")
ANY_PEER: Final[tuple[dict[str, Any], ...]] = ()


def _pods_named(key: str, *names: str) -> dict[str, Any]:
    """Return the peers whose label has one of these values, in any namespace."""
    chosen = {"matchExpressions": [{"key": key, "operator": "In", "values": list(names)}]}
    return {"namespaceSelector": {}, "podSelector": chosen}


OPERATOR: Final = _pods_named("app.kubernetes.io/name", MANAGER)
"""The operator, in any namespace: it probes the registry and the gateways."""
SCRAPERS: Final = (
    _pods_named(
        "app.kubernetes.io/name",
        "prometheus",
        "prometheus-agent",
        "vmagent",
        "alloy",
        "grafana-agent",
        "opentelemetry-collector",
    ),
    _pods_named("app", "prometheus"),
)
"""Prometheus and its kind as their charts and operators label them. Other scrapers need a policy of their own."""
KEDA: Final = _pods_named("app.kubernetes.io/name", "keda-operator")


def network(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return one policy for gateways, generators and page, one for historians, and one for each builtin server."""
    spec = tracker.spec
    roles = _pods(tracker, ROLES)
    historians = _pods(tracker, ("historian",)) if spec.history.enabled else []
    policies = [_open_policy(tracker, facts)]
    if spec.history.enabled:
        peers = {HISTORIAN_PORT: _pods(tracker, ("gateway",)), METRICS_PORT: [OPERATOR, *SCRAPERS]}
        # The name of the component is that of its egress policy.
        policies.append(_policy(tracker, facts, "historian", peers, name=f"{tracker.metadata.name}-history"))
    if spec.kafka.provider == "builtin":
        nodes = _pods(tracker, ("kafka",))
        clients = [*roles, *historians, *_pods(tracker, ("schema-registry",)), *nodes]
        policies.append(_policy(tracker, facts, "kafka", {KAFKA_PORT: clients, CONTROLLER_PORT: nodes}))
    if spec.redis.provider == "builtin":
        policies.append(_policy(tracker, facts, "redis", {REDIS_PORT: roles}))
    if spec.schema_registry.provider == "builtin":
        allowed: dict[int, Sequence[dict[str, Any]]] = {REGISTRY_PORT: [*roles, *historians, OPERATOR]}
        if spec.monitoring.service_monitor:
            allowed[REGISTRY_MANAGEMENT_PORT] = SCRAPERS
        policies.append(_policy(tracker, facts, "schema-registry", allowed))
    return policies


def _open_policy(tracker: FlightTracker, facts: Facts) -> Manifest:
    """Return the policy of gateways, generators and page.

    Any peer reaches the public port, because ingress controllers differ; namespaces that deny ingress by default need
    that. The operator, what scrapes, and KEDA reach probes and metrics; so does the kubelet, which no policy limits.
    """
    components: list[Component] = [*ROLES, "web"] if tracker.spec.web.enabled else [*ROLES]
    pod_selector = {
        "matchLabels": {TRACKER_LABEL: tracker.metadata.name},
        "matchExpressions": [{"key": COMPONENT_LABEL, "operator": "In", "values": components}],
    }
    scaling = tracker.spec.gateway.autoscaling
    scales_by_viewers = scaling is not None and scaling.connections_per_pod is not None
    metrics_peers = [OPERATOR, *SCRAPERS, *([KEDA] if scales_by_viewers else [])]
    allowed = {GATEWAY_PORT: ANY_PEER, WEB_PORT: ANY_PEER, METRICS_PORT: metrics_peers}
    # Generators check the networks of feeders. Here, proxies and nodes may have replaced their addresses.
    allowed |= dict.fromkeys(tracker.spec.feeder_ports, ANY_PEER)
    name = f"{tracker.metadata.name}-open"
    return _policy(tracker, facts, "gateway", allowed, name=name, pod_selector=pod_selector)


def _pods(tracker: FlightTracker, components: Iterable[Component]) -> list[dict[str, Any]]:
    return [{"podSelector": {"matchLabels": selector(tracker, component)}} for component in components]


def _policy(
    tracker: FlightTracker,
    facts: Facts,
    component: Component,
    allowed: Mapping[int, Sequence[dict[str, Any]]],
    *,
    name: str | None = None,
    pod_selector: Mapping[str, Any] | None = None,
) -> Manifest:
    rules = [
        {"ports": [{"port": port, "protocol": "TCP"}], **({"from": list(peers)} if peers else {})}
        for port, peers in allowed.items()
    ]
    return child(
        tracker,
        facts,
        component,
        api_version="networking.k8s.io/v1",
        kind="NetworkPolicy",
        name=name,
        spec={
            "podSelector": pod_selector or {"matchLabels": selector(tracker, component)},
            "policyTypes": ["Ingress"],
            "ingress": rules,
        },
    )
