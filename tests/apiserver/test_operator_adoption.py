"""A tracker that is created again or restored adopts its children, with their volumes, whatever their owners were."""

from __future__ import annotations

import base64
import copy
import json
import time
from pathlib import Path
from typing import Any

import pytest

from flighttracker_operator.objects.kinds import TRACKER
from tests.apiserver.api_server import ApiServer, Json
from tests.apiserver.cluster_view import EXPECTED, KINDS, NOISE, Cluster, end_namespace, make_namespace
from tests.apiserver.controllers import controllers
from tests.apiserver.operator_process import USER, OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

Children = dict[tuple[str, str], Json]
CLAIM = ("PersistentVolumeClaim", "data-demo-kafka-0")


def _create_claim(cluster: Cluster) -> None:
    """Create the claim of the Kafka broker as its StatefulSet does: with the labels of the template, and no owner."""
    template = cluster.get("StatefulSet", "demo-kafka")["spec"]["volumeClaimTemplates"][0]
    cluster.create(CLAIM[0], CLAIM[1], metadata={"labels": template["metadata"]["labels"]}, spec=template["spec"])


def _tracker_with_claim(cluster: Cluster) -> Children:
    cluster.create_tracker()
    cluster.complete()
    _create_claim(cluster)
    uid = cluster.tracker()["metadata"]["uid"]
    return _all_owned_by(cluster, uid)


def _all_owned_by(cluster: Cluster, uid: str) -> Children:
    """Wait until the tracker with this UID is the only owner of every child, and return them."""

    def look() -> Children:
        children = cluster.children()
        owners = [[owner["uid"] for owner in body["metadata"].get("ownerReferences", ())] for body in children.values()]
        return children if len(children) == EXPECTED + 1 and all(one == [uid] for one in owners) else {}

    return eventually(look, "every child belongs to the tracker", within_s=30)


def _uids(children: Children) -> dict[tuple[str, str], str]:
    return {key: body["metadata"]["uid"] for key, body in children.items()}


def _templates(children: Children) -> dict[tuple[str, str], Json]:
    """Return the pod templates, a change of which restarts pods."""
    return {key: body["spec"]["template"] for key, body in children.items() if key[0] in ("StatefulSet", "Deployment")}


def _is_calm(cluster: Cluster) -> None:
    """Check that the tracker is not refused and causes no more writes."""

    def look() -> bool:
        before = cluster.server.audit_lines()
        time.sleep(1.5)  # the test looks for a time without writes
        return not cluster.writes(USER, before)

    assert eventually(look, "a time without a write", within_s=30)
    bad = [(one["type"], one["reason"]) for one in cluster.tracker()["status"]["conditions"]]
    assert not [one for one in bad if one[1] in ("Refused", "OwnedByOthers", "ImmutableField")]


@pytest.mark.parametrize("orphaned", [False, True], ids=["deleted", "orphaned"])
def test_a_tracker_that_is_created_again_adopts_everything(
    cluster: Cluster, operator: OperatorProcess, orphaned: bool
) -> None:
    before = _tracker_with_claim(cluster)
    operator.stop()
    cluster.delete("FlightTracker", "demo")
    if orphaned:  # what the garbage collector does for --cascade=orphan
        for kind, name in before:
            cluster.patch(kind, name, {"metadata": {"ownerReferences": None}})
    operator.start()
    uid = cluster.create_tracker()["metadata"]["uid"]
    after = _all_owned_by(cluster, uid)
    _is_calm(cluster)
    assert _uids(after) == _uids(before)
    after = cluster.children()
    assert _templates(after) == _templates(before), "no pod restarts"
    assert after["Secret", "demo-redis"]["data"] == before["Secret", "demo-redis"]["data"]
    assert not operator.logged("deleting")


