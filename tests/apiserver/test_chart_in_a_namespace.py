"""The administrator of one namespace installs the chart with helm, without ClusterRoles, beside other releases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

from flighttracker_operator.manifests import referenced_secrets
from tests.apiserver.api_server import ADMIN, ApiServer
from tests.apiserver.chart_release import (
    account_kubeconfig,
    account_name,
    helm_on,
    install_chart,
    rights_in,
    without_apis,
)
from tests.apiserver.cluster_view import OFFERED, Cluster, end_namespace, make_namespace
from tests.apiserver.controllers import controllers
from tests.apiserver.operator_process import OperatorProcess, eventually
from tests.apiserver.strimzi.applying import find
from tests.chart.helm import render
from tests.unit.operator.manifests.cases import EXAMPLES, examples

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

RBAC: Final = "/apis/rbac.authorization.k8s.io/v1"
USER: Final = "powerless"
"""A user who gets the cluster's role `admin` in a namespace, and nothing else."""
OF_ONE_NAMESPACE: Final = "--set-json=rbac.optionalApis=[]"


@pytest.fixture(scope="module")
def prepared(api_server: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """An API server whose role `admin` includes trackers, as an administrator of the cluster prepares it."""
    roles = render("--show-only=templates/authors.yaml", release="flighttracker", namespace="default")
    with controllers(api_server, tmp_path_factory.mktemp("controllers"), ("clusterrole-aggregation-controller",)):
        for role in roles:
            path = f"{RBAC}/clusterroles/{role['metadata']['name']}?fieldManager=test"
            api_server.request("PATCH", path, role, content_type="application/apply-patch+yaml")

        def has_trackers() -> bool:
            rules = api_server.request("GET", f"{RBAC}/clusterroles/admin")["rules"] or []
            return any("flighttrackers/status" in rule["resources"] and "patch" in rule["verbs"] for rule in rules)

        eventually(has_trackers, "the role admin includes trackers")
        yield api_server
    for role in roles:
        api_server.request("DELETE", f"{RBAC}/clusterroles/{role['metadata']['name']}")


@pytest.fixture
def owned(prepared: ApiServer) -> Iterator[Cluster]:
    """A namespace in which the user is an administrator."""
    cluster = make_namespace(prepared)
    make_administrator(cluster)
    yield cluster
    end_namespace(cluster)


def make_administrator(cluster: Cluster) -> None:
    binding = {
        "metadata": {"name": "administrator"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": USER}],
    }
    cluster.server.request("POST", f"{RBAC}/namespaces/{cluster.namespace}/rolebindings", binding)


def own_values(cluster: Cluster) -> tuple[str, str]:
    """Return the values with which an administrator of one namespace installs the chart."""
    return f"--set=watchNamespaces={{{cluster.namespace}}}", OF_ONE_NAMESPACE


def test_the_administrator_of_a_namespace_installs_an_operator_that_makes_every_example(
    owned: Cluster, tmp_path: Path
) -> None:
    server, own = owned.server, owned.server.kubeconfig(USER)
    refused = install_chart(own, "map", owned.namespace)
    assert refused.returncode != 0
    assert "clusterroles" in refused.stderr, "the default needs an administrator of the cluster"
    helm_on(own, "uninstall", "map", "--namespace", owned.namespace)
    answer = install_chart(own, "map", owned.namespace, *own_values(owned))
    assert answer.returncode == 0, answer.stderr

    for wanted in examples():
        for name, keys in referenced_secrets(wanted).items():
            if owned.find("Secret", name) is None:
                owned.create("Secret", name, metadata=OFFERED, data=dict.fromkeys(sorted(keys), "eA=="))
    before = server.audit_lines()
    kubeconfig = account_kubeconfig(server, owned.namespace, "map-flighttracker")
    without = without_apis("map", owned.namespace, *own_values(owned))
    with OperatorProcess(kubeconfig, tmp_path, owned.namespace, resync_s=1, options=without) as operator:
        for path in EXAMPLES:
            owned.create_tracker(path.stem, yaml.safe_load(path.read_text())["spec"] or {})
        for path in EXAMPLES:
            eventually(lambda name=path.stem: settled(owned, name), f"{path.stem} has its objects")  # type: ignore[misc]
            assert owned.reason(name=path.stem) not in ("Refused", "OperatorLacksRights", "OwnedByOthers")
            assert owned.find("Deployment", f"{path.stem}-gateway"), path.stem
        assert operator.get("/ready")[0] == 200
        assert operator.bugs() == []
        assert not operator.logged("not allowed to list")
    entries = server.writes(user=account_name(owned.namespace, "map-flighttracker"), since=before)
    assert rights_in(entries, "forbid") == set(), "the operator does not ask for what it cannot have"


def settled(cluster: Cluster, name: str) -> bool:
    tracker = cluster.tracker(name)
    return bool(tracker.get("status", {}).get("observedGeneration") == tracker["metadata"]["generation"])


def test_two_releases_of_one_name_work_side_by_side_and_are_removed_apart(owned: Cluster, tmp_path: Path) -> None:
    server = owned.server
    other = make_namespace(server)
    make_administrator(other)
    own = server.kubeconfig(USER)
    try:
        for cluster in (owned, other):
            answer = install_chart(own, "map", cluster.namespace, *own_values(cluster))
            assert answer.returncode == 0, answer.stderr
            folder = tmp_path / cluster.namespace
            folder.mkdir()
            kubeconfig = account_kubeconfig(server, cluster.namespace, "map-flighttracker")
            with OperatorProcess(kubeconfig, folder, cluster.namespace, release=f"{cluster.namespace}/map") as operator:
                cluster.create_tracker()
                cluster.complete()
                assert cluster.tracker()["status"]["operator"] == f"test/{cluster.namespace}/map"
                assert not operator.logged("stands by")
        gone = helm_on(own, "uninstall", "map", "--namespace", owned.namespace)
        assert gone.returncode == 0, gone.stderr
        left = server.request("GET", f"{RBAC}/namespaces/{other.namespace}/roles")["items"]
        assert [role["metadata"]["name"] for role in left] == [f"{other.namespace}-map-flighttracker"]
    finally:
        end_namespace(other)


def test_two_releases_for_the_whole_cluster_do_not_share_their_roles(api_server: ApiServer) -> None:
    clusters = [make_namespace(api_server), make_namespace(api_server)]
    admin = api_server.kubeconfig(ADMIN)
    for cluster in clusters:
        answer = install_chart(admin, "map", cluster.namespace)
        assert answer.returncode == 0, answer.stderr
    gone = helm_on(admin, "uninstall", "map", "--namespace", clusters[0].namespace)
    assert gone.returncode == 0, gone.stderr
    roles = [f"{RBAC}/clusterroles/{cluster.namespace}-map-flighttracker" for cluster in clusters]
    assert [find(api_server, path) is not None for path in roles] == [False, True]
    helm_on(admin, "uninstall", "map", "--namespace", clusters[1].namespace)
