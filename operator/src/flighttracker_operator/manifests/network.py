"""NetworkPolicies: only the tracker's own pods can reach its Kafka, Redis and registry.

They have no effect in a cluster that does not enforce NetworkPolicies. Egress is not restricted, because sources, key
servers and external servers can be anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.metadata import child
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import (
    COMPONENT_LABEL,
    CONTROLLER_PORT,
    GATEWAY_PORT,
    GENERATOR_PORT,
    KAFKA_PORT,
    MANAGER,
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
OPERATOR: Final = {
    "namespaceSelector": {},
    "podSelector": {"matchLabels": {"app.kubernetes.io/name": MANAGER}},
}
"""The operator, in any namespace: it probes the registry and the gateways."""


def network(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return one policy for pods that any peer can reach, and one for each builtin server."""
    spec = tracker.spec
    roles = _pods(tracker, ROLES)
    policies = [_open_policy(tracker, facts)]
    if spec.kafka.provider == "builtin":
        nodes = _pods(tracker, ("kafka",))
        clients = [*roles, *_pods(tracker, ("schema-registry",)), *nodes]
        policies.append(_policy(tracker, facts, "kafka", {KAFKA_PORT: clients, CONTROLLER_PORT: nodes}))
    if spec.redis.provider == "builtin":
        policies.append(_policy(tracker, facts, "redis", {REDIS_PORT: roles}))
    if spec.schema_registry.provider == "builtin":
        allowed: dict[int, Sequence[dict[str, Any]]] = {REGISTRY_PORT: [*roles, OPERATOR]}
        if spec.monitoring.service_monitor:
            allowed[REGISTRY_MANAGEMENT_PORT] = ANY_PEER
        policies.append(_policy(tracker, facts, "schema-registry", allowed))
    return policies


def _open_policy(tracker: FlightTracker, facts: Facts) -> Manifest:
    """Return the policy of pods with unknown peers: ingress controllers, Prometheus, the operator.

    Namespaces that deny ingress by default need it. One policy covers all of these pods, because each listens on only
    one of the ports.
    """
    ports = {"gateway": GATEWAY_PORT, "generator": GENERATOR_PORT}
    if tracker.spec.web.enabled:
        ports["web"] = WEB_PORT
    pod_selector = {
        "matchLabels": {TRACKER_LABEL: tracker.metadata.name},
        "matchExpressions": [{"key": COMPONENT_LABEL, "operator": "In", "values": list(ports)}],
    }
    allowed = dict.fromkeys(ports.values(), ANY_PEER)
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
