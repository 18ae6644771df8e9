"""Who may reach what: Kafka, Redis and the registry hear only the tracker's own pods.

Where a cluster does not enforce NetworkPolicies these do nothing. What a pod may call is not limited: sources, key
servers and external servers are anywhere.
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
ANYBODY: Final[tuple[dict[str, Any], ...]] = ()
OPERATOR: Final = {
    "namespaceSelector": {},
    "podSelector": {"matchLabels": {"app.kubernetes.io/name": MANAGER}},
}
"""The operator asks the registry and the gateways how they are, from whichever namespace it runs in."""


def network(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return one policy for what anybody may reach, and one for each server of the tracker's own."""
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
            allowed[REGISTRY_MANAGEMENT_PORT] = ANYBODY
        policies.append(_policy(tracker, facts, "schema-registry", allowed))
    return policies


def _open_policy(tracker: FlightTracker, facts: Facts) -> Manifest:
    """Return the policy of pods whose callers nobody can guess: ingress controllers, Prometheus, the operator.

    It is for namespaces that let nothing in by default, and one for all of these pods: each has but one of the ports.
    """
    ports = {"gateway": GATEWAY_PORT, "generator": GENERATOR_PORT}
    if tracker.spec.web.enabled:
        ports["web"] = WEB_PORT
    chosen = {
        "matchLabels": {TRACKER_LABEL: tracker.metadata.name},
        "matchExpressions": [{"key": COMPONENT_LABEL, "operator": "In", "values": list(ports)}],
    }
    allowed = dict.fromkeys(ports.values(), ANYBODY)
    return _policy(tracker, facts, "gateway", allowed, name=f"{tracker.metadata.name}-open", chosen=chosen)


def _pods(tracker: FlightTracker, components: Iterable[Component]) -> list[dict[str, Any]]:
    return [{"podSelector": {"matchLabels": selector(tracker, component)}} for component in components]


def _policy(
    tracker: FlightTracker,
    facts: Facts,
    component: Component,
    allowed: Mapping[int, Sequence[dict[str, Any]]],
    *,
    name: str | None = None,
    chosen: Mapping[str, Any] | None = None,
) -> Manifest:
    rules = [
        {"ports": [{"port": port, "protocol": "TCP"}], **({"from": list(callers)} if callers else {})}
        for port, callers in allowed.items()
    ]
    return child(
        tracker,
        facts,
        component,
        api_version="networking.k8s.io/v1",
        kind="NetworkPolicy",
        name=name,
        spec={
            "podSelector": chosen or {"matchLabels": selector(tracker, component)},
            "policyTypes": ["Ingress"],
            "ingress": rules,
        },
    )
