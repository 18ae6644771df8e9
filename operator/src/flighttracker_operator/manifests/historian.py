"""The historians, which keep the past as files, and answer gateways that ask for it; none without `spec.history`.

One historian writes to a volume, so it is a StatefulSet. Several share a bucket, so they are a Deployment. When the
store changes, one replaces the other, and continues where it ended: both belong to the same consumer group. The claim
of the volume stays, and is used again if the tracker returns to it.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.plan_history import HISTORIAN_PORT, HISTORY_DIRECTORY
from flighttracker.spec import FlightTracker
from flighttracker.spec.history import HistoryVolume
from flighttracker_operator.manifests import amounts, pods
from flighttracker_operator.manifests.metadata import child, disruption_budget, service
from flighttracker_operator.manifests.roles import USER, RoleParts, role_parts
from flighttracker_operator.manifests.volumes import CLAIM, claim_template, grown_claims
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import tracker_images
from flighttracker_operator.model.names import METRICS_PORT, child_name, selector

GRACE_S: Final = 60
"""Long enough to write the positions that are in no file yet."""
START_S: Final = 300


def historian(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the historians' workload, Service and ConfigMap, with the claim that exists and a disruption budget."""
    history = tracker.spec.history
    if not history.enabled:
        return []
    parts = role_parts(tracker, facts, "historian")
    objects = [
        parts.config_map,
        service(tracker, facts, "historian", {"http": HISTORIAN_PORT, "metrics": METRICS_PORT}),
    ]
    if history.volume is not None:
        claims = grown_claims(tracker, facts, "historian", history.volume, 1)
        return [*objects, *claims, _stateful_set(tracker, facts, parts, history.volume)]
    several = history.replicas > 1
    budget = [disruption_budget(tracker, facts, "historian")] if several else []
    return [*objects, _deployment(tracker, facts, parts), *budget]


def _stateful_set(tracker: FlightTracker, facts: Facts, parts: RoleParts, volume: HistoryVolume) -> Manifest:
    spec = {
        "replicas": 1,
        "serviceName": child_name(tracker, "historian"),
        "podManagementPolicy": "Parallel",
        "updateStrategy": {"type": "RollingUpdate"},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        "selector": {"matchLabels": selector(tracker, "historian")},
        "template": _pod(tracker, facts, parts, [{"name": CLAIM, "mountPath": HISTORY_DIRECTORY}]),
        "volumeClaimTemplates": [claim_template(tracker, "historian", volume)],
    }
    return child(tracker, facts, "historian", api_version="apps/v1", kind="StatefulSet", spec=spec)


def _deployment(tracker: FlightTracker, facts: Facts, parts: RoleParts) -> Manifest:
    spec = {
        "replicas": tracker.spec.history.replicas,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "revisionHistoryLimit": 3,
        "selector": {"matchLabels": selector(tracker, "historian")},
        "template": _pod(tracker, facts, parts, []),
    }
    return child(tracker, facts, "historian", api_version="apps/v1", kind="Deployment", spec=spec)


def _pod(tracker: FlightTracker, facts: Facts, parts: RoleParts, mounts: list[dict[str, Any]]) -> dict[str, Any]:
    process = pods.container(
        "historian",
        tracker_images(facts.images, tracker.spec.pod_template.image_overrides).historian,
        amounts.resources(amounts.HISTORIAN, tracker.spec.history.resources),
        command=parts.command,
        **({"env": parts.environment} if parts.environment else {}),
        ports=[
            {"name": "http", "containerPort": HISTORIAN_PORT, "protocol": "TCP"},
            {"name": "metrics", "containerPort": METRICS_PORT, "protocol": "TCP"},
        ],
        startupProbe=pods.http_probe("/health", "metrics", period_s=2, failures=START_S // 2),
        readinessProbe=pods.http_probe("/health", "metrics", period_s=5, failures=3),
        livenessProbe=pods.http_probe("/health", "metrics", period_s=15, failures=4),
        volumeMounts=[*mounts, *parts.mounts],
    )
    return pods.pod_template(
        tracker,
        facts,
        "historian",
        [process],
        user=USER,
        grace_s=GRACE_S,
        annotations=parts.annotations,
        volumes=parts.volumes,
    )
