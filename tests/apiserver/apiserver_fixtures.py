"""Fixtures of a real API server, one for a session: `pytest_plugins = ["tests.apiserver.apiserver_fixtures"]`.

Each test has a namespace of its own. What belongs to the whole cluster (the CRD, IngressClasses) is put back by the
test that changes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apiserver.api_server import ApiServer, Etcd
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.crd_install import install_crd
from tests.apiserver.operator_process import USER, OperatorProcess, chart_rules
from tests.servers.certificates import make_certificates


@pytest.fixture(scope="session")
def bare_api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """An API server that knows no FlightTracker yet."""
    etcd = Etcd(tmp_path_factory.mktemp("etcd"))
    server: ApiServer | None = None
    try:
        etcd.start()
        folder = tmp_path_factory.mktemp("apiserver")
        server = ApiServer(folder, make_certificates(folder), etcd.url)
        server.start()
        yield server
    finally:
        if server is not None:
            server.stop()
        etcd.stop()


@pytest.fixture(scope="session")
def api_server(bare_api_server: ApiServer) -> ApiServer:
    """An API server that serves FlightTrackers."""
    install_crd(bare_api_server)
    return bare_api_server


@pytest.fixture
def namespace(api_server: ApiServer) -> Iterator[str]:
    """A namespace of this test; what is in it is deleted afterwards, since nothing here collects garbage."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    api_server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    api_server.request("DELETE", f"/apis/flighttracker.io/v1alpha1/namespaces/{name}/flighttrackers")


@pytest.fixture
def cluster(api_server: ApiServer, namespace: str) -> Cluster:
    """The namespace of this test, to look at and to change."""
    return Cluster(api_server, namespace)


@pytest.fixture
def kubeconfig(api_server: ApiServer) -> Path:
    """The operator's own user, with the rights that the chart gives it everywhere."""
    api_server.grant(USER, [*chart_rules(), *chart_rules("flighttracker.clusterRules")])
    return api_server.kubeconfig(USER)


@pytest.fixture
def operator(kubeconfig: Path, namespace: str, tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator that looks after the namespace of this test."""
    with OperatorProcess(kubeconfig, tmp_path, namespace) as running:
        yield running
        assert running.bugs() == []
