"""What a deleted tracker leaves: no empty volume claims, but everything that it retains, and an event that says so.

The tests play the StatefulSet controller, which creates the claim of a pending pod again when the garbage collector was
faster than it; the last one lets the real ones meet.
"""

from __future__ import annotations

import time
from pathlib import Path

from tests.apiserver.api_server import ApiServer, Json
from tests.apiserver.cluster_view import EXPECTED, OFFERED, Cluster
from tests.apiserver.controllers import controllers
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

CLAIM = "PersistentVolumeClaim"
KAFKA, REDIS, HISTORY = "data-demo-kafka-0", "data-demo-redis-0", "data-demo-historian-0"
BOUND: Json = {"phase": "Bound"}
PENDING: Json = {"phase": "Pending"}


def create_claim(cluster: Cluster, name: str, template: Json, status: Json = PENDING, **spec: str) -> None:
    """Create a claim as a StatefulSet does: with the labels of the template, and no owner."""
    labels = template["metadata"]["labels"]
    cluster.create(CLAIM, name, metadata={"labels": labels}, spec={**template["spec"], **spec})
    cluster.patch(CLAIM, name, {"status": status}, part="/status")


def delete_tracker(cluster: Cluster) -> dict[str, Json]:
    """Delete a tracker and its StatefulSets, and return the templates of their claims by the name of the claim."""
    sets = [body for (kind, _), body in cluster.children().items() if kind == "StatefulSet"]
    cluster.delete("FlightTracker", "demo")
    for body in sets:
        cluster.delete("StatefulSet", body["metadata"]["name"])
    return {
        f"data-{body['metadata']['name']}-0": body["spec"]["volumeClaimTemplates"][0]
        for body in sets
        if "volumeClaimTemplates" in body["spec"]
    }


def claims(cluster: Cluster) -> set[str]:
    return {
        name
        for (kind, name), body in cluster.children().items()
        if kind == CLAIM and "deletionTimestamp" not in body["metadata"]
    }


def test_only_empty_claims_of_a_deleted_tracker_are_deleted(cluster: Cluster, operator: OperatorProcess) -> None:
    history: Json = {"enabled": True, "storage": {"volume": {"reclaim": "Retain"}}}
    cluster.create_tracker(spec={"history": history})
    eventually(lambda: cluster.find("StatefulSet", "demo-historian"), "the historian")
    templates = delete_tracker(cluster)
    assert templates.keys() == {KAFKA, REDIS, HISTORY}
    create_claim(cluster, KAFKA, templates[KAFKA])
    # With its volume from the start: until its phase says so, too, the operator may look.
    create_claim(cluster, REDIS, templates[REDIS], BOUND, volumeName="pv-of-redis")
    create_claim(cluster, HISTORY, templates[HISTORY])
    eventually(lambda: KAFKA not in claims(cluster), "the empty claim is deleted", within_s=30)
    time.sleep(2)  # nothing announces that the operator deletes no more
    assert claims(cluster) == {REDIS, HISTORY}, "one has data, and one is retained"
    (event,) = [one for one in cluster.events() if one["reason"] == "VolumesKept"]
    assert event["message"].endswith(f"stay: {HISTORY}")
    assert operator.bugs() == []


def test_claims_of_a_restored_backup_are_not_deleted(cluster: Cluster, operator: OperatorProcess) -> None:
    """Velero restores claims before trackers, and names the volume of each, which is bound later."""
    cluster.create_tracker()
    cluster.complete()
    templates = delete_tracker(cluster)
    create_claim(cluster, KAFKA, templates[KAFKA], volumeName="pv-of-the-backup")
    create_claim(cluster, REDIS, templates[REDIS])
    eventually(lambda: REDIS not in claims(cluster), "the empty claim is deleted", within_s=30)
    assert claims(cluster) == {KAFKA}
    assert operator.bugs() == []


def test_claims_of_an_unknown_tracker_are_not_deleted(cluster: Cluster, operator: OperatorProcess) -> None:
    """Nothing says whether a tracker that was deleted before the operator started retained its volumes."""
    cluster.create_tracker()
    cluster.complete()
    operator.stop()
    templates = delete_tracker(cluster)
    operator.start()
    create_claim(cluster, KAFKA, templates[KAFKA])
    cluster.create_tracker("other")
    cluster.complete("other")
    assert claims(cluster) == {KAFKA}


def test_a_bucket_is_named_when_its_tracker_is_deleted(cluster: Cluster, operator: OperatorProcess) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "eA==", "AWS_SECRET_ACCESS_KEY": "eA=="}
    cluster.create("Secret", "keys", metadata=OFFERED, data=keys)
    bucket = {"bucket": "flights", "credentialsSecret": "keys"}
    cluster.create_tracker(spec={"history": {"enabled": True, "storage": {"s3": bucket}}})
    eventually(lambda: cluster.find("Deployment", "demo-historian"), "the historian")
    cluster.make_ready()
    place = f"s3://flights/{cluster.namespace}/demo"
    words = f"{place}; the files stay there when the tracker is deleted"
    eventually(lambda: words in cluster.condition("HistoryReady").get("message", ""), "the condition")
    cluster.delete("FlightTracker", "demo")
    eventually(lambda: [one for one in cluster.events() if one["reason"] == "HistoryKept"], "the event", within_s=30)
    (event,) = [one for one in cluster.events() if one["reason"] == "HistoryKept"]
    assert place in event["message"]
    assert operator.bugs() == []


def test_the_real_controllers_leave_no_claim_of_pending_pods(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path, api_server: ApiServer
) -> None:
    with (
        controllers(api_server, tmp_path),
        OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=5) as operator,
    ):
        cluster.create_tracker()
        eventually(lambda: claims(cluster) == {KAFKA, REDIS}, "the claims", within_s=60)
        for name in (KAFKA, REDIS):
            cluster.patch(CLAIM, name, {"status": PENDING}, part="/status")
        eventually(lambda: len(cluster.children()) >= EXPECTED + 2, "every child", within_s=60)
        cluster.delete("FlightTracker", "demo")
        eventually(lambda: not _sets(cluster), "the StatefulSets are deleted", within_s=60)
        for kind, name in cluster.children():
            if kind == "Pod":
                cluster.end_pod(name)
        eventually(lambda: not claims(cluster), "no claim is left", within_s=60)
        assert operator.bugs() == []


def _sets(cluster: Cluster) -> list[str]:
    return [name for kind, name in cluster.children() if kind == "StatefulSet"]
