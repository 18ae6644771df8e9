"""The operator where only IPv6 exists: it reaches the API server by such an address, and answers at one."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.apiserver.cluster_view import Cluster
from tests.apiserver.fault_proxy import FaultProxy
from tests.apiserver.operator_process import USER, OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]


@pytest.mark.usefixtures("kubeconfig")  # grants the rights of the user
def test_the_operator_works_with_an_address_of_ipv6(cluster: Cluster, tmp_path: Path) -> None:
    with (
        FaultProxy(cluster.server, "::1") as proxy,
        OperatorProcess(cluster.server.kubeconfig(USER, url=proxy.url), tmp_path, cluster.namespace) as operator,
    ):
        cluster.create_tracker()
        cluster.complete()
        # By a watch, too, which has a client of its own.
        cluster.delete("Service", "demo-web")
        eventually(lambda: cluster.find("Service", "demo-web"), "a deleted Service is created again", within_s=20)
        for path in ("/health", "/ready", "/metrics"):
            with urllib.request.urlopen(f"http://[::1]:{operator.port}{path}", timeout=10) as answer:
                assert answer.status == 200
        assert operator.bugs() == []
