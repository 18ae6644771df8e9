"""The release and the tracker on which the tests of a cluster run, one of each in a session.

The chart of this checkout is installed with images of TAG (the project's version when it is left out), which the nodes
must be able to get: `make images`, then `kind load docker-image …` or the like. What the tests make is in namespaces of
their own, which are deleted before and after.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.cluster.cluster import HOST, Namespace, Tracker, cluster_or_skip, example
from tests.cluster.option_uid import create_with_option_uid
from tests.cluster.release import RELEASE, install

READY_S = 300.0
"""How long the first start may take: images are on the nodes, two cores are enough."""


@pytest.fixture(scope="session")
def operator_namespace() -> Iterator[Namespace]:
    """A namespace with the chart installed in it."""
    cluster_or_skip()
    namespace = Namespace("flights-test-operator")
    namespace.create()
    try:
        install(namespace)
        yield namespace
    finally:
        namespace.helm("uninstall", RELEASE, "--ignore-not-found", "--wait")
        namespace.delete()


@pytest.fixture(scope="session")
def tracker(operator_namespace: Namespace) -> Iterator[Tracker]:
    """`examples/minimal.yaml` with an ingress, which is ready, with a uid that Kafka's formatter could misread."""
    namespace = Namespace("flights-test")
    namespace.create()
    try:
        minimal = example("minimal")
        minimal["spec"]["ingress"] = {"enabled": True, "host": HOST}
        create_with_option_uid(namespace, operator_namespace, minimal)
        tracker = Tracker(namespace, "minimal")
        tracker.wait_ready(READY_S)
        yield tracker
    finally:
        namespace.delete()


@pytest.fixture(scope="session")
def ingress() -> str:
    """The address of the cluster's ingress controller: "http://10.0.0.1"."""
    address = os.environ.get("FLIGHTTRACKER_INGRESS", "").rstrip("/")
    if not address:
        pytest.skip("no way in: set FLIGHTTRACKER_INGRESS to the address of the ingress controller, http://…")
    return address
