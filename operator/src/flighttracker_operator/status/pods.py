"""What ails a pod, in words that say what to do. The worst of several pods is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.status.view import State, waits

IMAGE_REASONS: Final = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
)
CONFIG_REASONS: Final = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
LOG_CHARACTERS: Final = 240
_UNHELPFUL: Final = re.compile(r"\.?( no new claims to deallocate,)? preemption: .*$", re.DOTALL)
"""What the scheduler says about making room by ending others, which nobody asked for."""


def trouble_of(pods: Sequence[Manifest], claims: Sequence[Manifest]) -> State | None:
    """Return what keeps pods from being ready, the gravest thing first; None when there is nothing but waiting.

    Args:
        pods: of one component.
        claims: the volume claims of that component.
    """
    alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    for look in (_image, _configuration, _crash):
        for pod in alive:
            for container, state, last in _containers(pod):
                found = look(pod["metadata"]["name"], container, state, last)
                if found is not None:
                    return found
    for pod in alive:
        found = _unschedulable(pod, claims)
        if found is not None:
            return found
    return None


def _containers(pod: Manifest) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the status of each container that is not ready, with its present and its last state."""
    status = pod.get("status", {})
    for found in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
        if not found.get("ready"):
            yield found, found.get("state") or {}, found.get("lastState") or {}


def _image(pod: str, container: Mapping[str, Any], state: Mapping[str, Any], _: Mapping[str, Any]) -> State | None:
    waiting = state.get("waiting") or {}
    if waiting.get("reason") not in IMAGE_REASONS:
        return None
    image = container.get("image", "")
    told = (
        f"image {image} of pod {pod} cannot be pulled ({waiting['reason']}): check its name and that the node may pull "
        "it (spec.podTemplate.imagePullSecrets, spec.podTemplate.imageOverrides)"
    )
    return waits("ImageCannotBePulled", told)


def _configuration(
    pod: str, container: Mapping[str, Any], state: Mapping[str, Any], _: Mapping[str, Any]
) -> State | None:
    waiting = state.get("waiting") or {}
    if waiting.get("reason") not in CONFIG_REASONS:
        return None
    told = f"container {container['name']} of pod {pod} cannot be made: {waiting.get('message') or waiting['reason']}"
    return waits("ContainerCannotStart", told)


def _crash(pod: str, container: Mapping[str, Any], state: Mapping[str, Any], last: Mapping[str, Any]) -> State | None:
    ended = state.get("terminated") or (last.get("terminated") if container.get("restartCount", 0) else None) or {}
    # One that ended well and was started again has crashed, too: nothing here is meant to end.
    if not ended or not (ended.get("exitCode") or container.get("restartCount")):
        return None
    name = container["name"]
    if ended.get("reason") == "OOMKilled":
        told = f"container {name} of pod {pod} used more memory than it may: raise its resources.limits.memory"
        return waits("OutOfMemory", told)
    log = _last_line(ended.get("message") or "")
    told = (
        f"container {name} of pod {pod} ended with exit code {ended.get('exitCode', '?')}"
        + (f": {log}" if log else "")
        + f" (kubectl logs {pod} -c {name} --previous)"
    )
    return waits("ContainerCrashes", told)


def _last_line(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1][:LOG_CHARACTERS] if lines else ""


def _unschedulable(pod: Manifest, claims: Sequence[Manifest]) -> State | None:
    for condition in pod.get("status", {}).get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            words = condition.get("message") or condition.get("reason", "")
            pending = _pending(claims)
            if pending is not None and "persistentvolumeclaim" in words.lower():
                return pending
            told = f"no node takes pod {pod['metadata']['name']}: {_UNHELPFUL.sub('', words)}"
            todo = "make room, ask for less in resources, or correct nodeSelector, affinity or tolerations"
            return waits("Unschedulable", f"{told}; {todo} in spec.podTemplate")
    return None


def _pending(claims: Iterable[Manifest]) -> State | None:
    for claim in claims:
        if claim.get("status", {}).get("phase") == "Pending":
            name, storage = claim["metadata"]["name"], claim["spec"].get("storageClassName")
            what = f"StorageClass {storage}" if storage else "a default StorageClass"
            size = claim["spec"]["resources"]["requests"]["storage"]
            told = (
                f"volume claim {name} ({size}) waits: check that {what} exists and can make it (kubectl describe pvc "
                f"{name})"
            )
            return waits("VolumePending", told)
    return None
