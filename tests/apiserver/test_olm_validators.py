"""OLM's own rules accept the bundle, an API server with OLM's CRD accepts it, and its rights are enough."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.apiserver.api_server import ApiServer, Json
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.operator_process import USER, OperatorProcess
from tests.apiserver.strimzi.crds import install, remove
from tests.chart.olm_bundle import written_bundle
from tests.workloads.fetch import olm_or_skip

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

VERIFY_S = 60.0
DEPRECATED = "validator is deprecated"
"""operator-verify's warning about one of its own flags."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle, as `make olm` writes it."""
    return written_bundle(tmp_path_factory.mktemp("olm"))


def complaints(folder: Path) -> list[str]:
    """Return the errors and warnings of OLM's validators, those for OperatorHub included."""
    program, _ = olm_or_skip()
    command = [str(program), "manifests", "--operatorhub_validate", "--object_validate", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=VERIFY_S, check=True)
    return [line for line in (done.stdout + done.stderr).splitlines() if DEPRECATED not in line]


def service_version(folder: Path) -> Path:
    (path,) = folder.glob("manifests/*.clusterserviceversion.yaml")
    return path


def test_olms_validators_accept_the_bundle(folder: Path) -> None:
    assert complaints(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("capabilities: Deep Insights", "capabilities: Everything", "capabilities"),
        ("version: v1beta1\n", "version: v9\n", "not found in bundle"),
        ("mediatype: image/svg+xml", "mediatype: image/tiff", "mediatype"),
    ],
)
def test_olms_validators_find_mistakes(folder: Path, tmp_path: Path, old: str, new: str, words: str) -> None:
    shutil.copytree(folder, tmp_path / "bundle")
    path = service_version(tmp_path / "bundle")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert any(words in line for line in complaints(tmp_path / "bundle"))


@pytest.fixture
def olm(api_server: ApiServer) -> Iterator[ApiServer]:
    """An API server that serves ClusterServiceVersions."""
    crd = yaml.safe_load(olm_or_skip()[1].read_text(encoding="utf-8"))
    install(api_server, [crd])
    yield api_server
    remove(api_server, [crd])


def test_an_api_server_accepts_every_field(olm: ApiServer, cluster: Cluster, folder: Path) -> None:
    csv: Json = yaml.safe_load(service_version(folder).read_text())
    csv["metadata"]["namespace"] = cluster.namespace
    path = f"/apis/operators.coreos.com/v1alpha1/namespaces/{cluster.namespace}/clusterserviceversions"
    olm.request("POST", f"{path}?fieldValidation=Strict", csv)
    (deployment,) = csv["spec"]["install"]["spec"]["deployments"]
    body = {"metadata": {"name": deployment["name"], "labels": deployment["label"]}, "spec": deployment["spec"]}
    path = f"/apis/apps/v1/namespaces/{cluster.namespace}/deployments?dryRun=All&fieldValidation=Strict"
    olm.request("POST", path, body)
    crd = yaml.safe_load(next(folder.glob("manifests/*.crd.yaml")).read_text())
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{crd['metadata']['name']}"
    query = "?fieldManager=olm&force=true&dryRun=All&fieldValidation=Strict"
    olm.request("PATCH", path + query, crd, content_type="application/apply-patch+yaml")


def test_an_operator_watches_the_namespaces_that_olm_names_with_the_rights_of_the_bundle(
    api_server: ApiServer, cluster: Cluster, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    permissions = yaml.safe_load(service_version(folder).read_text())["spec"]["install"]["spec"]["permissions"]
    api_server.revoke(USER)
    api_server.grant(USER, permissions[0]["rules"], namespace=cluster.namespace)
    monkeypatch.setenv("WATCH_NAMESPACE", cluster.namespace)
    with OperatorProcess(api_server.kubeconfig(USER), tmp_path) as operator:
        cluster.create_tracker()
        cluster.complete()
        assert operator.logged(f"manages namespaces {cluster.namespace} at")
        assert operator.bugs() == []