@pytest.mark.parametrize("strips", [False, True], ids=["as saved", "without owners"])
@pytest.mark.parametrize("tracker_first", [False, True], ids=["objects first", "tracker first"])
def test_a_restored_backup_is_adopted(
    cluster: Cluster, operator: OperatorProcess, strips: bool, tracker_first: bool
) -> None:
    """Velero creates objects with new UIDs and without managedFields, and leaves owner references to old UIDs."""
    before = _tracker_with_claim(cluster)
    operator.stop()
    cluster.delete("FlightTracker", "demo")
    for kind, name in before:
        if kind == CLAIM[0]:
            cluster.patch(kind, name, {"metadata": {"finalizers": None}})
        cluster.delete(kind, name)
        cluster.patch(kind, name, {"metadata": {"finalizers": None}}) if cluster.find(kind, name) else None
    eventually(lambda: not cluster.children(), "an empty namespace")
    operator.start()
    uid = cluster.create_tracker()["metadata"]["uid"] if tracker_first else ""
    if not tracker_first:
        _restore(cluster, before, strips=strips)
        uid = cluster.create_tracker()["metadata"]["uid"]
        after = _all_owned_by(cluster, uid)
        assert _templates(after) == _templates(before), "no pod restarts"
        assert after["Secret", "demo-redis"]["data"] == before["Secret", "demo-redis"]["data"]
    else:
        cluster.complete()
        _restore(cluster, {CLAIM: before[CLAIM]}, strips=strips)
        _all_owned_by(cluster, uid)
    _is_calm(cluster)
    assert not operator.logged("deleting")


def test_a_backup_is_restored_into_another_namespace(
    cluster: Cluster, kubeconfig: Path, api_server: ApiServer, tmp_path: Path
) -> None:
    """Velero's namespace mapping changes only metadata.namespace, and labels what it restores."""
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace):
        saved = _tracker_with_claim(cluster)
    other = make_namespace(api_server)
    for body in saved.values():
        body["metadata"]["namespace"] = other.namespace
        body["metadata"]["labels"]["velero.io/restore-name"] = "monday"
    saved[CLAIM]["metadata"]["annotations"] = {"pv.kubernetes.io/bind-completed": "yes"}
    saved[CLAIM]["spec"]["volumeName"] = "pv-of-the-backup"
    _restore(other, saved, strips=False)
    uid = other.create_tracker()["metadata"]["uid"]
    with OperatorProcess(kubeconfig, tmp_path, other.namespace, name="other") as operator:
        after = _all_owned_by(other, uid)
        _is_calm(other)
        assert after[CLAIM]["spec"]["volumeName"] == "pv-of-the-backup"
        for key, body in other.children().items():
            assert cluster.namespace not in _text(body), f"{key} has an address of the old namespace"
        assert operator.bugs() == []
    end_namespace(other)


def _text(body: Json) -> str:
    """Return an object with the decoded values of a Secret."""
    values = [base64.b64decode(value).decode() for value in body.get("data", {}).values() if body["kind"] == "Secret"]
    return json.dumps([body, values])


def _restore(cluster: Cluster, saved: Children, *, strips: bool) -> None:
    for (kind, _name), body in saved.items():
        restored = copy.deepcopy(body)
        restored.pop("status", None)
        for field in (*NOISE, *(["ownerReferences"] if strips else [])):
            restored["metadata"].pop(field, None)
        if kind == "Service":
            for field in ("clusterIP", "clusterIPs"):
                if restored["spec"].get(field) not in ("None", ["None"]):
                    restored["spec"].pop(field, None)
        cluster.server.request("POST", f"{KINDS[kind].path(cluster.namespace)}?fieldManager=velero-server", restored)


