"""install.yaml of a release, applied with kubectl: everything at once, and again without a change."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from scripts import release

from tests.apiserver.api_server import ADMIN, ApiServer, Json
from tests.apiserver.chart_release import account_kubeconfig
from tests.apiserver.cluster_view import Cluster, end_namespace
from tests.apiserver.operator_process import OperatorProcess
from tests.chart.helm import ROOT, find_program

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

KUBECTL_S = 60.0


@pytest.fixture
def manifest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """install.yaml, for a namespace of its own."""
    helm = find_program("helm")
    if helm is None or shutil.which("kubectl") is None:
        pytest.skip("helm or kubectl is not installed")
    monkeypatch.setenv("PATH", str(Path(helm).parent), prepend=os.pathsep)
    monkeypatch.setattr(release, "NAMESPACE", f"install-{uuid.uuid4().hex[:8]}")
    path = tmp_path / "install.yaml"
    path.write_text(release.install_manifest(ROOT), encoding="utf-8")
    return path


def objects_of(path: Path) -> list[Json]:
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


@pytest.fixture
def kubectl_apply(api_server: ApiServer, manifest: Path) -> Iterator[list[str]]:
    """The command of the documentation; what it creates outside its namespace is deleted, except for the CRD."""
    kubeconfig = api_server.kubeconfig(ADMIN)
    command = ["kubectl", "--kubeconfig", str(kubeconfig)]
    yield [*command, "apply", "--server-side", "--force-conflicts", "--output=name", "-f", str(manifest)]
    outside = [f"{one['kind']}/{one['metadata']['name']}" for one in objects_of(manifest) if "Role" in one["kind"]]
    subprocess.run([*command, "delete", *outside], timeout=KUBECTL_S, check=True)


def versions(server: ApiServer, namespace: str) -> dict[str, str]:
    """Return the resource versions of what install.yaml creates in its namespace, and of its roles."""
    apis = {"configmaps": "/api/v1", "serviceaccounts": "/api/v1", "deployments": "/apis/apps/v1"}
    paths = [f"{api}/namespaces/{namespace}/{plural}" for plural, api in apis.items()]
    paths += [f"/apis/rbac.authorization.k8s.io/v1/{plural}" for plural in ("clusterroles", "clusterrolebindings")]
    return {
        f"{path}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
        for path in paths
        for item in server.request("GET", path)["items"]
        if namespace in str(item["metadata"])
    }


def test_install_yaml_can_be_applied_twice(
    api_server: ApiServer, manifest: Path, kubectl_apply: list[str], tmp_path: Path
) -> None:
    namespace = release.NAMESPACE
    first = subprocess.run(kubectl_apply, capture_output=True, text=True, timeout=KUBECTL_S, check=False)
    assert first.returncode == 0, first.stderr
    before = versions(api_server, namespace)
    assert len(first.stdout.splitlines()) == len(objects_of(manifest)) == len(before) + 2, "namespace and CRD, too"
    again = subprocess.run(kubectl_apply, capture_output=True, text=True, timeout=KUBECTL_S, check=False)
    assert again.returncode == 0, again.stderr
    assert versions(api_server, namespace) == before
    cluster = Cluster(api_server, namespace)
    kubeconfig = account_kubeconfig(api_server, namespace, f"{namespace}-flighttracker")
    with OperatorProcess(kubeconfig, tmp_path, namespace) as operator:
        cluster.create_tracker()
        cluster.complete()
        assert operator.bugs() == []
    end_namespace(cluster)
