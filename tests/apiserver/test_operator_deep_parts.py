"""An author of one tracker cannot stop the operator for the others with JSON that the API server stores as it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flighttracker_operator.objects.nesting import READABLE_LEVELS
from tests.apiserver.api_server import Json
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]


@pytest.fixture(autouse=True)
def _deep_json() -> Iterator[None]:
    """Let the client of the test read what it has sent."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(READABLE_LEVELS)
    yield
    sys.setrecursionlimit(before)


def nested(levels: int) -> Json:
    """Return an affinity of so many levels."""
    value: Json = {}
    for _ in range(levels):
        value = {"nodeAffinity": value}
    return value


@pytest.mark.parametrize("levels", [40, 1_200, 9_900])
def test_a_tracker_that_is_nested_too_deeply_stops_no_other(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path, levels: int
) -> None:
    def refused() -> str:
        return str(cluster.condition(name="deep").get("message", ""))

    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2) as operator:
        cluster.create_tracker()
        cluster.complete()
        cluster.create_tracker("deep", {"podTemplate": {"affinity": nested(levels)}})
        assert "nested too deeply" in eventually(refused, "a condition of the deep tracker")
        cluster.create_tracker("later")
        cluster.complete("later")
        eventually(lambda: len(operator.logged("deep")) > 0, "the log")
        assert operator.logged("the watches stopped") == []
        assert operator.bugs() == []
    # A process that starts lists the deep tracker, too.
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, name="next") as operator:
        cluster.create_tracker("last")
        cluster.complete("last")
        assert operator.logged("the watches stopped") == []
        assert operator.bugs() == []
    assert cluster.children("deep") == {}
