"""Conditions and events report problems of a tracker and its environment: which part, why, and how to fix it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flighttracker_operator.crd import custom_resource_definition
from tests.apiserver.api_server import ApiError, ApiServer, Json
from tests.apiserver.cluster_view import OFFERED, Cluster
from tests.apiserver.crd_install import CRD_NAME, CRDS, install_crd
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

APPLY = "application/apply-patch+yaml"


def test_an_invalid_spec_that_the_api_server_accepts_is_a_condition(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    """The API server has no functions for addresses before Kubernetes 1.31, so the CRD does not use them."""
    cluster.create_tracker(spec={"gateway": {"trustedProxies": ["192.0.2.1", "fd00::/8", "10.0.0.1/8"]}})
    eventually(lambda: cluster.reason() == "SpecInvalid", "SpecInvalid")
    assert 'addresses or networks such as "10.0.0.0/8"; "10.0.0.1/8" is neither' in cluster.condition()["message"]
    assert cluster.children() == {}
    (event,) = eventually(cluster.events, "an event")
    assert (event["type"], event["reason"]) == ("Warning", "SpecInvalid")
    cluster.change_tracker({"gateway": {"trustedProxies": ["10.0.0.0/8"]}})
    cluster.complete()


def test_a_password_in_a_stored_url_is_reported_and_shown_nowhere(
    cluster: Cluster, api_server: ApiServer, kubeconfig: Path, tmp_path: Path
) -> None:
    """A resource from before the rule: the API server keeps it, and the operator must be able to write its status."""
    lenient = custom_resource_definition()
    for version in lenient["spec"]["versions"]:
        schema = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        del schema["properties"]["source"]["properties"]["readsb"]["x-kubernetes-validations"]
    path = f"{CRDS}/{CRD_NAME}?fieldManager=test&force=true"
    try:
        api_server.request("PATCH", path, lenient, content_type=APPLY)
        spec = {"source": {"readsb": {"url": "http://pi:s3cret@receiver/aircraft.json"}}}
        eventually(lambda: _is_accepted(cluster, spec), "the API server uses the lenient rules")
    finally:
        install_crd(api_server)
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace) as operator:
        eventually(lambda: cluster.reason() == "SpecInvalid", "SpecInvalid")
        message = cluster.condition()["message"]
        assert "http://***@receiver/aircraft.json" in message
        assert "credentialsSecret" in message
        events = eventually(cluster.events, "an event")
        assert "s3cret" not in str([message, cluster.tracker()["status"], events, operator.lines()])
        assert cluster.children() == {}
        cluster.change_tracker({"source": {"readsb": {"url": "http://receiver/aircraft.json"}}})
        cluster.complete()
        assert operator.bugs() == []


def test_settings_that_allow_public_access_cause_an_event(cluster: Cluster, operator: OperatorProcess) -> None:
    cluster.create_tracker(spec={"ingress": {"enabled": True, "host": "map.example"}})
    eventually(lambda: len(risks(cluster)) == 2, "two events")
    assert [(one["type"], one["message"].partition(":")[0]) for one in risks(cluster)] == [
        ("Warning", "spec.gateway.auth.mode is none and spec.ingress is enabled"),
        ("Warning", "spec.gateway.trustedProxies is missing and spec.ingress is enabled"),
    ]
    cluster.change_tracker({"gateway": {"auth": {"mode": "token", "token": {"jwksUrl": "https://id.example/keys"}}}})
    # A risk that stays is reported for each generation; within one second the events are the same.
    eventually(lambda: len({one["message"] for one in risks(cluster)}) == 3, "an event with a third message")
    assert any(one["message"].startswith("spec.gateway.auth.token.audience is") for one in cluster.events())


def risks(cluster: Cluster) -> list[Json]:
    events = [one for one in cluster.events() if one["reason"] == "RiskySpec"]
    return sorted(events, key=lambda one: str(one["message"]))


def _is_accepted(cluster: Cluster, spec: Json) -> bool:
    try:
        cluster.create_tracker(spec=spec)
    except ApiError as error:
        # 503 while the API server replaces the handlers of a changed CRD.
        if error.code not in (422, 503):
            raise
        return False
    return True


CRASHED = {
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}},
    "lastState": {"terminated": {"exitCode": 2, "reason": "Error", "message": "start\nerror: no brokers"}},
    "restartCount": 4,
}


@pytest.mark.parametrize(
    ("container", "reason", "words"),
    [
        ({"state": {"waiting": {"reason": "ImagePullBackOff"}}}, "ImageCannotBePulled", "cannot be pulled"),
        (CRASHED, "ContainerCrashes", "exited with code 2: error: no brokers (kubectl logs demo-gateway-abc"),
    ],
    ids=["image", "crash"],
)
def test_a_pod_that_does_not_start_explains_the_tracker(
    cluster: Cluster, operator: OperatorProcess, container: Json, reason: str, words: str
) -> None:
    cluster.create_tracker()
    children = cluster.complete()
    cluster.make_ready()
    eventually(lambda: cluster.condition()["status"] == "True", "Ready")
    gateway = children["Deployment", "demo-gateway"]
    template = gateway["spec"]["template"]
    cluster.patch("Deployment", "demo-gateway", {"status": {"readyReplicas": 0}}, part="/status")
    cluster.create(
        "Pod", "demo-gateway-abc", metadata={"labels": template["metadata"]["labels"]}, spec=template["spec"]
    )
    image = template["spec"]["containers"][0]["image"]
    body = {"name": "gateway", "image": image, "imageID": "", "ready": False, "restartCount": 0, **container}
    status = {"phase": "Pending", "containerStatuses": [body]}
    cluster.patch("Pod", "demo-gateway-abc", {"status": status}, part="/status")
    eventually(lambda: cluster.reason() == reason, reason)
    message = cluster.condition()["message"]
    assert message.startswith("Gateway: ")
    assert words in message
    # The event is created after the status is written.
    eventually(
        lambda: ("Warning", reason) in [(event["type"], event["reason"]) for event in cluster.events()], "the event"
    )
    cluster.delete("Pod", "demo-gateway-abc")


def test_an_exceeded_quota_of_a_stateful_set_is_reported(cluster: Cluster, operator: OperatorProcess) -> None:
    cluster.create_tracker()
    kafka = cluster.complete()["StatefulSet", "demo-kafka"]
    _forbid_pods(cluster, kafka)
    _lacks_pods(cluster, kafka)
    eventually(lambda: cluster.reason("KafkaReady") == "QuotaExceeded", "QuotaExceeded")
    assert "requested: cpu=200m" in cluster.condition("KafkaReady")["message"]


def test_workloads_without_pods_share_one_list_of_the_events(
    cluster: Cluster, api_server: ApiServer, operator: OperatorProcess
) -> None:
    names = [f"demo-{number}" for number in range(8)]
    for name in names:
        cluster.create_tracker(name)
    workloads = [
        child for name in names for (kind, _), child in cluster.complete(name).items() if kind == "StatefulSet"
    ]
    kafkas = [workload for workload in workloads if workload["metadata"]["name"].endswith("-kafka")]
    for kafka in kafkas:
        _forbid_pods(cluster, kafka)
    before, started_s = _event_lists(api_server), time.monotonic()
    for workload in workloads:
        _lacks_pods(cluster, workload)
    for name in names:
        eventually(lambda name=name: cluster.reason("KafkaReady", name) == "QuotaExceeded", f"{name} has no quota")  # type: ignore[misc]
    lists, lasted_s = _event_lists(api_server) - before, time.monotonic() - started_s
    assert len(workloads) >= 24
    assert 1 <= lists <= 2 + lasted_s


def _forbid_pods(cluster: Cluster, workload: Json) -> None:
    """Create the event of a controller that is not allowed to create a pod."""
    name = workload["metadata"]["name"]
    words = f'create Pod {name}-0 in StatefulSet {name} failed error: pods "{name}-0" is forbidden: '
    words += "exceeded quota: small, requested: cpu=200m, used: cpu=900m, limited: cpu=1"
    event = {
        "metadata": {"name": f"{name}-quota"},
        "involvedObject": {
            "kind": "StatefulSet",
            "name": name,
            "namespace": cluster.namespace,
            "uid": workload["metadata"]["uid"],
        },
        "reason": "FailedCreate",
        "message": words,
        "type": "Warning",
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }
    cluster.server.request("POST", f"/api/v1/namespaces/{cluster.namespace}/events", event)


def test_a_provisioner_that_fails_is_reported_with_the_volume(cluster: Cluster, operator: OperatorProcess) -> None:
    """With WaitForFirstConsumer the pod has no condition meanwhile, and no watch reports the event."""
    cluster.create_tracker()
    kafka = cluster.complete()["StatefulSet", "demo-kafka"]
    template = kafka["spec"]["volumeClaimTemplates"][0]
    labels = template["metadata"]["labels"]
    spec = {**template["spec"], "storageClassName": "fast"}
    claim = cluster.create("PersistentVolumeClaim", "data-demo-kafka-0", metadata={"labels": labels}, spec=spec)
    pod = kafka["spec"]["template"]
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data-demo-kafka-0"}}
    pod["spec"]["volumes"].append(volume)
    cluster.create("Pod", "demo-kafka-0", metadata={"labels": pod["metadata"]["labels"]}, spec=pod["spec"])
    status = {"observedGeneration": kafka["metadata"]["generation"], "replicas": 1}
    cluster.patch("StatefulSet", "demo-kafka", {"status": status}, part="/status")
    eventually(lambda: cluster.reason("KafkaReady") == "Starting", "Starting")
    event = {
        "metadata": {"name": "data-demo-kafka-0.1"},
        "involvedObject": {
            "kind": "PersistentVolumeClaim",
            "name": "data-demo-kafka-0",
            "namespace": cluster.namespace,
            "uid": claim["metadata"]["uid"],
        },
        "reason": "ProvisioningFailed",
        "message": 'failed to provision volume with StorageClass "fast": no space left on pool',
        "source": {"component": "rancher.io/local-path_provisioner-7f_1"},
        "type": "Warning",
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }
    cluster.server.request("POST", f"/api/v1/namespaces/{cluster.namespace}/events", event)
    eventually(lambda: cluster.reason("KafkaReady") == "VolumePending", "VolumePending", within_s=30)
    message = cluster.condition("KafkaReady")["message"]
    for words in (
        "data-demo-kafka-0 (10Gi)",
        "StorageClass fast",
        "by rancher.io/local-path:",
        "no space left on pool",
    ):
        assert words in message
    cluster.delete("Pod", "demo-kafka-0")


def _lacks_pods(cluster: Cluster, workload: Json) -> None:
    """Write the status of a controller that has seen a workload but created no pods for it."""
    status = {"observedGeneration": workload["metadata"]["generation"], "replicas": 0}
    cluster.patch("StatefulSet", workload["metadata"]["name"], {"status": status}, part="/status")


def _event_lists(api_server: ApiServer) -> int:
    """Return how many lists of events the API server has served."""
    counters = api_server.request("GET", "/metrics")["text"].splitlines()
    lists = [line for line in counters if line.startswith("apiserver_request_total{") and 'verb="LIST"' in line]
    return sum(int(float(line.rpartition(" ")[2])) for line in lists if 'resource="events"' in line)


def test_a_missing_secret_is_named_and_used_once_created(cluster: Cluster, kubeconfig: Path, tmp_path: Path) -> None:
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2):
        cluster.create_tracker(spec={"source": {"opensky": {"credentialsSecret": "sky"}}})
        eventually(lambda: cluster.reason("GeneratorReady") == "SecretMissing", "SecretMissing")
        assert "client_id, client_secret" in cluster.condition("GeneratorReady")["message"]
        cluster.create("Secret", "sky", metadata=OFFERED, data={"client_id": "YQ=="})
        eventually(lambda: cluster.reason("GeneratorReady") == "SecretIncomplete", "SecretIncomplete")
        cluster.patch("Secret", "sky", {"data": {"client_secret": "Yg=="}})
        eventually(lambda: cluster.reason("GeneratorReady") == "Starting", "it starts")


def test_an_ingress_class_that_does_not_exist_is_named(
    cluster: Cluster, api_server: ApiServer, kubeconfig: Path, tmp_path: Path
) -> None:
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=2):
        name = f"class-{cluster.namespace}"
        ingress = {"enabled": True, "host": f"{cluster.namespace}.example.org", "className": name}
        cluster.create_tracker(spec={"ingress": ingress})
        eventually(lambda: cluster.reason("IngressReady") == "IngressClassMissing", "IngressClassMissing")
        body = {"metadata": {"name": name}, "spec": {"controller": "example.org/ingress"}}
        api_server.request("POST", "/apis/networking.k8s.io/v1/ingressclasses", body)
        try:
            eventually(lambda: cluster.reason("IngressReady") == "NoAddress", "the class is found")
        finally:
            api_server.request("DELETE", f"/apis/networking.k8s.io/v1/ingressclasses/{name}")
        assert cluster.tracker()["status"]["url"] == f"http://{cluster.namespace}.example.org"
