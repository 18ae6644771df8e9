"""Helm commands on the chart of this checkout."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
CHART: Final = ROOT / "charts/flighttracker"
DEVELOPMENT_CLUSTER: Final = ROOT.parent / "shared/cluster/cluster"
"""A development cluster next to the checkout has its own helm and kubectl."""

Manifest = dict[str, Any]

EVERYTHING = (
    "--set=sample.enabled=true,metrics.serviceMonitor.enabled=true,priorityClassName=high,log.level=debug",
    "--set=image.pullSecrets={mirror},podLabels.team=sky,podAnnotations.a=b,nodeSelector.disk=fast",
    '--set-json=tolerations=[{"key":"a","operator":"Exists"}]',
    '--set-json=affinity={"podAffinity":{}}',
    '--set-json=extraEnv=[{"name":"HTTPS_PROXY","value":"http://proxy:3128"}]',
    "--set=serviceAccount.annotations.role=x,networkPolicy.enabled=true,runtimeClassName=gvisor,extraArgs={--port=8080}",
    '--set-json=topologySpreadConstraints=[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"ScheduleAnyway"}]',
    '--set-json=extraVolumes=[{"name":"ca","configMap":{"name":"ca"}}]',
    '--set-json=extraVolumeMounts=[{"name":"ca","mountPath":"/ca"}]',
    '--set-json=networkPolicy.egress=[{"ports":[{"port":443}]}]',
    "--set=commonLabels.team-of=sky,commonAnnotations.contact=sky,metrics.serviceMonitor.scrapeTimeout=5s",
    "--set=metrics.prometheusRule.enabled=true,metrics.dashboard.enabled=true",
)
"""Arguments that set every value that adds something."""


@functools.cache
def find_program(name: str) -> str | None:
    """Return the path of a program: on the PATH, or next to the development cluster's programs; None if missing."""
    path = os.environ.get("PATH", os.defpath)
    if (found := shutil.which(name, path=path)) is not None or not DEVELOPMENT_CLUSTER.exists():
        return found
    command = ["bash", "-c", 'eval "$("$0" env)" && printf %s "$PATH"', str(DEVELOPMENT_CLUSTER)]
    return shutil.which(
        name, path=subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    )


def helm(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run helm; the test is skipped where it is not installed."""
    program = find_program("helm")
    if program is None:
        pytest.skip("helm is not installed")
    answer = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert not check or answer.returncode == 0, answer.stderr
    return answer


def render(*arguments: str, release: str = "map", namespace: str = "flights") -> list[Manifest]:
    """Return the objects of an installation."""
    answer = helm("template", release, str(CHART), "--namespace", namespace, *arguments)
    return [manifest for manifest in yaml.safe_load_all(answer.stdout) if manifest is not None]


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    """Return the objects of one kind."""
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def only(manifests: list[Manifest], kind: str) -> Manifest:
    """Return the only object of a kind."""
    (found,) = of_kind(manifests, kind)
    return found


def operator_pod(*arguments: str) -> dict[str, Any]:
    """Return the spec of the operator's pod."""
    pod: dict[str, Any] = only(render(*arguments), "Deployment")["spec"]["template"]["spec"]
    return pod


def container(*arguments: str) -> dict[str, Any]:
    """Return the operator's container."""
    (found,) = operator_pod(*arguments)["containers"]
    assert isinstance(found, dict)
    return found


def environment(*arguments: str) -> dict[str, str]:
    """Return the variables of the operator's container."""
    return {variable["name"]: variable["value"] for variable in container(*arguments)["env"]}
