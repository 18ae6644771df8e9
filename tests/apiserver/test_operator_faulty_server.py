"""Errors, hanging requests and concurrent changes of the API server only delay the operator."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.apiserver.api_server import ApiServer
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.fault_proxy import CUT, DEAF, HANG, OVERTAKEN, Fault, FaultProxy
from tests.apiserver.operator_process import USER, OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]


@pytest.fixture
def proxy(api_server: ApiServer) -> Iterator[FaultProxy]:
    with FaultProxy(api_server) as running:
        yield running


def is_write(method: str, _path: str, _query: Mapping[str, str]) -> bool:
    return method in ("PATCH", "POST", "DELETE")


def is_read(method: str, _path: str, query: Mapping[str, str]) -> bool:
    return method == "GET" and "watch" not in query


def is_watch(_method: str, _path: str, query: Mapping[str, str]) -> bool:
    return "watch" in query


@pytest.mark.parametrize(
    "fault",
    [
        # A few in a row, which the backoff must handle; more would only make the test slower.
        Fault(is_write, 409, times=4),
        Fault(is_write, 429, times=4, headers={"Retry-After": "1"}),
        Fault(is_write, 500, times=3),
        Fault(is_write, 503, times=2, headers={"Retry-After": "2"}),
        Fault(is_write, CUT, times=3),
        Fault(is_read, 500, times=2),
        Fault(is_read, 429, times=4, headers={"Retry-After": "1"}),
        Fault(is_read, CUT, times=2),
        Fault(is_watch, 410, times=40),
        Fault(is_watch, 500, times=40),
        Fault(is_watch, CUT, times=40),
    ],
    ids=lambda fault: f"{fault.applies.__name__}-{fault.code}",
)
def test_a_faulty_api_server_only_delays_the_result(
    cluster: Cluster, proxy: FaultProxy, kubeconfig: Path, tmp_path: Path, fault: Fault
) -> None:
    fault = copy.copy(fault)
    proxy.faults.append(fault)
    config = cluster.server.kubeconfig(USER, url=proxy.url)
    with OperatorProcess(config, tmp_path, cluster.namespace, resync_s=2) as operator:
        cluster.create_tracker()
        children = cluster.complete()
        cluster.make_ready()
        eventually(lambda: cluster.condition()["status"] == "True", "Ready")
        assert fault.hits > 0
        assert cluster.children().keys() == children.keys()
        assert operator.bugs() == []
        assert operator.get("/health")[0] == 200


def test_retry_after_is_honoured(cluster: Cluster, proxy: FaultProxy, kubeconfig: Path, tmp_path: Path) -> None:
    config = cluster.server.kubeconfig(USER, url=proxy.url)
    with OperatorProcess(config, tmp_path, cluster.namespace):
        cluster.create_tracker()
        cluster.complete()
        proxy.faults.append(
            Fault(lambda method, path, _: method == "PATCH" and "deployments" in path, 429, 1, {"Retry-After": "3"})
        )
        refused_s = time.monotonic()
        cluster.change_tracker({"gateway": {"replicas": 3}})
        eventually(lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 3, "three gateways")
        assert time.monotonic() - refused_s >= 3


def test_a_hanging_request_times_out(cluster: Cluster, proxy: FaultProxy, kubeconfig: Path, tmp_path: Path) -> None:
    config = cluster.server.kubeconfig(USER, url=proxy.url)
    with OperatorProcess(config, tmp_path, cluster.namespace) as operator:
        cluster.create_tracker()
        cluster.complete()
        proxy.faults.append(Fault(lambda method, path, _: method == "PATCH" and "deployments" in path, HANG, times=1))
        cluster.change_tracker({"gateway": {"replicas": 3}})
        eventually(lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 3, "three gateways")
        assert operator.logged("did not respond to PATCH", level="warning")


def test_the_resync_finds_changes_that_a_stalled_watch_missed(
    cluster: Cluster, proxy: FaultProxy, kubeconfig: Path, tmp_path: Path
) -> None:
    config = cluster.server.kubeconfig(USER, url=proxy.url)
    proxy.faults.append(Fault(is_watch, DEAF))
    with OperatorProcess(config, tmp_path, cluster.namespace, resync_s=2):
        cluster.create_tracker()
        cluster.complete()
        cluster.delete("Service", "demo-web")
        eventually(lambda: cluster.find("Service", "demo-web"), "the Service again")
        cluster.patch("ConfigMap", "demo-gateway", {"data": {"gateway.json": "{}"}})
        eventually(
            lambda: cluster.get("ConfigMap", "demo-gateway")["data"]["gateway.json"] != "{}",
            "the ConfigMap is restored",
        )


def test_a_change_just_before_the_status_is_written_is_not_missed(
    cluster: Cluster, proxy: FaultProxy, kubeconfig: Path, tmp_path: Path
) -> None:
    """The response contains the change, so the later event of the watch is not new."""
    cluster.create_tracker()
    proxy.faults += [
        Fault(is_watch, DEAF),
        Fault(
            lambda _method, path, _query: path.endswith("/status"),
            OVERTAKEN,
            times=1,
            meanwhile=lambda: cluster.change_tracker({"gateway": {"replicas": 3}}),
        ),
    ]
    with OperatorProcess(cluster.server.kubeconfig(USER, url=proxy.url), tmp_path, cluster.namespace):
        eventually(lambda: _replicas(cluster) == 3, "3 gateways before the next round", within_s=30)


def _replicas(cluster: Cluster) -> int | None:
    found = cluster.find("Deployment", "demo-gateway")
    return None if found is None else int(found["spec"]["replicas"])
