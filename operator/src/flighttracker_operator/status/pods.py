"""Problems of pods, with messages that say how to fix them. Of several problems, the most severe is reported."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.status.view import State, false_state

IMAGE_REASONS: Final = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
)
CONFIG_REASONS: Final = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
LOG_CHARACTERS: Final = 240
MANY_RESTARTS: Final = 3
"""Restarts of a running container that exited with 0 each time; fewer are a node that restarted, or a slow start."""
FULL_SIGNS: Final = ("No space left on device", "all log dirs in")
"""What the last lines of a server's log contain when its volume was full; the second is Kafka's last line."""
NO_WARNINGS: Final[Mapping[str, str]] = {}
OF_VOLUMES: Final = ("persistentvolumeclaim", "binding volumes")
"""Words of the scheduler about a pod that waits for a volume."""
_UNHELPFUL: Final = re.compile(r"\.?( no new claims to deallocate,)? preemption: .*$", re.DOTALL)
"""The part of the scheduler's message about preemption, which does not help to fix the problem."""


def pod_problem(
    pods: Sequence[Manifest], claims: Sequence[Manifest], warnings: Mapping[str, str] = NO_WARNINGS
) -> State | None:
    """Return the most severe problem that keeps pods from being ready; None if they are only starting.

    Args:
        pods: the pods of one component.
        claims: the volume claims of that component.
        warnings: messages of events, by volume claim that gets no volume.
    """
    alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    for check in (_image, _configuration, _crash):
        for pod in alive:
            for container, state, last in _containers(pod):
                found = check(pod["metadata"]["name"], container, state, last)
                if found is not None:
                    return found
    for pod in alive:
        found = _unschedulable(pod, _pending(claims, warnings))
        if found is not None:
            return found
    # While a provisioner fails, the scheduler waits without a condition of the pod.
    return _pending([claim for claim in claims if claim["metadata"]["name"] in warnings], warnings)


def _containers(pod: Manifest) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the status of each container that is not ready, with its current and its last state."""
    status = pod.get("status", {})
    for found in (*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())):
        if not found.get("ready"):
            yield found, found.get("state") or {}, found.get("lastState") or {}


def _image(pod: str, container: Mapping[str, Any], state: Mapping[str, Any], _: Mapping[str, Any]) -> State | None:
    waiting = state.get("waiting") or {}
    if waiting.get("reason") not in IMAGE_REASONS:
        return None
    image = container.get("image", "")
    message = (
        f"image {image} of pod {pod} cannot be pulled ({waiting['reason']}): check its name and the pull credentials "
        "(spec.podTemplate.imageOverrides, spec.podTemplate.imagePullSecrets)"
    )
    return false_state("ImageCannotBePulled", message)


def _configuration(
    pod: str, container: Mapping[str, Any], state: Mapping[str, Any], _: Mapping[str, Any]
) -> State | None:
    waiting = state.get("waiting") or {}
    if waiting.get("reason") not in CONFIG_REASONS:
        return None
    message = (
        f"container {container['name']} of pod {pod} cannot be created: {waiting.get('message') or waiting['reason']}"
    )
    return false_state("ContainerCannotStart", message)


def _crash(pod: str, container: Mapping[str, Any], state: Mapping[str, Any], last: Mapping[str, Any]) -> State | None:
    ended = state.get("terminated") or (last.get("terminated") if container.get("restartCount", 0) else None) or {}
    if not ended or not (ended.get("exitCode") or container.get("restartCount")):
        return None
    name = container["name"]
    if ended.get("reason") == "OOMKilled":
        message = f"container {name} of pod {pod} exceeded its memory limit: raise its resources.limits.memory"
        return false_state("OutOfMemory", message)
    if ended.get("exitCode") == 0:
        # It did not crash: the kubelet told it to stop after failed probes, or its command ends by itself.
        if "running" in state and container["restartCount"] < MANY_RESTARTS:
            return None
        message = (
            f"container {name} of pod {pod} ended with code 0 and was started again {container['restartCount']} times: "
            "it was stopped because a probe failed, or its image runs another command "
            f"(kubectl describe pod {pod}; kubectl logs {pod} -c {name} --previous)"
        )
        return false_state("ContainerRestarts", message)
    if any(sign in (ended.get("message") or "") for sign in FULL_SIGNS):
        message = (
            f"container {name} of pod {pod} ended because its volume is full: raise storage.size of its server in "
            f"spec; Kafka deletes its oldest positions when it starts (kubectl logs {pod} -c {name} --previous)"
        )
        return false_state("VolumeFull", message)
    log = _last_line(ended.get("message") or "")
    message = (
        f"container {name} of pod {pod} exited with code {ended.get('exitCode', '?')}"
        + (f": {log}" if log else "")
        + f" (kubectl logs {pod} -c {name} --previous)"
    )
    return false_state("ContainerCrashes", message)


def _last_line(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1][:LOG_CHARACTERS] if lines else ""


def _unschedulable(pod: Manifest, pending: State | None) -> State | None:
    for condition in pod.get("status", {}).get("conditions", ()):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            error = condition.get("message") or condition.get("reason", "")
            if pending is not None and any(words in error.lower() for words in OF_VOLUMES):
                return pending
            message = f"pod {pod['metadata']['name']} cannot be scheduled: {_UNHELPFUL.sub('', error)}"
            fix = "add nodes, lower the resource requests, or fix nodeSelector, affinity or tolerations"
            return false_state("Unschedulable", f"{message}; {fix} in spec.podTemplate")
    return None


def _pending(claims: Iterable[Manifest], warnings: Mapping[str, str]) -> State | None:
    for claim in claims:
        if claim.get("status", {}).get("phase") == "Pending":
            name, storage = claim["metadata"]["name"], claim["spec"].get("storageClassName")
            what = f"StorageClass {storage}" if storage else "a default StorageClass"
            size = claim["spec"]["resources"]["requests"]["storage"]
            reason = (
                f"{what} gives no volume ({warnings[name][:LOG_CHARACTERS]}); check it and its provisioner"
                if name in warnings
                else f"check that {what} exists and can provision it"
            )
            message = f"volume claim {name} ({size}) is pending: {reason} (kubectl describe pvc {name})"
            return false_state("VolumePending", message)
    return None
