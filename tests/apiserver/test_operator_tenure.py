"""Two operators of different releases or scopes never manage the same tracker; one that restarts continues at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flighttracker_operator.model.images import TAG
from flighttracker_operator.objects.kinds import LEASES
from tests.apiserver.api_server import ApiServer
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.operator_process import USER, OperatorProcess, chart_rules, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

SECOND = "second-operator"
CLUSTER_LEASE = LEASES.path("default", "flighttracker-operator-cluster")
BRIEF_S = 2
"""Validity of a Lease that a test shortens; the operator renews it less often."""


@pytest.fixture
def second(api_server: ApiServer) -> Path:
    """The kubeconfig of a second operator's user."""
    api_server.grant(SECOND, [*chart_rules(), *chart_rules("flighttracker.clusterRules")])
    return api_server.kubeconfig(SECOND)


@pytest.fixture(autouse=True)
def _no_lease_of_the_cluster(api_server: ApiServer) -> Iterator[None]:
    yield
    items = api_server.request("GET", LEASES.path("default"))["items"]
    if any(item["metadata"]["name"] == "flighttracker-operator-cluster" for item in items):
        api_server.request("DELETE", CLUSTER_LEASE)


def _gateways(cluster: Cluster, number: int) -> None:
    cluster.change_tracker({"gateway": {"replicas": number}})
    eventually(
        lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == number,
        f"{number} gateways",
        within_s=60,
    )


def test_of_two_releases_one_stands_by_and_says_so(
    cluster: Cluster, kubeconfig: Path, second: Path, tmp_path: Path
) -> None:
    """The name of the second begins with that of the first, as with releases `flights` and `flights-2`."""
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, name="one") as one:
        cluster.create_tracker()
        cluster.complete()
        with OperatorProcess(second, tmp_path, cluster.namespace, name="one-b") as two:
            (line,) = eventually(lambda: two.logged("stands by", level="warning"), "the second stands by")
            assert f"operator test/one (version {TAG}) manages namespace {cluster.namespace}" in line
            assert "this operator, test/one-b" in line
            before = cluster.server.audit_lines()
            _gateways(cluster, 5)
            assert not cluster.writes(SECOND, before), "the second writes nothing"
            code, body = two.get("/ready")
            assert (code, '"status": "standby"' in body) == (503, True)
            assert f'"{cluster.namespace}": "managed by operator test/one (version {TAG})"' in body
            assert two.get("/health")[0] == 200, "a restart would not help"
            assert one.get("/ready")[0] == 200
            eventually(lambda: cluster.reason("SoleOperator") == "SecondOperator", "the condition", within_s=40)
            assert f"operator test/one-b (version {TAG}) also manages" in cluster.condition("SoleOperator")["message"]
            status = cluster.tracker()["status"]
            assert (status["operator"], status["operatorVersion"]) == ("test/one", TAG)
            # The first one ends, and gives its Lease up.
            started_s = time.monotonic()
            assert one.stop() == 0
            cluster.change_tracker({"gateway": {"replicas": 6}})
            eventually(lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 6, "a takeover")
            assert time.monotonic() - started_s < 40
            eventually(lambda: cluster.tracker()["status"]["operator"] == "test/one-b", "the status names the second")
            assert two.get("/ready")[0] == 200
            assert cluster.condition("SoleOperator") == {}
            assert one.bugs() == two.bugs() == []


def test_an_operator_of_one_namespace_takes_it_from_one_of_the_cluster(
    cluster: Cluster, kubeconfig: Path, second: Path, tmp_path: Path
) -> None:
    with OperatorProcess(kubeconfig, tmp_path, name="wide") as wide:
        cluster.create_tracker()
        cluster.complete()
        with OperatorProcess(second, tmp_path, cluster.namespace, name="narrow") as narrow:
            eventually(lambda: wide.logged(f"manages namespace {cluster.namespace}, so this operator"), "stands by")
            eventually(lambda: cluster.tracker()["status"]["operator"] == "test/narrow", "the namespace changes hands")
            before = cluster.server.audit_lines()
            _gateways(cluster, 4)
            assert not cluster.writes(USER, before)
            assert wide.get("/ready")[0] == 200, "it manages the other namespaces"
            assert f"managed by operator test/narrow (version {TAG})" in wide.get("/health")[1]
            assert narrow.stop() == 0
        eventually(lambda: wide.logged("has no operator of its own any more"), "the namespace comes back", within_s=60)
        _gateways(cluster, 3)
        assert wide.bugs() == narrow.bugs() == []


def test_an_operator_that_was_killed_continues_at_once(cluster: Cluster, kubeconfig: Path, tmp_path: Path) -> None:
    operator = OperatorProcess(kubeconfig, tmp_path, cluster.namespace)
    with operator:
        cluster.create_tracker()
        cluster.complete()
        operator.kill()
        started_s = time.monotonic()
        operator.start()
        cluster.change_tracker({"gateway": {"replicas": 5}})
        eventually(lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 5, "five gateways")
        assert time.monotonic() - started_s < 10, "nothing waits for the Lease to expire"
        assert not operator.logged("stands by")


def test_another_operator_takes_over_when_the_lease_of_a_killed_one_expires(
    cluster: Cluster, kubeconfig: Path, second: Path, tmp_path: Path
) -> None:
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, name="one") as one:
        cluster.create_tracker()
        cluster.complete()
        one.kill()
    cluster.server.request(
        "PATCH",
        LEASES.path(cluster.namespace, "flighttracker-operator"),
        {"spec": {"leaseDurationSeconds": BRIEF_S}},
        content_type="application/merge-patch+json",
    )
    with OperatorProcess(second, tmp_path, cluster.namespace, name="two") as two:
        eventually(lambda: two.logged("stands by"), "it waits for the Lease first")
        eventually(lambda: two.logged("is free: this operator manages it now"), "it takes over", within_s=30)
        _gateways(cluster, 5)


def test_without_the_right_to_use_leases_the_operator_works(
    cluster: Cluster, api_server: ApiServer, tmp_path: Path
) -> None:
    rules = [rule for rule in chart_rules() if rule["apiGroups"] != ["coordination.k8s.io"]]
    api_server.grant(SECOND, [*rules, *chart_rules("flighttracker.clusterRules")])
    with OperatorProcess(api_server.kubeconfig(SECOND), tmp_path, cluster.namespace) as operator:
        cluster.create_tracker()
        cluster.complete()
        assert len(operator.logged("works without a Lease", level="warning")) == 1
        assert operator.bugs() == []
