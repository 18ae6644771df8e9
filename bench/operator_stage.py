"""Setup of the operator's benchmark: an API server with the CRD and the operator's permissions, and wait functions."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.apiserver.api_server import ApiServer, Etcd
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.crd_install import install_crd
from tests.apiserver.operator_process import USER, OperatorProcess, chart_rules
from tests.servers.certificates import make_certificates

POLL_S = 0.005
LONGEST_S = 600.0
A_NAMESPACE = 10
"""Trackers of one namespace; Kubernetes' own controllers compare all Services of a namespace with each of its pods."""


def until(look: Callable[[], object], what: str) -> float:
    """Return how many seconds it took until something was true."""
    started_s = time.perf_counter()
    while not look():
        if time.perf_counter() - started_s > LONGEST_S:
            sys.exit(f"error: {what}: not within {LONGEST_S:.0f} s")
        time.sleep(POLL_S)  # what is waited for has no event; the interval is the resolution of the figure
    return time.perf_counter() - started_s


def is_unseen(tracker: dict[str, Any]) -> bool:
    """Return whether a tracker's status is older than its spec."""
    return bool(tracker.get("status", {}).get("observedGeneration") != tracker["metadata"]["generation"])


def is_complete(cluster: Cluster, name: str) -> bool:
    """Return whether the status describes the current spec."""
    return not is_unseen(cluster.tracker(name))


def is_at_work(operator: OperatorProcess) -> bool:
    """Return whether the operator has reconciled every tracker once."""
    return bool(operator.logged("manages")) and json.loads(operator.get("/health")[1])["last_success_age_s"] is not None


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """Run etcd and kube-apiserver with the CRD and the operator's rights."""
    for name in ("etcd", "apiserver"):
        (folder / name).mkdir(parents=True)
    etcd = Etcd(folder / "etcd")
    server: ApiServer | None = None
    try:
        etcd.start()
        server = ApiServer(folder / "apiserver", make_certificates(folder / "apiserver"), etcd.url)
        server.start()
        install_crd(server)
        server.grant(USER, [*chart_rules(), *chart_rules("flighttracker.clusterRules")])
        yield server
    finally:
        if server is not None:
            server.stop()
        etcd.stop()


def namespaces(server: ApiServer, trackers: int) -> list[Cluster]:
    """Create namespaces for many trackers, `A_NAMESPACE` of them in each, and return the namespace of each tracker."""
    made = [namespace(server, f"team-{number}") for number in range(math.ceil(trackers / A_NAMESPACE))]
    return [made[number % len(made)] for number in range(trackers)]


def namespace(server: ApiServer, name: str) -> Cluster:
    """Create a namespace."""
    server.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    return Cluster(server, name)
