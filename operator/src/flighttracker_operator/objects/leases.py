"""Leases with which operators divide the trackers of a cluster: one for each namespace, and one for the whole cluster.

The Lease of a namespace goes before that of the cluster, so an operator of one namespace takes it out of the scope of
an operator of the whole cluster. Pure: `reconcile.tenure` reads and writes the Leases.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import APP, MANAGED_BY_LABEL, MANAGER

DURATION_S: Final = 30
"""How long a Lease is valid without a renewal."""
RENEW_S: Final = 10.0
CLUSTER_LEASE: Final = f"{MANAGER}-cluster"
CLUSTER_NAMESPACE: Final = "default"
"""Namespace of the cluster's Lease: it exists in every cluster, and some forbid writes to kube-system."""
NAMESPACE_LEASE: Final = MANAGER
LABELS: Final = {"app.kubernetes.io/name": APP, MANAGED_BY_LABEL: MANAGER}
VERSION_ANNOTATION: Final = "flighttracker.io/version"
STANDBY_ANNOTATION: Final = "flighttracker.io/standby"
"""Written by an operator that finds the Lease taken: its name, its version and the time."""


class Identity(NamedTuple):
    """An operator as other operators see it.

    Attributes:
        name: unique among the operators of a cluster, and the same after a restart: namespace and name of a release.
        version: its version.
    """

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name} (version {self.version or 'unknown'})"


def place(scope: str | None) -> tuple[str, str]:
    """Return namespace and name of the Lease for a scope."""
    return (scope, NAMESPACE_LEASE) if scope else (CLUSTER_NAMESPACE, CLUSTER_LEASE)


def lease(scope: str | None, own: Identity) -> Manifest:
    """Return a new Lease that an operator holds."""
    namespace, name = place(scope)
    metadata = {"name": name, "namespace": namespace, "labels": LABELS, **_annotated(own)}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": _held_by(own)}


def renewal(live: Mapping[str, Any], own: Identity) -> dict[str, Any]:
    """Return the patch with which an operator takes or renews a Lease, if it is still the given version."""
    version = {"resourceVersion": live["metadata"]["resourceVersion"]}
    annotated = _annotated(own)
    if is_announced_by(own, live):  # it stood by until now
        annotated["annotations"][STANDBY_ANNOTATION] = None
    return {"metadata": {**version, "labels": LABELS, **annotated}, "spec": _held_by(own)}


def release(live: Mapping[str, Any]) -> dict[str, Any]:
    """Return the patch with which an operator gives a Lease up, so that nobody has to wait until it expires."""
    return {"metadata": {"resourceVersion": live["metadata"]["resourceVersion"]}, "spec": {"holderIdentity": ""}}


def announcement(own: Identity, now: datetime) -> dict[str, Any]:
    """Return the patch with which an operator that stands by shows itself to the holder."""
    return {"metadata": {"annotations": {STANDBY_ANNOTATION: f"{own} since {now:%Y-%m-%dT%H:%M:%SZ}"}}}


def holder(live: Mapping[str, Any]) -> Identity:
    """Return who holds a Lease; the name is empty if nobody does."""
    annotations = live["metadata"].get("annotations") or {}
    return Identity(live.get("spec", {}).get("holderIdentity") or "", annotations.get(VERSION_ANNOTATION, ""))


def rival(live: Mapping[str, Any]) -> str:
    """Return the last announcement on a Lease; empty if there is none."""
    return str((live["metadata"].get("annotations") or {}).get(STANDBY_ANNOTATION) or "")


def is_announced_by(own: Identity, live: Mapping[str, Any]) -> bool:
    """Return whether the last announcement is the operator's own; another's name may begin with its name."""
    return rival(live).startswith(f"{own.name} (")


class Sightings:
    """Tells whether values still change. Clocks of other machines are not used, as in client-go's leader election."""

    def __init__(self) -> None:
        self._seen: dict[object, tuple[object, float]] = {}

    def age_s(self, key: object, value: object, now_s: float) -> float:
        """Return for how long this value has been seen unchanged."""
        last, since_s = self._seen.get(key, (None, now_s))
        if last != value:
            since_s = now_s
        self._seen[key] = value, since_s
        return now_s - since_s


def duration_s(live: Mapping[str, Any]) -> float:
    """Return how long a Lease is valid without a renewal."""
    return float(live.get("spec", {}).get("leaseDurationSeconds") or DURATION_S)


def _annotated(own: Identity) -> dict[str, Any]:
    return {"annotations": {VERSION_ANNOTATION: own.version}}


def _held_by(own: Identity) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"holderIdentity": own.name, "leaseDurationSeconds": DURATION_S, "renewTime": now}
