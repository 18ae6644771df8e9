"""Quotas and limit ranges on a real API server: every container can satisfy them, and what they reject is quoted."""

from __future__ import annotations

import time
from pathlib import Path

from tests.apiserver.api_server import ApiError, ApiServer
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.controllers import controllers
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

ALL_PARTS = {"gateway", "generator", "historian", "kafka", "redis", "schema-registry", "web"}
WORKLOADS = ("deployment-controller", "replicaset-controller", "statefulset-controller")


def test_limit_ranges_and_quotas_that_reject_pods_are_quoted(
    cluster: Cluster, api_server: ApiServer, kubeconfig: Path, tmp_path: Path
) -> None:
    """A quota that demands limits accepts every pod; what it or a LimitRange rejects is in the part's condition."""
    api = f"/api/v1/namespaces/{cluster.namespace}"
    names = ("limits.cpu", "limits.memory", "requests.cpu", "requests.memory")
    _limit(cluster, "all", dict.fromkeys(names, "100Gi"))
    with (
        controllers(api_server, tmp_path, WORKLOADS),
        OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2) as operator,
    ):
        cluster.create_tracker(spec={"gateway": {"replicas": 2}, "history": {"enabled": True}})
        eventually(
            lambda: _parts_with_pods(cluster) == ALL_PARTS,
            "a pod of each part in spite of a quota that demands limits",
        )
        limits = [{"type": "Container", "max": {"memory": "512Mi"}, "min": {"cpu": "40m"}}]
        api_server.request("POST", f"{api}/limitranges", {"metadata": {"name": "small"}, "spec": {"limits": limits}})
        for part in ("redis", "kafka", "web"):
            for kind, name in cluster.children():
                if kind == "Pod" and name.startswith(f"demo-{part}"):
                    cluster.delete("Pod", name)
        eventually(lambda: cluster.reason("KafkaReady") == "LimitRangeExceeded", "the LimitRange rejects Kafka")
        assert "maximum memory usage per Container is 512Mi" in cluster.condition("KafkaReady")["message"]
        eventually(lambda: cluster.reason("WebReady") == "LimitRangeExceeded", "the LimitRange rejects the page")
        assert "minimum cpu usage per Container is 40m" in cluster.condition("WebReady")["message"]
        api_server.request("DELETE", f"{api}/limitranges/small")

        def is_starting() -> bool:
            """Cause the controller to create the pod again, for which it waits ever longer."""
            now = {"metadata": {"annotations": {"example.org/now": str(time.monotonic())}}}
            cluster.patch("StatefulSet", "demo-kafka", now)
            time.sleep(1)  # give the controller time to create the pod before the next change
            return cluster.reason("KafkaReady") == "Starting"

        eventually(is_starting, "Kafka's pod exists")
        assert operator.bugs() == []


def test_the_resources_of_every_container_can_be_set(
    cluster: Cluster, api_server: ApiServer, kubeconfig: Path, tmp_path: Path
) -> None:
    """A LimitRange rejects every container with less; the policy is the default, which allows no code of authors."""
    least = {"cpu": "160m", "memory": "400Mi"}
    limits = [{"type": "Container", "min": least}]
    path = f"/api/v1/namespaces/{cluster.namespace}/limitranges"
    api_server.request("POST", path, {"metadata": {"name": "large"}, "spec": {"limits": limits}})
    small = {"cpu": "1m", "memory": "1Mi"}
    eventually(lambda: "minimum" in _refusal_of_a_pod(cluster, small), "the API server uses the LimitRange")
    own = {"resources": {"requests": least}}
    topics = {
        "podTemplate": {"initContainers": [{"name": "topics", "resources": {"requests": least, "limits": least}}]}
    }
    spec = {
        "generator": {**own, **topics},
        "gateway": own,
        "history": {"enabled": True, **own},
        "web": own,
        "kafka": {"builtin": own},
        "redis": {"builtin": own},
        "schemaRegistry": {"builtin": own, **topics},
    }
    with (
        controllers(api_server, tmp_path, WORKLOADS),
        OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2) as operator,
    ):
        cluster.create_tracker(spec=spec)
        eventually(lambda: _parts_with_pods(cluster) == ALL_PARTS, "a pod of each part")
        for (kind, name), pod in cluster.children().items():
            if kind == "Pod":
                for container in (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]):
                    assert container["resources"]["requests"] == least, f"{container['name']} of {name}"
        assert operator.bugs() == []


def _parts_with_pods(cluster: Cluster) -> set[str]:
    labels = [body["metadata"]["labels"] for (kind, _), body in cluster.children().items() if kind == "Pod"]
    return {one["app.kubernetes.io/component"] for one in labels}


def _limit(cluster: Cluster, name: str, hard: dict[str, str], amounts: dict[str, str] | None = None) -> None:
    """Create a ResourceQuota and wait until it rejects a pod with these amounts only.

    No controller runs that would count what exists.
    """
    path = f"/api/v1/namespaces/{cluster.namespace}/resourcequotas"
    cluster.server.request("POST", path, {"metadata": {"name": name}, "spec": {"hard": hard}})
    status = {"status": {"hard": hard, "used": dict.fromkeys(hard, "0")}}
    cluster.server.request("PATCH", f"{path}/{name}/status", status, content_type="application/merge-patch+json")
    eventually(
        lambda: f"failed quota: {name}" in _refusal_of_a_pod(cluster, amounts or {}), "the API server uses the quota"
    )


def _refusal_of_a_pod(cluster: Cluster, amounts: dict[str, str]) -> str:
    """Return the error for a pod with these requests and limits only; empty if it would be created."""
    container = {"name": "probe", "image": "a", "resources": {"requests": amounts, "limits": amounts}}
    pod = {"metadata": {"name": "probe"}, "spec": {"containers": [container]}}
    try:
        cluster.server.request("POST", f"/api/v1/namespaces/{cluster.namespace}/pods?dryRun=All", pod)
    except ApiError as error:
        return error.message
    return ""