def test_a_stateful_set_of_an_earlier_release_and_tracker_is_used_and_explained(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    """Earlier releases wrote the tracker's UID into the claim template, which cannot be changed."""
    _tracker_with_claim(cluster)
    operator.stop()
    old = cluster.get("StatefulSet", "demo-kafka")
    owner = {"apiVersion": TRACKER.api_version, "kind": TRACKER.name, "name": "demo", "uid": "of-an-earlier-tracker"}
    changed = copy.deepcopy(old)
    changed["spec"]["volumeClaimTemplates"][0]["metadata"]["ownerReferences"] = [owner]
    changed["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] = "3Gi"
    changed["spec"]["podManagementPolicy"] = "OrderedReady"
    cluster.delete("StatefulSet", "demo-kafka")
    cluster.delete("FlightTracker", "demo")
    _restore(cluster, {("StatefulSet", "demo-kafka"): changed}, strips=False)
    uid = cluster.create_tracker(spec={"kafka": {"builtin": {"storage": {"className": "fast"}}}})["metadata"]["uid"]
    operator.start()
    live = _all_owned_by(cluster, uid)["StatefulSet", "demo-kafka"]
    assert live["spec"]["podManagementPolicy"] == "OrderedReady"
    cluster.make_ready()
    eventually(lambda: cluster.reason("KafkaReady") == "ImmutableField", "ImmutableField", within_s=30)
    message = cluster.condition("KafkaReady")["message"]
    assert "StatefulSet demo-kafka keeps its podManagementPolicy" in message
    assert "kubectl delete statefulset demo-kafka --cascade=orphan" in message
    assert cluster.condition("KafkaReady")["status"] == "True"
    # What can be changed is.
    cluster.change_tracker({"podTemplate": {"annotations": {"team": "radar"}}})
    eventually(lambda: _annotation(cluster) == "radar", "the template is applied", within_s=30)


def _annotation(cluster: Cluster) -> Any:
    template = cluster.get("StatefulSet", "demo-kafka")["spec"]["template"]
    return template["metadata"]["annotations"].get("team")


def test_a_claim_that_is_being_deleted_is_reported(cluster: Cluster, operator: OperatorProcess) -> None:
    _tracker_with_claim(cluster)
    cluster.make_ready()
    cluster.delete(*CLAIM)  # it stays while its pod uses it
    eventually(lambda: cluster.reason("KafkaReady") == "VolumeTerminating", "VolumeTerminating", within_s=30)
    message = cluster.condition("KafkaReady")["message"]
    assert "volume claim data-demo-kafka-0 was deleted" in message
    assert "kubectl delete pod demo-kafka-0" in message


def test_orphans_are_adopted_with_the_real_garbage_collector(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path, api_server: ApiServer
) -> None:
    with (
        controllers(api_server, tmp_path),
        OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=5) as operator,
    ):
        uid = cluster.create_tracker()["metadata"]["uid"]
        children = _owned_with_claims(cluster, uid)
        assert {name for kind, name in children if kind == CLAIM[0]} == {"data-demo-kafka-0", "data-demo-redis-0"}
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Orphan"}
        cluster.server.request("DELETE", TRACKER.path(cluster.namespace, "demo"), options)
        eventually(lambda: not _find_tracker(cluster), "the tracker is deleted", within_s=60)
        uid = cluster.create_tracker()["metadata"]["uid"]
        after = _owned_with_claims(cluster, uid)
        assert _uids(after) == _uids(children)

        # A tracker that is deleted and created again at once: the collector and the operator meet.
        cluster.delete("FlightTracker", "demo")
        uid = cluster.create_tracker()["metadata"]["uid"]
        _owned_with_claims(cluster, uid)
        time.sleep(5)  # nothing announces that the collector deletes no more: an object that it still deletes shows now
        _owned_with_claims(cluster, uid)
        assert operator.bugs() == []
        cluster.delete("FlightTracker", "demo")
        # Without a kubelet, pods stay and keep their claims.
        eventually(
            lambda: not [key for key in cluster.children() if key[0] not in ("Pod", CLAIM[0])], "nothing is left"
        )


RETAINED: Json = {"kafka": {"builtin": {"storage": {"reclaim": "Retain"}}}}


def test_a_retained_volume_outlives_the_tracker_and_is_found_again(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path, api_server: ApiServer
) -> None:
    """With the real garbage collector: Kafka's claim is retained, that of Redis is deleted with the tracker."""
    with (
        controllers(api_server, tmp_path),
        OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=5) as operator,
    ):
        cluster.create_tracker(spec=RETAINED)
        claims = _claims(cluster, kafka=False, redis=True)
        # `Delete` and back: the claim gets an owner, and loses it.
        cluster.change_tracker({"kafka": {"builtin": {"storage": {"reclaim": "Delete"}}}})
        _claims(cluster, kafka=True, redis=True)
        cluster.change_tracker(RETAINED)
        _claims(cluster, kafka=False, redis=True)
        _run_pods(cluster)

        cluster.delete("FlightTracker", "demo")
        _without_pods(cluster)
        eventually(lambda: not cluster.find(CLAIM[0], "data-demo-redis-0"), "the volume of Redis is deleted")
        time.sleep(5)  # nothing announces that the collector deletes no more: an object that it still deletes shows now
        assert list(cluster.children()) == [CLAIM]
        assert cluster.get(*CLAIM)["metadata"]["uid"] == claims[CLAIM]

        cluster.create_tracker(spec=RETAINED)  # it finds the volume
        assert _claims(cluster, kafka=False, redis=True)[CLAIM] == claims[CLAIM]
        _is_calm(cluster)
        assert operator.bugs() == []
        _run_pods(cluster)
        cluster.delete("FlightTracker", "demo")
        _without_pods(cluster)


