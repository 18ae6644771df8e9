"""Pods on OpenShift: the rules of its SecurityContextConstraints `restricted-v2`, applied to what is rendered.

https://docs.redhat.com/en/documentation/openshift_container_platform/4.17/html/authentication_and_authorization/managing-pod-security-policies
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from flighttracker.spec import FlightTracker
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.objects.kinds import OPENSHIFT
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, examples, facts, made, secrets_of, tracker

ASSIGNED: Final = range(1_000_720_000, 1_000_730_000)
"""Ids of one namespace."""
VOLUMES: Final = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}


def violations(pod: dict[str, Any]) -> Iterator[str]:
    """Yield what `restricted-v2` rejects in a pod spec."""
    contexts = [pod.get("securityContext", {})]
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        own = container.get("securityContext", {})
        contexts.append(own)
        if own.get("privileged") or own.get("allowPrivilegeEscalation") is not False:
            yield f"{container['name']}: privilege escalation"
        capabilities = own.get("capabilities", {})
        if "ALL" not in capabilities.get("drop", ()) or set(capabilities.get("add", ())) - {"NET_BIND_SERVICE"}:
            yield f"{container['name']}: capabilities"
    for context in contexts:
        ids = [context.get("runAsUser"), context.get("fsGroup"), *context.get("supplementalGroups", ())]
        if any(number is not None and number not in ASSIGNED for number in ids):
            yield f"ids {ids}"
        if context.get("seccompProfile", {"type": "RuntimeDefault"}) != {"type": "RuntimeDefault"}:
            yield "seccomp"
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            yield name
    for volume in pod.get("volumes", []):
        if not (volume.keys() - {"name"}) <= VOLUMES:
            yield f"volume {volume}"


def pods_of(wanted: FlightTracker, served: frozenset[str]) -> list[dict[str, Any]]:
    known = facts(api_versions=served, secrets=secrets_of(wanted))
    workloads: list[Manifest] = [
        manifest for manifest in made(wanted, known).values() if manifest["kind"] in {"Deployment", "StatefulSet"}
    ]
    return [workload["spec"]["template"]["spec"] for workload in workloads]


@pytest.mark.parametrize("wanted", [tracker(), *examples()], ids=lambda wanted: str(wanted.metadata.name))
def test_restricted_v2_admits_every_pod(wanted: FlightTracker) -> None:
    pods = pods_of(wanted, EVERYTHING_SERVED | {OPENSHIFT})
    assert pods
    assert [problem for pod in pods for problem in violations(pod)] == []


def test_elsewhere_pods_have_the_ids_of_their_images() -> None:
    pods = pods_of(tracker(), EVERYTHING_SERVED)
    assert all(list(violations(pod)) for pod in pods)
    for pod in pods:
        ids = [pod["securityContext"][name] for name in ("runAsUser", "runAsGroup", "fsGroup")]
        assert len(set(ids)) == 1
        assert ids[0] > 0
