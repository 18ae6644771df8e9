"""An upgrade from the former release: its CRD, chart and operator, then those of this one, as docs/upgrades.md says.

The former operator creates trackers that are Ready. After the upgrade nothing was created again, no field that
Kubernetes never changes was refused, and passwords, claims and replicas are the same.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from scripts.make_crd import TARGET

from tests.apiserver.api_server import ApiServer, Json
from tests.apiserver.chart_release import account_kubeconfig, account_name, helm_on
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.crd_install import install_crd
from tests.apiserver.operator_process import OperatorProcess, eventually
from tests.chart.helm import CHART, find_program
from tests.former_release import CHART as FORMER_CHART
from tests.former_release import former_environment, former_release

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

RELEASE: Final = "upgraded"
TRACKERS: Final[dict[str, Json]] = {
    "plain": {},
    "three": {"kafka": {"builtin": {"replicas": 3}}, "source": {"readsb": {"url": "http://pi.local/aircraft.json"}}},
    "larger": {"gateway": {"replicas": 5, "tickSeconds": 2}, "web": {"replicas": 2}},
    "outside": {
        "kafka": {"provider": "external", "external": {"bootstrapServers": "kafka:9092"}},
        "redis": {"provider": "external", "external": {"urlSecret": "redis"}},
        "sources": [{"name": "sky", "opensky": {}}],
    },
}
MAY_DELETE_CLAIMS: Final = {"apiGroups": [""], "resources": ["persistentvolumeclaims"], "verbs": ["delete"]}
KEPT: Final = ("Service", "StatefulSet", "Deployment", "PersistentVolumeClaim", "Secret")
"""Kinds that must not be deleted and created again: addresses, pods, data and passwords would change."""


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """The files of the former release."""
    if find_program("helm") is None:
        pytest.skip("helm is not installed")
    folder = tmp_path / "former"
    folder.mkdir()
    return former_release(folder)


@pytest.fixture
def upgraded_cluster(cluster: Cluster, api_server: ApiServer, former: Path) -> Iterator[Cluster]:
    """A namespace on an API server with the former CRD; the present one is back after the test."""
    apply_crd(api_server, former / FORMER_CHART / "crds")
    yield cluster
    install_crd(api_server)


def kubectl(server: ApiServer, *arguments: str) -> None:
    command = ["kubectl", "--kubeconfig", str(server.kubeconfig()), *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def apply_crd(server: ApiServer, folder: Path) -> None:
    """Apply the CRD in a folder, and wait until its versions are served."""
    kubectl(server, "apply", "--server-side", "--force-conflicts", "-f", str(folder))
    (crd,) = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in folder.glob("*.yaml"))
    versions = {version["name"] for version in crd["spec"]["versions"]}
    eventually(lambda: set(served(server)) == versions, f"the CRD serves {', '.join(sorted(versions))}")


def served(server: ApiServer) -> list[str]:
    found = server.request("GET", "/apis/flighttracker.io")["versions"]
    return [version["version"] for version in found]


def former_operator(former: Path, kubeconfig: Path, folder: Path, namespace: str) -> OperatorProcess:
    program = [sys.executable, "-P", "-m", "flighttracker_operator.main"]
    environment = former_environment(former)
    return OperatorProcess(
        kubeconfig, folder, namespace, name="former", release="operator", program=program, environment=environment
    )


def make_ready(cluster: Cluster, name: str) -> bool:
    """Play the controllers once; return whether the tracker is Ready and not being upgraded."""
    cluster.make_ready(name)
    return cluster.condition("Ready", name).get("status") == "True" and not cluster.reason("Upgrading", name)


def create_claims(cluster: Cluster, name: str) -> None:
    """Create the volume claims of a tracker as its StatefulSets do."""
    for (kind, child), body in cluster.children(name).items():
        for template in body["spec"].get("volumeClaimTemplates", ()) if kind == "StatefulSet" else ():
            for number in range(body["spec"]["replicas"]):
                claim = f"{template['metadata']['name']}-{child}-{number}"
                labels = template["metadata"]["labels"]
                cluster.create("PersistentVolumeClaim", claim, metadata={"labels": labels}, spec=template["spec"])


def kept(cluster: Cluster) -> dict[tuple[str, str], Any]:
    """Return what must be the same before and after: UIDs, passwords and replicas."""
    found = {}
    for name in TRACKERS:
        for key, body in cluster.children(name).items():
            if key[0] in KEPT:
                spec = body.get("spec", {})
                found[key] = (body["metadata"]["uid"], body.get("data") if key[0] == "Secret" else spec.get("replicas"))
    return found


def test_an_upgrade_of_chart_and_operator_keeps_everything_that_runs(
    upgraded_cluster: Cluster, api_server: ApiServer, former: Path, tmp_path: Path
) -> None:
    cluster, admin = upgraded_cluster, api_server.kubeconfig()
    place = ("--namespace", cluster.namespace, "--set", f"watchNamespaces={{{cluster.namespace}}}")
    installed = helm_on(admin, "install", RELEASE, str(former / FORMER_CHART), "--skip-crds", *place)
    assert installed.returncode == 0, installed.stderr
    url = {"labels": {"flighttracker.io/use": "true"}}
    cluster.create("Secret", "redis", metadata=url, stringData={"url": "redis://redis:6379/0"})
    # The rights of each release are those of its chart. The former one lacks a right that only some clusters ask for:
    # with OwnerReferencesPermissionEnforcement, as here, who sets the owner of an object must be allowed to delete it.
    account = f"{RELEASE}-flighttracker"
    kubeconfig = account_kubeconfig(api_server, cluster.namespace, account)
    api_server.grant(account_name(cluster.namespace, account), [MAY_DELETE_CLAIMS], namespace=cluster.namespace)
    with former_operator(former, kubeconfig, tmp_path, cluster.namespace) as operator:
        for name, spec in TRACKERS.items():
            cluster.create_tracker(name, spec)
        for name in TRACKERS:
            eventually(partial(cluster.find, "Deployment", f"{name}-web"), f"the objects of {name}")
            create_claims(cluster, name)
            eventually(partial(make_ready, cluster, name), f"{name} is Ready")
        assert operator.bugs() == []
    before = kept(cluster)
    assert len(before) > 30

    apply_crd(api_server, TARGET.parent)
    upgraded = helm_on(admin, "upgrade", RELEASE, str(CHART), *place)
    assert upgraded.returncode == 0, upgraded.stderr

    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace) as operator:

        def is_upgraded() -> bool:
            ready = [make_ready(cluster, name) for name in TRACKERS]
            return all(ready) and all(cluster.tracker(name)["status"].get("release") for name in TRACKERS)

        eventually(is_upgraded, "every tracker has this release")
        after = kept(cluster)
        assert {key: after.get(key) for key in before} == before
        for name in TRACKERS:
            conditions = cluster.tracker(name)["status"]["conditions"]
            reasons = {one["reason"] for one in conditions}
            assert not reasons & {"Refused", "OwnedByOthers", "ImmutableField", "SpecInvalid"}, conditions
        assert operator.bugs() == []

    # And back, as after a bad release.
    assert helm_on(admin, "rollback", RELEASE, "--namespace", cluster.namespace).returncode == 0
    apply_crd(api_server, former / FORMER_CHART / "crds")
    with former_operator(former, kubeconfig, tmp_path, cluster.namespace) as operator:
        cluster.change_tracker({"gateway": {"replicas": 4}}, "plain")
        eventually(lambda: cluster.get("Deployment", "plain-gateway")["spec"]["replicas"] == 4, "the former operator")
        assert {key: value for key, value in kept(cluster).items() if key != ("Deployment", "plain-gateway")} == {
            key: value for key, value in after.items() if key != ("Deployment", "plain-gateway")
        }
        assert operator.bugs() == []