def _claims(cluster: Cluster, **owned: bool) -> dict[tuple[str, str], str]:
    """Wait until the claims exist, each with or without an owner, and return their UIDs."""

    def look() -> dict[tuple[str, str], str]:
        found = {key: body["metadata"] for key, body in cluster.children().items() if key[0] == CLAIM[0]}
        seen = {name.split("-")[2]: bool(metadata.get("ownerReferences")) for (_, name), metadata in found.items()}
        return {key: metadata["uid"] for key, metadata in found.items()} if seen == owned else {}

    return eventually(look, f"claims with owners: {owned}", within_s=60)


def _run_pods(cluster: Cluster) -> None:
    """Play the kubelet, which starts pods: the StatefulSet controller creates missing claims of pending ones again."""
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}

    servers = {("Pod", f"demo-{name}-0") for name in ("kafka", "redis")}
    eventually(lambda: servers <= set(cluster.children()), "the pods of the servers exist", within_s=60)
    for kind, name in servers:
        cluster.patch(kind, name, {"status": ready}, part="/status")


def _without_pods(cluster: Cluster) -> None:
    """Play the kubelet, which ends deleted pods, until only claims are left."""
    left: Children = {}

    def look() -> bool:
        left.clear()
        left.update((key, body) for key, body in cluster.children().items() if key[0] != CLAIM[0])
        for (kind, name), body in left.items():
            if kind == "Pod" and "deletionTimestamp" in body["metadata"]:
                cluster.end_pod(name)
        return not left

    eventually(look, "only claims are left", now=lambda: f"left are {sorted(left)}")


def _find_tracker(cluster: Cluster) -> bool:
    items: list[Json] = cluster.server.request("GET", TRACKER.path(cluster.namespace))["items"]
    return bool(items)


def _owned_with_claims(cluster: Cluster, uid: str) -> Children:
    """Wait until the tracker owns every child and the two claims of its StatefulSets, and none is being deleted."""

    def look() -> Children:
        children = {key: body for key, body in cluster.children().items() if key[0] != "Pod"}
        owned = [
            uid in [owner["uid"] for owner in body["metadata"].get("ownerReferences", ())]
            and "deletionTimestamp" not in body["metadata"]
            for body in children.values()
        ]
        return children if len(children) >= EXPECTED + 2 and all(owned) else {}

    return eventually(look, "every child belongs to the tracker", within_s=60)
