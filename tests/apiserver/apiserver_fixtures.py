"""Fixtures with a real API server for the session: `pytest_plugins = ["tests.apiserver.apiserver_fixtures"]`.

Each test has its own namespace. A test that changes cluster-scoped objects (the CRD, IngressClasses) restores them.
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
    """An API server without the CRD."""
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
    """The namespace of this test, with methods to read and change its objects."""
    cluster = make_namespace(api_server)
    yield cluster
    end_namespace(cluster)


@pytest.fixture
def namespace(cluster: Cluster) -> str:
    """The name of the test's namespace."""
    return cluster.namespace


@pytest.fixture
def kubeconfig(api_server: ApiServer) -> Path:
    """The kubeconfig of the operator's user."""
    return operator_kubeconfig(api_server)


@pytest.fixture
def operator(kubeconfig: Path, namespace: str, tmp_path: Path) -> Iterator[OperatorProcess]:
    """An operator that manages the namespace of this test."""
    with OperatorProcess(kubeconfig, tmp_path, namespace) as running:
        yield running
        assert running.bugs() == []
