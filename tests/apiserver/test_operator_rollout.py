"""Three brokers are replaced one after the other, only while the others are ready: with Kubernetes' own controllers."""

from __future__ import annotations

import time
from pathlib import Path

from flighttracker_operator.objects.outdated_pods import REVISION_LABEL
from tests.apiserver.api_server import ApiServer, Json
from tests.apiserver.cluster_view import Cluster
from tests.apiserver.controllers import controllers
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

CONTROLLERS = ("statefulset-controller", "disruption-controller")
THREE = {"kafka": {"builtin": {"replicas": 3}}}
STILL_S = 3.0


def brokers(cluster: Cluster) -> dict[str, Json]:
    """Return the pods of Kafka, by number."""
    pods = {name: body for (kind, name), body in cluster.children().items() if kind == "Pod" and "-kafka-" in name}
    return {name.rpartition("-")[2]: body for name, body in pods.items()}


def set_ready(cluster: Cluster, number: str, *, ready: bool = True) -> None:
    """Write the status of a broker's pod as its kubelet does."""
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    status = {"phase": "Running", "conditions": [condition]}
    cluster.patch("Pod", f"demo-kafka-{number}", {"status": status}, part="/status")


def is_ready(pod: Json) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", ()))


def replaced(cluster: Cluster, before: dict[str, Json]) -> set[str]:
    """Return the brokers that were replaced since then."""
    now = brokers(cluster)
    return {
        number for number, pod in before.items() if now.get(number, pod)["metadata"]["uid"] != pod["metadata"]["uid"]
    }


def _wait_until_replaced(cluster: Cluster, before: dict[str, Json], number: str) -> None:
    # Without a kubelet a pod is gone and there again at once. The controller of disruptions may see only the new
    # one, of the same name: then it counts it as evicted, and forbids further evictions, for two minutes.
    eventually(
        lambda: replaced(cluster, before) == {number},
        f"broker {number} is replaced",
        within_s=150,
        now=lambda: f"its budget: {cluster.children()['PodDisruptionBudget', 'demo-kafka']['status']}",
    )


def test_the_next_broker_is_replaced_when_all_are_in_sync_and_a_broken_one_first(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path, api_server: ApiServer
) -> None:
    with (
        controllers(api_server, tmp_path, CONTROLLERS),
        OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2) as operator,
    ):
        cluster.create_tracker(spec=THREE)
        eventually(lambda: len(brokers(cluster)) == 3, "three brokers", within_s=60)
        for number in "012":
            set_ready(cluster, number)
        set_ready(cluster, "0", ready=False)  # it is behind
        first = brokers(cluster)

        cluster.change_tracker({"kafka": {"builtin": {"resources": {"limits": {"memory": "2Gi"}}}}})
        _wait_until_replaced(cluster, first, "0")
        for done, following in (("0", "2"), ("2", "1"), ("1", "")):
            before = brokers(cluster)
            time.sleep(STILL_S)  # nothing announces that nothing happens: a broker replaced too early shows now
            assert not replaced(cluster, before), "a broker is replaced while another one is not ready"
            assert [number for number, pod in before.items() if not is_ready(pod)] == [done]
            set_ready(cluster, done)
            if following:
                _wait_until_replaced(cluster, before, following)

        revision = cluster.get("StatefulSet", "demo-kafka")["status"]["updateRevision"]
        assert {pod["metadata"]["labels"][REVISION_LABEL] for pod in brokers(cluster).values()} == {revision}
        last = brokers(cluster)
        time.sleep(STILL_S)  # the same: a broker that is replaced once too often shows now
        assert not replaced(cluster, last)
        assert len(operator.logged("replacing pod demo-kafka-")) == 3
        assert operator.bugs() == []
