"""The versions of the API on a real API server: objects of an older CRD survive, and every version can change them.

There is no conversion webhook. The API server changes `apiVersion` only, which is right while the versions have the
same fields.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from scripts.make_crd import TARGET

from flighttracker.spec import read_tracker
from flighttracker_operator.crd import custom_resource_definition
from tests.apiserver.api_server import ApiError, ApiServer, Json
from tests.apiserver.cluster_view import EXPECTED, MERGE, Cluster
from tests.apiserver.crd_install import CRD_NAME, CRDS, install_crd
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

OLD: Final = "v1alpha1"
NEW: Final = "v1beta1"
READSB: Final = {"readsb": {"url": "http://pi.local/aircraft.json"}}
APPLY: Final = "application/apply-patch+yaml"


@pytest.fixture
def changed_crd(cluster: Cluster) -> Iterator[ApiServer]:
    """The API server of a test that changes the CRD, which is as before afterwards."""
    yield cluster.server
    with contextlib.suppress(ApiError):
        cluster.server.request("DELETE", f"{CRDS}/{CRD_NAME}")
    eventually(lambda: not _served(cluster.server), "the removed CRD")
    install_crd(cluster.server)


def _served(server: ApiServer) -> list[str]:
    try:
        groups = server.request("GET", "/apis/flighttracker.io")
    except ApiError:
        return []
    return [version["version"] for version in groups["versions"]]


def _apply_versions(server: ApiServer, names: Sequence[str], *, stored: str) -> None:
    """Replace the versions of the CRD, and wait until these are served."""
    crd = copy.deepcopy(custom_resource_definition())
    crd["spec"]["versions"] = [version for version in crd["spec"]["versions"] if version["name"] in names]
    for version in crd["spec"]["versions"]:
        version["storage"] = version["name"] == stored
    server.request("PATCH", f"{CRDS}/{CRD_NAME}?fieldManager=test&force=true", crd, content_type=APPLY)
    eventually(lambda: _served(server) == list(names), f"served versions {names}")


def _path(cluster: Cluster, version: str, name: str = "") -> str:
    return f"/apis/flighttracker.io/{version}/namespaces/{cluster.namespace}/flighttrackers/{name}".rstrip("/")


def _create(cluster: Cluster, version: str, name: str, spec: Json) -> Json:
    body = {"apiVersion": f"flighttracker.io/{version}", "kind": "FlightTracker", "metadata": {"name": name}}
    return cluster.server.request("POST", _path(cluster, version), {**body, "spec": spec})


def _content(tracker: Json) -> Json:
    """Return what the versions have in common: all but the version itself."""
    metadata = {key: value for key, value in tracker["metadata"].items() if key != "managedFields"}
    return {"metadata": metadata, "spec": tracker["spec"], "status": tracker.get("status")}


def _both(cluster: Cluster, name: str) -> Json:
    """Return a tracker that reads the same in both versions."""
    old, new = (cluster.server.request("GET", _path(cluster, version, name)) for version in (OLD, NEW))
    assert (old["apiVersion"], new["apiVersion"]) == (f"flighttracker.io/{OLD}", f"flighttracker.io/{NEW}")
    assert _content(old) == _content(new)
    return new


def _stored_versions(server: ApiServer) -> list[str]:
    versions: list[str] = server.request("GET", f"{CRDS}/{CRD_NAME}")["status"]["storedVersions"]
    return versions


def _kubectl(server: ApiServer, *arguments: str, text: str | None = None) -> str:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    answer = _run_kubectl(server, *arguments, text=text)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def _run_kubectl(server: ApiServer, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run kubectl with an empty cache: the versions that an API server serves change between the tests."""
    with TemporaryDirectory() as cache:
        environment = {**os.environ, "KUBECONFIG": str(server.kubeconfig())}
        command = ["kubectl", "--cache-dir", cache, *arguments]
        return subprocess.run(
            command, env=environment, input=text, capture_output=True, text=True, timeout=60, check=False
        )


def test_objects_of_the_older_crd_survive_and_both_versions_change_them(
    changed_crd: ApiServer, cluster: Cluster
) -> None:
    _apply_versions(changed_crd, [OLD], stored=OLD)
    before = _create(cluster, OLD, "single", {"source": READSB, "gateway": {"replicas": 3}})
    _create(cluster, OLD, "several", {"sources": [{"name": "roof", **READSB}]})

    _kubectl(changed_crd, "apply", "--server-side", "--force-conflicts", "-f", str(TARGET.parent))
    eventually(lambda: _served(changed_crd) == [NEW, OLD], "both versions")
    assert _both(cluster, "single")["spec"] == before["spec"]
    assert _both(cluster, "several")["spec"]["sources"][0]["name"] == "roof"

    changed_crd.request("PATCH", _path(cluster, NEW, "single"), {"spec": {"web": {"replicas": 2}}}, content_type=MERGE)
    body = changed_crd.request("GET", _path(cluster, OLD, "single"))
    assert body["spec"]["web"]["replicas"] == 2
    body["spec"]["gateway"]["replicas"] = 4
    changed_crd.request("PUT", _path(cluster, OLD, "single"), body)
    body = _both(cluster, "single")
    assert (body["spec"]["gateway"]["replicas"], body["spec"]["source"]["readsb"]) == (
        4,
        before["spec"]["source"]["readsb"],
    )

    # The way from `source` to `sources`, in the newer version, on an object that was stored by the older CRD.
    body["spec"]["sources"] = [{"name": "roof", **body["spec"].pop("source")}]
    changed_crd.request("PUT", _path(cluster, NEW, "single"), body)
    (used,) = read_tracker(_both(cluster, "single")).spec.used_sources
    assert (used.name, used.kind) == ("roof", "readsb")
    assert _stored_versions(changed_crd) == [OLD]


