"""Hand-overs lose nothing: the number of gateways passes from the resource to an autoscaler and back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flighttracker_operator.objects.kinds import BUILTIN
from tests.apiserver.cluster_view import EXPECTED, Cluster
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

DEPLOYMENTS = next(kind for kind in BUILTIN if kind.name == "Deployment")
AUTOSCALING = {"minReplicas": 2, "maxReplicas": 20}


@contextmanager
def recorded_gateways(cluster: Cluster) -> Iterator[list[int]]:
    """Yield a list that gets the number of gateways in every version of their Deployment."""
    numbers: list[int] = []
    stop = threading.Event()

    def record() -> None:
        for body in cluster.server.watch(DEPLOYMENTS.path(cluster.namespace)):
            if body["metadata"]["name"] == "demo-gateway":
                numbers.append(body["spec"]["replicas"])
            if stop.is_set():
                return

    thread = threading.Thread(target=record, daemon=True)
    thread.start()
    eventually(lambda: numbers, "the present number of gateways")
    yield numbers
    stop.set()
    cluster.patch("Deployment", "demo-gateway", {"metadata": {"annotations": {"example.org/last": "event"}}})
    thread.join(10)


def _autoscale(cluster: Cluster) -> None:
    cluster.change_tracker({"gateway": {"replicas": None, "autoscaling": AUTOSCALING}})
    eventually(lambda: cluster.find("HorizontalPodAutoscaler", "demo-gateway"), "the autoscaler")


def _scale(cluster: Cluster, number: int) -> None:
    """Set the number of gateways, as an autoscaler does."""
    path = f"{DEPLOYMENTS.path(cluster.namespace, 'demo-gateway')}/scale"
    scale = cluster.server.request("GET", path)
    scale["spec"]["replicas"] = number
    cluster.server.request("PUT", path, scale)


def _later_pass(cluster: Cluster, pages: int) -> None:
    """Wait for a pass that writes the objects after the gateways."""
    cluster.change_tracker({"web": {"replicas": pages}})
    eventually(lambda: cluster.get("Deployment", "demo-web")["spec"]["replicas"] == pages, "a later pass")


def test_ten_gateways_stay_ten_from_replicas_to_an_autoscaler_and_back(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    cluster.create_tracker(spec={"gateway": {"replicas": 10}})
    cluster.complete()
    with recorded_gateways(cluster) as numbers:
        _autoscale(cluster)
        _later_pass(cluster, 2)
        cluster.change_tracker({"gateway": {"replicas": 10, "autoscaling": None}})
        eventually(lambda: not cluster.find("HorizontalPodAutoscaler", "demo-gateway"), "no autoscaler")
        _later_pass(cluster, 3)
        _autoscale(cluster)
        _later_pass(cluster, 2)
    assert set(numbers) == {10}


def test_the_resource_sets_the_number_once_the_autoscaler_is_gone(cluster: Cluster, operator: OperatorProcess) -> None:
    """While both exist, each would set its number in turn."""
    # The default request differs with autoscaling, which would write the Deployment for another reason.
    cluster.create_tracker(spec={"gateway": {"replicas": 4, "resources": {"requests": {"cpu": "200m"}}}})
    cluster.complete()
    _autoscale(cluster)
    _later_pass(cluster, 2)
    _scale(cluster, 9)
    with recorded_gateways(cluster) as numbers:
        _later_pass(cluster, 3)
        before = cluster.server.audit_lines()
        cluster.change_tracker({"gateway": {"replicas": 12, "autoscaling": None}})
        eventually(lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 12, "the resource's number")
    assert sorted(set(numbers)) == [9, 12]
    written = cluster.writes("flight-operator", before)
    deleted = written.index("delete horizontalpodautoscalers demo-gateway")
    assert "patch deployments demo-gateway" not in written[:deleted]
    assert "patch deployments demo-gateway" in written[deleted:]
    cluster.change_tracker({"gateway": {"replicas": 3}})
    eventually(
        lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 3, "a lower number, as asked for"
    )


def test_an_autoscaler_takes_over_gateways_that_were_scaled_to_zero(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    """An autoscaler does nothing for a Deployment with 0 replicas."""
    cluster.create_tracker(spec={"gateway": {"replicas": 0}})
    cluster.complete(expected=EXPECTED - 1)
    _autoscale(cluster)
    eventually(lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 2, "two gateways")
    _later_pass(cluster, 2)
    _scale(cluster, 7)
    _later_pass(cluster, 3)
    assert cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 7


def test_a_deleted_autoscaler_comes_back_and_keeps_the_number(cluster: Cluster, operator: OperatorProcess) -> None:
    cluster.create_tracker(spec={"gateway": {"autoscaling": AUTOSCALING}})
    uid = cluster.complete(expected=EXPECTED + 1)["HorizontalPodAutoscaler", "demo-gateway"]["metadata"]["uid"]
    _later_pass(cluster, 2)
    _scale(cluster, 9)
    with recorded_gateways(cluster) as numbers:
        cluster.delete("HorizontalPodAutoscaler", "demo-gateway")
        eventually(lambda: cluster.find("HorizontalPodAutoscaler", "demo-gateway"), "an autoscaler again")
        _later_pass(cluster, 3)
    assert set(numbers) == {9}
    assert cluster.get("HorizontalPodAutoscaler", "demo-gateway")["metadata"]["uid"] != uid
