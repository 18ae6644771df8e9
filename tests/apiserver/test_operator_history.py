"""A tracker with a history on a real API server: its objects, another store, off and on again, and what is refused."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from tests.apiserver.api_server import ApiError, Json
from tests.apiserver.cluster_view import EXPECTED, OFFERED, Cluster, plain
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

OF_VOLUME = {
    ("ConfigMap", "demo-historian"),
    ("NetworkPolicy", "demo-historian"),
    ("NetworkPolicy", "demo-history"),
    ("Service", "demo-historian"),
    ("StatefulSet", "demo-historian"),
}
OF_BUCKET = (OF_VOLUME - {("StatefulSet", "demo-historian")}) | {
    ("Deployment", "demo-historian"),
    ("PodDisruptionBudget", "demo-historian"),
}
BUCKET: Json = {"bucket": "flights", "endpoint": "https://minio.example.org:9000", "credentialsSecret": "keys"}
KEYS = {"AWS_ACCESS_KEY_ID": "eA==", "AWS_SECRET_ACCESS_KEY": "eA=="}
CLAIM = "data-demo-historian-0"
KEPT = {("PersistentVolumeClaim", CLAIM)}


def of_history(cluster: Cluster) -> set[tuple[str, str]]:
    """Return the children of the history, once the status is that of the present spec."""
    tracker = cluster.tracker()
    if tracker.get("status", {}).get("observedGeneration") != tracker["metadata"]["generation"]:
        return set()
    label = "app.kubernetes.io/component"
    return {key for key, body in cluster.children().items() if body["metadata"]["labels"][label] == "historian"}


def offer_keys(cluster: Cluster) -> None:
    """Create the Secret of `BUCKET`."""
    keys = {"AWS_ACCESS_KEY_ID": "eA==", "AWS_SECRET_ACCESS_KEY": "eA=="}
    cluster.create("Secret", "keys", metadata=OFFERED, data=keys)


def create_claim(cluster: Cluster) -> Json:
    """Create the claim of the history as its StatefulSet does."""
    template = cluster.get("StatefulSet", "demo-historian")["spec"]["volumeClaimTemplates"][0]
    metadata = {"labels": template["metadata"]["labels"]}
    return cluster.create("PersistentVolumeClaim", CLAIM, metadata=metadata, spec=template["spec"])


def claim_owners(cluster: Cluster) -> list[str]:
    owners = cluster.get("PersistentVolumeClaim", CLAIM)["metadata"].get("ownerReferences", ())
    return [owner["uid"] for owner in owners]


def test_a_history_comes_goes_and_changes_its_store_and_its_claim_stays(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    uid = cluster.create_tracker()["metadata"]["uid"]
    before = {key: plain(body) for key, body in cluster.complete(expected=EXPECTED).items()}
    assert not of_history(cluster)

    cluster.change_tracker({"history": {"enabled": True}})
    eventually(lambda: of_history(cluster) == OF_VOLUME, "the historian on a volume", within_s=30)
    config = cluster.get("ConfigMap", "demo-gateway")["data"]["gateway.json"]
    assert f'"history_url": "http://demo-historian.{cluster.namespace}.svc:8090"' in config
    claim = create_claim(cluster)
    eventually(lambda: claim_owners(cluster) == [uid], "the tracker owns the claim", within_s=30)
    assert cluster.reason("HistoryReady") == "Starting"
    cluster.make_ready()
    eventually(lambda: cluster.reason("HistoryReady") == "Ready", "HistoryReady", within_s=30)

    offer_keys(cluster)
    cluster.change_tracker({"history": {"replicas": 2, "storage": {"s3": BUCKET}}})
    eventually(lambda: of_history(cluster) == OF_BUCKET | KEPT, "two historians with a bucket", within_s=30)

    cluster.change_tracker({"history": {"enabled": False}})
    eventually(lambda: of_history(cluster) == KEPT, "only the claim is left", within_s=30)
    after = {key: plain(body) for key, body in cluster.children().items() if key not in KEPT}
    assert after == before, "a tracker whose history was turned off is one without"
    assert not cluster.condition("HistoryReady")

    cluster.change_tracker({"history": {"enabled": True, "replicas": 1, "storage": None}})
    eventually(lambda: of_history(cluster) == OF_VOLUME | KEPT, "the historian is back", within_s=30)
    assert cluster.get("PersistentVolumeClaim", CLAIM)["metadata"]["uid"] == claim["metadata"]["uid"]
    assert operator.bugs() == []


def test_a_retained_claim_loses_its_owner_also_while_the_history_is_off_or_in_a_bucket(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    offer_keys(cluster)
    retained: Json = {"enabled": True, "storage": {"volume": {"reclaim": "Retain"}}}
    cluster.create_tracker(spec={"history": retained})
    eventually(lambda: of_history(cluster) == OF_VOLUME, "the historian", within_s=30)
    create_claim(cluster)
    cluster.change_tracker({"history": {"enabled": False}})
    eventually(lambda: of_history(cluster) == KEPT, "only the claim is left", within_s=30)
    assert claim_owners(cluster) == []
    cluster.change_tracker({"history": {"enabled": True, "storage": {"volume": None, "s3": BUCKET}}})
    one = OF_BUCKET - {("PodDisruptionBudget", "demo-historian")}
    eventually(lambda: of_history(cluster) == one | KEPT, "a historian with a bucket", within_s=30)
    assert claim_owners(cluster) == []
    assert operator.bugs() == []


def test_a_bound_claim_grows(cluster: Cluster, operator: OperatorProcess) -> None:
    storage_class = {"metadata": {"name": "growing"}, "provisioner": "example.org/none", "allowVolumeExpansion": True}
    with contextlib.suppress(ApiError):
        cluster.server.request("POST", "/apis/storage.k8s.io/v1/storageclasses", storage_class)
    cluster.create_tracker(spec={"history": {"enabled": True, "storage": {"volume": {"className": "growing"}}}})
    eventually(lambda: of_history(cluster) == OF_VOLUME, "the historian", within_s=30)
    create_claim(cluster)
    status = {"phase": "Bound", "capacity": {"storage": "20Gi"}}
    cluster.patch("PersistentVolumeClaim", CLAIM, {"status": status}, part="/status")
    cluster.change_tracker({"history": {"storage": {"volume": {"size": "30Gi"}}}})

    def size() -> str:
        return str(cluster.get("PersistentVolumeClaim", CLAIM)["spec"]["resources"]["requests"]["storage"])

    eventually(lambda: size() == "30Gi", "the claim grows", within_s=30)
    assert operator.bugs() == []


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ({"storage": {"volume": {}, "s3": {"bucket": "flights"}}}, "cannot be combined with volume"),
        ({"replicas": 2}, "only one historian can write to a volume"),
        ({"retention": "a week"}, "spec.history.retention"),
        ({"storage": {"s3": {"endpoint": "https://me:s3cret@minio", "bucket": "flights"}}}, "endpoint"),
        ({"storage": {"s3": {}}}, "bucket: Required value"),
    ],
)
@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_every_version_rejects_what_cannot_work(
    cluster: Cluster, version: str, history: dict[str, Any], words: str
) -> None:
    body = {
        "apiVersion": f"flighttracker.io/{version}",
        "kind": "FlightTracker",
        "metadata": {"name": "demo"},
        "spec": {"history": {"enabled": True, **history}},
    }
    path = f"/apis/flighttracker.io/{version}/namespaces/{cluster.namespace}/flighttrackers"
    with pytest.raises(ApiError) as caught:
        cluster.server.request("POST", path, body)
    assert words in str(caught.value)


def test_a_secret_of_the_bucket_must_exist_and_be_offered(cluster: Cluster, operator: OperatorProcess) -> None:
    cluster.create_tracker(spec={"history": {"enabled": True, "storage": {"s3": BUCKET}}})
    eventually(lambda: cluster.reason("HistoryReady") == "SecretMissing", "SecretMissing", within_s=30)
    assert cluster.find("Deployment", "demo-historian") is None
    cluster.create("Secret", "keys", data=KEYS)
    cluster.change_tracker({"history": {"retention": "2d"}})  # no watch reports a Secret: a change causes a pass now
    eventually(lambda: cluster.reason("HistoryReady") == "PolicyViolation", "PolicyViolation", within_s=30)
    assert "spec.history.storage.s3.credentialsSecret names Secret keys" in cluster.condition("HistoryReady")["message"]
    cluster.patch("Secret", "keys", {"metadata": OFFERED})
    cluster.change_tracker({"history": {"retention": "3d"}})
    eventually(lambda: cluster.find("Deployment", "demo-historian"), "the historian", within_s=30)
    assert operator.bugs() == []
