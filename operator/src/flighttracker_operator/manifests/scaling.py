"""The autoscaler of the gateways: by CPU, or by CPU and connections.

Scaling on connections needs KEDA. Without it, gateways scale on CPU only, and `refusals` reports that.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.metric_names import VIEWERS
from flighttracker.spec import FlightTracker
from flighttracker.spec.gateway import Autoscaling
from flighttracker_operator.manifests.metadata import child
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import METRICS_PORT, child_name

KEDA: Final = "keda.sh/v1alpha1"
STABILIZATION_S: Final = 300
"""Stabilization window before scaling down. It is long, because a gateway that stops moves its viewers to others."""
POLL_S: Final = 15
AUTOSCALERS: Final = frozenset({"HorizontalPodAutoscaler", "ScaledObject"})
"""Kinds of objects that set the number of gateways."""


def gateway_replicas(tracker: FlightTracker, facts: Facts) -> int | None:
    """Return the number of gateways to apply; None to leave the live number to its owner.

    With autoscaling, the number is only set for a Deployment with 0 replicas, for which an autoscaler does nothing.
    `Applier` keeps the live number when the field is left out for the first time, which server-side apply would
    otherwise reset to 1. Without autoscaling, `replicas` applies once the autoscaler is deleted: until then, both would
    set the number in turn. A lower number applies at once: it is what the author asks for, and each gateway that stops
    asks its viewers to reconnect over `drainSeconds`.
    """
    live = facts.workloads.get(child_name(tracker, "gateway"))
    scaling = tracker.spec.gateway.autoscaling
    if scaling is not None:
        return scaling.min_replicas if live and live.replicas == 0 else None
    return None if live and facts.has_autoscaler else tracker.spec.gateway.replicas


def autoscaler(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return a HorizontalPodAutoscaler, or with KEDA a ScaledObject; no objects without autoscaling."""
    scaling = tracker.spec.gateway.autoscaling
    if scaling is None:
        return []
    if scaling.connections_per_pod is not None and facts.serves(KEDA):
        return [_scaled_object(tracker, facts, scaling, scaling.connections_per_pod)]
    return [_horizontal_pod_autoscaler(tracker, facts, scaling)]


def _target(tracker: FlightTracker) -> dict[str, str]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "name": child_name(tracker, "gateway")}


def _behavior() -> dict[str, Any]:
    # Scale down one pod a minute, to give the other gateways time to accept its viewers. Scaling up has no limit.
    one_a_minute = {"type": "Pods", "value": 1, "periodSeconds": 60}
    return {"scaleDown": {"stabilizationWindowSeconds": STABILIZATION_S, "policies": [one_a_minute]}}


def _horizontal_pod_autoscaler(tracker: FlightTracker, facts: Facts, scaling: Autoscaling) -> Manifest:
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": scaling.cpu_percent}}
    return child(
        tracker,
        facts,
        "gateway",
        api_version="autoscaling/v2",
        kind="HorizontalPodAutoscaler",
        spec={
            "scaleTargetRef": _target(tracker),
            "minReplicas": scaling.min_replicas,
            "maxReplicas": scaling.max_replicas,
            "metrics": [{"type": "Resource", "resource": cpu}],
            "behavior": _behavior(),
        },
    )


def _scaled_object(tracker: FlightTracker, facts: Facts, scaling: Autoscaling, connections: int) -> Manifest:
    return child(
        tracker,
        facts,
        "gateway",
        api_version=KEDA,
        kind="ScaledObject",
        spec={
            "scaleTargetRef": _target(tracker),
            "minReplicaCount": scaling.min_replicas,
            "maxReplicaCount": scaling.max_replicas,
            "pollingInterval": POLL_S,
            "advanced": {"horizontalPodAutoscalerConfig": {"behavior": _behavior()}},
            "triggers": [
                {"type": "cpu", "metricType": "Utilization", "metadata": {"value": str(scaling.cpu_percent)}},
                {"type": "metrics-api", "metadata": _viewers(tracker, facts, connections)},
            ],
        },
    )


def _viewers(tracker: FlightTracker, facts: Facts, connections: int) -> dict[str, str]:
    """Return the KEDA trigger that reads the number of viewers; KEDA divides it by the number of gateways."""
    address = f"http://{child_name(tracker, 'gateway')}.{facts.namespace}.svc:{METRICS_PORT}"
    return {
        "targetValue": str(connections),
        # /metrics needs no token, and every gateway reports the viewers of the whole tracker.
        "url": f"{address}/metrics",
        "format": "prometheus",
        "valueLocation": VIEWERS,
    }
