"""A cluster as a person has it: kubectl and helm on the KUBECONFIG that is set. Every wait here has a bound."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
CHART: Final = ROOT / "charts/flighttracker"
EXAMPLES: Final = ROOT / "examples"
HOST: Final = "minimal.flights.test"
"""Of the tracker's ingress."""
OFFERED: Final = "flighttracker.io/use=true"
"""Label of a Secret that trackers may use."""
TRACKER_LABEL: Final = "flighttracker.io/tracker"
COMMAND_S: Final = 60.0
POLL_S: Final = 0.5

Manifest = dict[str, Any]


class CommandError(AssertionError):
    """kubectl or helm failed; the message is its output."""


def cluster_or_skip() -> None:
    """Skip unless a cluster is available."""
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("no cluster: set KUBECONFIG")
    for program in ("kubectl", "helm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def run(command: Sequence[str], *, text: str | None = None, timeout_s: float = COMMAND_S) -> str:
    """Run a command and return what it printed."""
    answer = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=timeout_s, check=False, cwd=ROOT
    )
    if answer.returncode != 0:
        raise CommandError(f"{' '.join(command)}\n{answer.stderr or answer.stdout}")
    return answer.stdout


def until(reached: Callable[[], bool], *, within_s: float, what: str) -> float:
    """Wait for a condition and return how long it took, seconds."""
    began_s = time.monotonic()
    while not reached():
        if time.monotonic() - began_s > within_s:
            raise CommandError(f"{what}: not within {within_s:.0f} s")
        time.sleep(POLL_S)
    return time.monotonic() - began_s


def is_ready(pod: Manifest) -> bool:
    """Whether a pod is ready and stays."""
    conditions = {condition["type"]: condition["status"] for condition in pod["status"].get("conditions", ())}
    return conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]


class Namespace:
    """One namespace of the cluster.

    Args:
        name: its name.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def create(self) -> None:
        """Create it with the pod security level `restricted`, after deleting what an earlier run left."""
        self.delete()
        labels = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"}
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name, "labels": labels}}
        run(("kubectl", "create", "-f", "-"), text=json.dumps(body))

    def delete(self, *, wait: bool = True) -> None:
        """Delete it with everything in it, and wait until it is gone."""
        command = ("kubectl", "delete", "namespace", self.name, "--ignore-not-found", "--timeout=180s")
        run((*command, f"--wait={str(wait).lower()}"), timeout_s=200.0)

    def kubectl(self, *arguments: str, text: str | None = None, timeout_s: float = COMMAND_S) -> str:
        """Run kubectl in this namespace."""
        return run(("kubectl", "--namespace", self.name, *arguments), text=text, timeout_s=timeout_s)

    def helm(self, *arguments: str, timeout_s: float = 360.0) -> str:
        """Run helm in this namespace."""
        return run(("helm", "--namespace", self.name, *arguments), timeout_s=timeout_s)

    def get(self, kind: str, name: str) -> Manifest:
        """Return one object."""
        found: Manifest = json.loads(self.kubectl("get", kind, name, "--output=json"))
        return found

    def list(self, kind: str, selector: str = "") -> list[Manifest]:
        """Return the objects of a kind."""
        chosen = [f"--selector={selector}"] if selector else []
        found: list[Manifest] = json.loads(self.kubectl("get", kind, *chosen, "--output=json"))["items"]
        return found


class Tracker:
    """A FlightTracker in the cluster.

    Args:
        namespace: where.
        name: its name.
    """

    def __init__(self, namespace: Namespace, name: str) -> None:
        self.namespace = namespace
        self.name = name

    @property
    def selector(self) -> str:
        """Label of its objects and their pods."""
        return f"{TRACKER_LABEL}={self.name}"

    def object(self) -> Manifest:
        """Return the present resource."""
        return self.namespace.get("flighttracker", self.name)

    def patch(self, spec: Manifest) -> None:
        """Patch its spec."""
        body = json.dumps({"spec": spec})
        self.namespace.kubectl("patch", "flighttracker", self.name, "--type=merge", "--patch", body)

    def wait_ready(self, within_s: float) -> float:
        """Wait for the condition Ready as a person does, and return how long it took; or tell why not."""
        began_s = time.monotonic()
        wait = ("wait", "--for=condition=Ready", f"flighttracker/{self.name}", f"--timeout={within_s:.0f}s")
        try:
            self.namespace.kubectl(*wait, timeout_s=within_s + 10)
        except CommandError as error:
            told = self.namespace.kubectl("describe", "flighttracker", self.name)
            pods = self.namespace.kubectl("get", "pods", "--output=wide")
            raise CommandError(f"{error}\n{told}\n{pods}") from error
        return time.monotonic() - began_s

    def is_settled(self) -> bool:
        """Whether the operator has seen the latest spec, calls it ready, and every pod that should be is ready."""
        found = self.object()
        status = found.get("status", {})
        conditions = {condition["type"]: condition["status"] for condition in status.get("conditions", ())}
        seen = status.get("observedGeneration") == found["metadata"]["generation"]
        return seen and conditions.get("Ready") == "True" and self.pods_are_ready()

    def pods_are_ready(self) -> bool:
        """Whether every workload has all its pods, and they are ready."""
        workloads = self.namespace.list("deployments,statefulsets", self.selector)
        for workload in workloads:
            wanted, status = workload["spec"]["replicas"], workload["status"]
            numbers = {status.get(name, 0) for name in ("replicas", "updatedReplicas", "readyReplicas")}
            if numbers != {wanted} or status["observedGeneration"] != workload["metadata"]["generation"]:
                return False
        # The status of the workloads may be older than the death of a pod.
        pods = self.pods()
        return len(pods) == sum(workload["spec"]["replicas"] for workload in workloads) and all(map(is_ready, pods))

    def wait_settled(self, within_s: float) -> float:
        """Wait until `is_settled`, and return how long it took."""
        try:
            return until(self.is_settled, within_s=within_s, what=f"flighttracker/{self.name} is ready again")
        except CommandError as error:
            told = self.namespace.kubectl("describe", "flighttracker", self.name)
            raise CommandError(f"{error}\n{told}\n{self.namespace.kubectl('get', 'pods')}") from error

    def pods(self, component: str = "") -> list[Manifest]:
        """Return its pods."""
        chosen = f",app.kubernetes.io/component={component}" if component else ""
        return self.namespace.list("pods", self.selector + chosen)

    def children(self) -> list[str]:
        """Return every object in the namespace that carries its label, as KIND/NAME."""
        listed = run(("kubectl", "api-resources", "--namespaced", "--verbs=list", "--output=name")).split()
        # Events are about objects and have no labels; metrics are not objects.
        kinds = [kind for kind in listed if not kind.startswith("events") and not kind.endswith(".metrics.k8s.io")]
        found = self.namespace.kubectl("get", ",".join(kinds), f"--selector={self.selector}", "--output=name")
        return sorted(found.split())


def example(name: str) -> Manifest:
    """Return an example of the project."""
    loaded: Manifest = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded
