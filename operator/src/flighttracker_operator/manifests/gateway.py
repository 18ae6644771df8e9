"""The gateways: a Deployment. The resource, `kubectl scale` or an autoscaler sets its replicas.

A gateway that shuts down asks its viewers to reconnect, in batches over `drainSeconds`. Kubernetes removes it from the
Service at the same time; `preStop` waits until every proxy has noticed. A rolling update starts a new pod before it
stops an old one.
"""

from __future__ import annotations

import math
from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import amounts, pods
from flighttracker_operator.manifests.metadata import child, disruption_budget, service
from flighttracker_operator.manifests.roles import USER, RoleParts, role_parts
from flighttracker_operator.manifests.scaling import autoscaler, gateway_replicas
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import tracker_images
from flighttracker_operator.model.names import GATEWAY_PORT, METRICS_PORT, selector

LEAVE_S: Final = 5
"""Time for proxies to notice that a gateway has left the Service."""
SLACK_S: Final = 10
"""Time from the end of the drain to the exit of the process."""
START_S: Final = 300


def gateway(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the gateways' Deployment, Service and ConfigMap, with an autoscaler and a disruption budget if needed."""
    parts = role_parts(tracker, facts, "gateway")
    spec: dict[str, Any] = {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "revisionHistoryLimit": 3,
        "selector": {"matchLabels": selector(tracker, "gateway")},
        "template": pods.pod_template(
            tracker,
            facts,
            "gateway",
            [_process(tracker, facts, parts)],
            user=USER,
            grace_s=LEAVE_S + math.ceil(tracker.spec.gateway.drain_seconds) + SLACK_S,
            annotations=parts.annotations,
            volumes=parts.volumes,
        ),
    }
    scaling = tracker.spec.gateway.autoscaling
    replicas = gateway_replicas(tracker, facts)
    if replicas is not None:
        spec["replicas"] = replicas
    several = (scaling.max_replicas if scaling else tracker.spec.gateway.replicas) > 1
    return [
        parts.config_map,
        service(
            tracker,
            facts,
            "gateway",
            {"http": GATEWAY_PORT, "metrics": METRICS_PORT},
            annotations=_encrypted(tracker),
            is_encrypted=tracker.spec.gateway.tls is not None,
        ),
        child(tracker, facts, "gateway", api_version="apps/v1", kind="Deployment", spec=spec),
        *autoscaler(tracker, facts),
        *([disruption_budget(tracker, facts, "gateway")] if several else []),
    ]


def _process(tracker: FlightTracker, facts: Facts, parts: RoleParts) -> dict[str, Any]:
    return pods.container(
        "gateway",
        tracker_images(facts.images, tracker.spec.pod_template.image_overrides).gateway,
        amounts.resources(
            amounts.SCALED_GATEWAY if tracker.spec.gateway.autoscaling else amounts.GATEWAY,
            tracker.spec.gateway.resources,
        ),
        command=parts.command,
        **({"env": parts.environment} if parts.environment else {}),
        ports=[
            {"name": "http", "containerPort": GATEWAY_PORT, "protocol": "TCP"},
            {"name": "metrics", "containerPort": METRICS_PORT, "protocol": "TCP"},
        ],
        startupProbe=pods.http_probe("/health", "metrics", period_s=2, failures=START_S // 2),
        readinessProbe=pods.http_probe("/ready", "metrics", period_s=3, failures=3),
        livenessProbe=pods.http_probe("/health", "metrics", period_s=15, failures=4),
        # A command, because older Kubernetes versions reject the `sleep` action of newer ones.
        lifecycle={"preStop": {"exec": {"command": ["sleep", str(LEAVE_S)]}}},
        volumeMounts=parts.mounts,
    )


def _encrypted(tracker: FlightTracker) -> dict[str, str]:
    """Return the Service annotations with which some ingress controllers connect to the gateways over TLS."""
    if tracker.spec.gateway.tls is None:
        return {}
    return {
        "projectcontour.io/upstream-protocol.tls": str(GATEWAY_PORT),
        "traefik.ingress.kubernetes.io/service.serversscheme": "https",
    }
