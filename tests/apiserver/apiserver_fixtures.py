"""Fixtures of a real API server, one for a session: `pytest_plugins = ["tests.apiserver.apiserver_fixtures"]`.

Each test has a namespace of its own. What belongs to the whole cluster (the CRD, IngressClasses) is put back by the
test that changes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apiserver.api_server import ApiServer, Etcd
from tests.apiserver.cluster_view import Cluster, end_namespace, make_namespace
from tests.apiserver.crd_install import install_crd
from tests.apiserver.operator_process import OperatorProcess, operator_kubeconfig
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
def cluster(api_server: ApiServer) -> Iterator[Cluster]:
    """The namespace of this test, to look at and to change."""
    cluster = make_namespace(api_server)
    yield cluster
    end_namespace(cluster)


@pytest.fixture
def namespace(cluster: Cluster) -> str:
    """The name of that namespace."""
    return cluster.namespace


@pytest.fixture
def kubeconfig(api_server: ApiServer) -> Path:
    """The operator's own user."""
    return operator_kubeconfig(api_server)


@pytest.fixture
def operator(kubeconfig: Path, namespace: str, tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator that looks after the namespace of this test."""
    with OperatorProcess(kubeconfig, tmp_path, namespace) as running:
        yield running
        assert running.bugs() == []
