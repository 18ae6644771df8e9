"""How a StatefulSet or a Deployment is, with what ails its pods when it is not ready."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import Component, child_name
from flighttracker_operator.status.pods import trouble_of
from flighttracker_operator.status.view import State, View, fine, waits

DEGRADED: Final = "Degraded"
"""It works, with fewer pods than were asked for."""
UPDATING: Final = "Updating"
"""It works, and pods with earlier settings are being replaced."""


def workload_state(
    view: View,
    component: Component,
    kind: Literal["StatefulSet", "Deployment"],
    what: str,
    *,
    needed: int | None = None,
    asked: int | None = None,
) -> State:
    """Return how the workload of a component is: it works with `needed` pods, and is complete with `asked` of them.

    Args:
        view: what is looked at.
        component: whose workload.
        kind: of the workload.
        what: its pods in the words of a person, plural: `gateways`.
        needed: how many pods must be ready; None for all of them.
        asked: how many the resource asks for; None when that is what the workload's spec says.
    """
    name = child_name(view.tracker, component)
    live = view.child(kind, name)
    if live is None:
        return waits("NotCreated", f"{kind} {name} is not created yet")
    wanted, ready = replicas(live)
    if wanted == 0:
        return waits("ScaledToZero", f"{kind} {name} has 0 replicas: nothing runs")
    enough = wanted if needed is None else min(needed, wanted)
    counted = f"{what} ready: {ready} of {wanted}"
    if ready >= enough and _observed(live):
        if not _settled(live):
            return fine(f"{counted}, with the present settings: {_updated(live)}", UPDATING)
        return fine(counted) if ready >= min(wanted, asked or wanted) else fine(counted, DEGRADED)
    trouble = (
        _creation_trouble(live, view.failures.get(name, ""))
        or trouble_of(view.of_component("Pod", component), view.of_component("PersistentVolumeClaim", component))
        or _deadline(live)
    )
    return trouble or waits("Starting", f"{counted}; starting: kubectl logs {kind.lower()}/{name}")


def replicas(live: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many pods a workload should have, and how many are ready."""
    return live["spec"].get("replicas", 1), live.get("status", {}).get("readyReplicas", 0)


def _observed(live: Mapping[str, Any]) -> bool:
    """Return whether the controller has seen the present spec; before it has, its numbers are of another one."""
    seen: int = live.get("status", {}).get("observedGeneration", 0)
    present: int = live["metadata"].get("generation", 0)
    return seen >= present


def _settled(live: Mapping[str, Any]) -> bool:
    """Return whether every pod has the present settings, and none of an earlier one is left; as `kubectl rollout`."""
    wanted: int = live["spec"].get("replicas", 1)
    exist: int = live.get("status", {}).get("replicas", 0)
    return wanted <= _updated(live) and exist <= _updated(live)


def _updated(live: Mapping[str, Any]) -> int:
    updated: int = live.get("status", {}).get("updatedReplicas", 0)
    return updated


def _creation_trouble(live: Manifest, event: str) -> State | None:
    words = event
    for condition in live.get("status", {}).get("conditions", ()):
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            words = condition.get("message", "")
    if not words:
        return None
    if "exceeded quota" in words:
        return waits("QuotaExceeded", f"pods do not fit the namespace's quota: {words}; raise it, or ask for less")
    return waits("PodsRefused", f"pods cannot be made: {words}")


def _deadline(live: Manifest) -> State | None:
    for condition in live.get("status", {}).get("conditions", ()):
        if condition["type"] == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            return waits("NoProgress", f"pods of {live['metadata']['name']} do not become ready: kubectl describe them")
    return None
