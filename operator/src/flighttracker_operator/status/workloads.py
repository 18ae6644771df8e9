"""The state of a StatefulSet or Deployment; if it is not ready, with the problem of its pods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import Component, child_name
from flighttracker_operator.status.pods import pod_problem
from flighttracker_operator.status.view import State, View, false_state, true_state

DEGRADED: Final = "Degraded"
"""Reason of a workload that works with fewer pods than requested."""
UPDATING: Final = "Updating"
"""Reason of a workload that works while pods with old settings are being replaced."""

_LIMIT_RANGE: Final = re.compile(r"(maximum|minimum) \S+ usage per |max limit to request ratio per ")
"""Words with which the API server rejects a pod that a LimitRange does not allow."""


def workload_state(
    view: View,
    component: Component,
    kind: Literal["StatefulSet", "Deployment"],
    what: str,
    *,
    needed: int | None = None,
    requested: int | None = None,
) -> State:
    """Return the state of a component's workload: it works with `needed` ready pods, and is complete with `requested`.

    Args:
        view: the input.
        component: the component.
        kind: kind of its workload.
        what: its pods as messages name them, in the plural: `gateways`.
        needed: how many pods must be ready; None for all of them.
        requested: how many pods the resource requests; None for the replicas of the workload.
    """
    name = child_name(view.tracker, component)
    live = view.child(kind, name)
    if live is None:
        return false_state("NotCreated", f"{kind} {name} is not created yet")
    wanted, ready = replicas(live)
    if wanted == 0:
        return false_state("ScaledToZero", f"{kind} {name} has 0 replicas, so nothing runs")
    enough = wanted if needed is None else min(needed, wanted)
    counted = f"{what} ready: {ready} of {wanted}"
    creation = _creation_problem(live, view.failures.get(name, ""))
    if ready >= enough and _observed(live):
        if claim := _lost_volume(view, component):
            return true_state(f"{claim}; {counted}", "VolumeTerminating")
        more = f"; {creation.message}" if creation else ""
        if not _settled(live):
            return true_state(f"{counted}, updated: {_updated(live)}{more}", UPDATING)
        if ready < min(wanted, requested or wanted):
            return true_state(counted + more, DEGRADED)
        return true_state(counted)
    problem = (
        creation
        or pod_problem(
            view.of_component("Pod", component),
            view.of_component("PersistentVolumeClaim", component),
            view.claim_warnings,
        )
        or _deadline(live)
    )
    return problem or false_state("Starting", f"{counted}; starting: kubectl logs {kind.lower()}/{name}")


def _lost_volume(view: View, component: Component) -> str:
    """Return a message about a volume claim that is deleted as soon as its pod stops; empty if there is none."""
    for claim in view.of_component("PersistentVolumeClaim", component):
        if "deletionTimestamp" in claim["metadata"]:
            name = claim["metadata"]["name"]
            return (
                f"volume claim {name} was deleted and disappears with its data when its pod stops: to start with an "
                f"empty volume now, kubectl delete pod {name.partition('-')[2]}"
            )
    return ""


def replicas(live: Mapping[str, Any]) -> tuple[int, int]:
    """Return the desired and the ready replicas of a workload."""
    return live["spec"].get("replicas", 1), live.get("status", {}).get("readyReplicas", 0)


def _observed(live: Mapping[str, Any]) -> bool:
    """Return whether the controller has seen the present spec; until then, its numbers are those of an older one."""
    seen: int = live.get("status", {}).get("observedGeneration", 0)
    present: int = live["metadata"].get("generation", 0)
    return seen >= present


def _settled(live: Mapping[str, Any]) -> bool:
    """Return whether the rollout is complete: every pod is updated, and no old pod is left; as `kubectl rollout`."""
    wanted: int = live["spec"].get("replicas", 1)
    exist: int = live.get("status", {}).get("replicas", 0)
    return wanted <= _updated(live) and exist <= _updated(live)


def _updated(live: Mapping[str, Any]) -> int:
    updated: int = live.get("status", {}).get("updatedReplicas", 0)
    return updated


def _creation_problem(live: Manifest, event: str) -> State | None:
    error = event
    for condition in live.get("status", {}).get("conditions", ()):
        if condition["type"] == "ReplicaFailure" and condition["status"] == "True":
            error = condition.get("message", "")
    if not error:
        return None
    if "exceeded quota" in error:
        return false_state(
            "QuotaExceeded", f"pods exceed the namespace's quota: {error}; raise it, or lower the requests"
        )
    if "failed quota" in error:
        fix = "set them in the resources of the part or its podTemplate, or as defaults in a LimitRange"
        return false_state("QuotaExceeded", f"the namespace's quota demands more resources of pods: {error}; {fix}")
    if _LIMIT_RANGE.search(error):
        fix = "change it, or the resources of the part; those of the init container topics are in its podTemplate"
        return false_state("LimitRangeExceeded", f"the namespace's LimitRange rejects pods: {error}; {fix}")
    return false_state("PodsRefused", f"pods cannot be created: {error}")


def _deadline(live: Manifest) -> State | None:
    for condition in live.get("status", {}).get("conditions", ()):
        if condition["type"] == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            name = live["metadata"]["name"]
            return false_state("NoProgress", f"pods of {name} do not become ready: run kubectl describe pods")
    return None
