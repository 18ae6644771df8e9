"""Gateways follow the load with Kubernetes' own autoscaler, which reads their CPU from an API for metrics.

No metrics-server runs: the API is a custom resource, and the test writes what a metrics-server measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.apiserver.api_server import ApiServer, Json
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.controllers import controllers
from tests.apiserver.operator_process import OperatorProcess, eventually
from tests.apiserver.strimzi.crds import install, remove
from tests.unit.operator.manifests.test_parts import IDLE_CPU

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

METRICS: Final = "/apis/metrics.k8s.io/v1beta1"
METRICS_CRD: Final[Json] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {
        "name": "pods.metrics.k8s.io",
        "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"},
    },
    "spec": {
        "group": "metrics.k8s.io",
        "scope": "Namespaced",
        "names": {"plural": "pods", "singular": "pod", "kind": "PodMetrics"},
        "versions": [
            {
                "name": "v1beta1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }
        ],
    },
}
CONTROLLERS: Final = ("deployment-controller", "replicaset-controller", "horizontal-pod-autoscaler-controller")
BUSY_MILLI: Final = 400
IDLE_MILLI: Final = round(1000 * IDLE_CPU)


@pytest.fixture
def metrics(api_server: ApiServer) -> Iterator[ApiServer]:
    """An API server with the API of a metrics-server, until the test removes it."""
    install(api_server, [METRICS_CRD])
    yield api_server
    remove(api_server, [METRICS_CRD])


def gateways(cluster: Cluster) -> dict[str, Json]:
    """Return the pods of the gateways."""
    return {name: pod for (kind, name), pod in cluster.children().items() if kind == "Pod" and "-gateway-" in name}


def run(cluster: Cluster, milli: int) -> None:
    """Play the kubelet and the metrics-server: every gateway is ready, and uses so much CPU."""
    now = datetime.now(UTC)
    long_ago = f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": long_ago}
    for name, pod in gateways(cluster).items():
        status = {"phase": "Running", "startTime": long_ago, "conditions": [ready]}
        cluster.patch("Pod", name, {"status": status}, part="/status")
        usage = {
            "apiVersion": "metrics.k8s.io/v1beta1",
            "kind": "PodMetrics",
            "metadata": {"name": name, "labels": pod["metadata"]["labels"]},
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "window": "15s",
            "containers": [{"name": "gateway", "usage": {"cpu": f"{milli}m", "memory": "100Mi"}}],
        }
        path = f"{METRICS}/namespaces/{cluster.namespace}/pods/{name}?fieldManager=test&force=true"
        cluster.server.request("PATCH", path, usage, content_type="application/apply-patch+yaml")


def scaling(cluster: Cluster, kind: str) -> str:
    """Return the reason of a condition of the autoscaler."""
    live = cluster.find("HorizontalPodAutoscaler", "demo-gateway") or {}
    conditions = live.get("status", {}).get("conditions", ())
    return next((str(one["reason"]) for one in conditions if one["type"] == kind), "")


def test_gateways_follow_the_load_and_a_metric_that_cannot_be_read_is_told(
    metrics: ApiServer, cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    with (
        controllers(metrics, tmp_path, CONTROLLERS),
        OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2) as operator,
    ):
        cluster.create_tracker(spec={"gateway": {"autoscaling": {"minReplicas": 2, "maxReplicas": 5}}})

        def has(milli: int, count: int) -> bool:
            run(cluster, milli)
            return len(gateways(cluster)) == count and cluster.reason("GatewayReady") == "Ready"

        eventually(lambda: has(BUSY_MILLI // 3, 2), "two gateways with some viewers")
        eventually(lambda: has(BUSY_MILLI, 5), "five gateways with many viewers")

        # It removes gateways after five minutes only; its condition says at once that it wants to.
        def wants_fewer() -> bool:
            run(cluster, IDLE_MILLI)
            return scaling(cluster, "AbleToScale") == "ScaleDownStabilized"

        eventually(wants_fewer, "fewer gateways are enough without viewers", within_s=30)
        assert len(gateways(cluster)) == 5
        assert cluster.reason("GatewayReady") == "Ready"

        remove(metrics, [METRICS_CRD])
        eventually(lambda: cluster.reason("GatewayReady") == "AutoscalerFails", "the metric cannot be read")
        condition = cluster.condition("GatewayReady")
        assert condition["status"] == "True"
        assert "does not follow the load" in condition["message"]
        assert "FailedGetResourceMetric" in condition["message"]
        assert "(install metrics-server)" in condition["message"]
        install(metrics, [METRICS_CRD])
        eventually(lambda: has(BUSY_MILLI, 5), "the metric is read again")
        assert operator.bugs() == []
