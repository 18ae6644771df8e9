"""Fixtures of a real API server: `pytest_plugins = ["tests.apiserver.fixtures"]`. One server for a session of tests.

Each test has a namespace of its own. What belongs to the whole cluster (the CRD, IngressClasses) is put back by the
test that changes it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import pytest

from flighttracker_operator.crd import PLURAL, custom_resource_definition
from tests.apiserver.api_server import ApiError, ApiServer, Etcd
from tests.servers.certificates import make_certificates

CRD_NAME = f"{PLURAL}.flighttracker.io"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ESTABLISHED_S = 30.0


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


def install_crd(server: ApiServer) -> None:
    """Apply the CRD and return when its objects can be created."""
    path = f"{CRDS}/{CRD_NAME}?fieldManager=test&force=true"
    server.request("PATCH", path, custom_resource_definition(), content_type="application/apply-patch+yaml")
    deadline_s = time.monotonic() + ESTABLISHED_S
    while True:
        try:
            server.request("GET", "/apis/flighttracker.io/v1alpha1/flighttrackers")
        except ApiError as error:
            if error.code not in (404, 429) or time.monotonic() > deadline_s:
                raise
            time.sleep(0.05)
        else:
            return