def test_a_watch_of_one_version_sees_changes_through_the_other(api_server: ApiServer, cluster: Cluster) -> None:
    _create(cluster, NEW, "watched", {"source": READSB})
    events = api_server.watch(_path(cluster, OLD))
    first = next(events)
    api_server.request("PATCH", _path(cluster, NEW, "watched"), {"spec": {"paused": True}}, content_type=MERGE)
    changed = next(events)
    assert [event["apiVersion"] for event in (first, changed)] == [f"flighttracker.io/{OLD}"] * 2
    assert (first["spec"]["paused"], changed["spec"]["paused"]) == (False, True)
    assert changed["spec"]["source"] == first["spec"]["source"]


def test_the_operator_runs_trackers_of_both_versions(cluster: Cluster, operator: OperatorProcess) -> None:
    _create(cluster, NEW, "new", {"sources": [{"name": "roof", **READSB}]})
    _create(cluster, OLD, "old", {"source": READSB})
    for name in ("new", "old"):
        cluster.complete(name, EXPECTED)
        assert _both(cluster, name)["status"]["observedGeneration"] == 1
    assert operator.is_running()


def test_the_operator_ignores_fields_of_a_newer_crd(
    changed_crd: ApiServer, cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    """The CRD is upgraded before the operator, and stays after a rollback; it adds the defaults of its new fields."""
    newer = copy.deepcopy(custom_resource_definition())
    for version in newer["spec"]["versions"]:
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        spec["web"]["properties"]["fromTheFuture"] = {"type": "boolean", "default": True}
    changed_crd.request("PATCH", f"{CRDS}/{CRD_NAME}?fieldManager=test&force=true", newer, content_type=APPLY)
    eventually(lambda: _has_new_field(cluster), "the newer CRD")
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace) as operator:
        cluster.complete("newer", EXPECTED)
        assert cluster.reason("Ready", "newer") != "SpecInvalid"
        assert operator.logged("fields of a newer CRD, unknown to this release: spec.web.fromTheFuture")


def _has_new_field(cluster: Cluster) -> bool:
    with contextlib.suppress(ApiError):
        cluster.server.request("DELETE", _path(cluster, OLD, "newer"))
    try:
        return "fromTheFuture" in _create(cluster, OLD, "newer", {})["spec"].get("web", {})
    except ApiError:
        return False  # the API server replaces the handlers of a changed CRD


def test_the_documented_way_to_the_next_stored_version(changed_crd: ApiServer, cluster: Cluster) -> None:
    """docs/upgrades.md: what a later release does to store v1beta1, and to stop serving v1alpha1."""
    _create(cluster, OLD, "kept", {"source": READSB})
    _apply_versions(changed_crd, [NEW, OLD], stored=NEW)
    assert _stored_versions(changed_crd) == [OLD, NEW]
    with pytest.raises(ApiError, match="storedVersions"):  # the object would be unreadable
        _apply_versions(changed_crd, [NEW], stored=NEW)
    before = _both(cluster, "kept")

    listed = _kubectl(changed_crd, "get", "flighttrackers", "--all-namespaces", "-o", "json")
    _kubectl(changed_crd, "replace", "-f", "-", text=listed)
    migrated = json.dumps({"status": {"storedVersions": [NEW]}})
    _kubectl(changed_crd, "patch", "crd", CRD_NAME, "--subresource=status", "--type=merge", "-p", migrated)
    _apply_versions(changed_crd, [NEW], stored=NEW)
    assert changed_crd.request("GET", _path(cluster, NEW, "kept"))["spec"] == before["spec"]


def test_kubectl_apply_without_server_side_stores_the_whole_crd(changed_crd: ApiServer) -> None:
    changed_crd.request("DELETE", f"{CRDS}/{CRD_NAME}")
    eventually(lambda: not _served(changed_crd), "the removed CRD")
    _kubectl(changed_crd, "apply", "-f", str(TARGET.parent))
    _kubectl(changed_crd, "apply", "-f", str(TARGET.parent))
    annotations = changed_crd.request("GET", f"{CRDS}/{CRD_NAME}")["metadata"]["annotations"]
    assert len(annotations["kubectl.kubernetes.io/last-applied-configuration"]) > 100_000


@pytest.mark.parametrize("version", [NEW, OLD])
def test_kubectl_explains_both_versions(api_server: ApiServer, version: str) -> None:
    def explained(field: str) -> str:
        arguments = ["explain", f"flighttrackers.spec.{field}", f"--api-version=flighttracker.io/{version}"]
        return " ".join(_kubectl(api_server, *arguments).split())

    def is_published() -> bool:  # the API server publishes its schemas a moment after it serves them
        arguments = ("explain", "flighttrackers", f"--api-version=flighttracker.io/{version}")
        return _run_kubectl(api_server, *arguments).returncode == 0

    eventually(is_published, "the schema is published")
    assert f"VERSION: {version}" in explained("source")
    assert "Deprecated: list the source in `sources`" in explained("source")
    assert "Seconds between two requests." in explained("sources.readsb.intervalSeconds")
    assert "Number of gateways" in explained("gateway.replicas")
