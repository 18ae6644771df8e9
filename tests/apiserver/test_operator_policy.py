"""Authors of FlightTrackers can use no Secret, image, priority or ingress that the policy does not allow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.apiserver.api_server import Json
from tests.apiserver.cluster_view import EXPECTED, OFFERED, Cluster, plain
from tests.apiserver.operator_process import OperatorProcess, eventually

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

SNIPPET = "nginx.ingress.kubernetes.io/server-snippet"
GREEDY: dict[str, Any] = {
    "podTemplate": {
        "imageOverrides": {"gateway": "evil.example.net/shell:1"},
        "priorityClassName": "system-cluster-critical",
        "annotations": {"vault.hashicorp.com/agent-inject": "true"},
        "labels": {"app": "payments"},
    },
    "gateway": {"auth": {"mode": "token", "token": {"hs256Secret": "payroll"}}},
    "ingress": {"enabled": True, "host": "*.example.org", "annotations": {SNIPPET: "return 200;"}},
}
ALLOWED: dict[str, Any] = {
    "images": ["evil.example.net/"],
    "priorityClasses": ["system-cluster-critical"],
    "podAnnotations": ["vault.hashicorp.com/*"],
    "podLabels": ["app"],
    "secrets": ["payroll"],
    "wildcardHosts": True,
    "ingressAnnotations": [SNIPPET],
}


def policy_message(cluster: Cluster, condition: str) -> str:
    """Wait until a condition reports the policy, and return its message."""
    eventually(lambda: cluster.reason(condition) == "PolicyViolation", f"{condition} is a PolicyViolation")
    return str(cluster.condition(condition)["message"])


def test_a_tracker_that_violates_the_policy_gets_nothing_until_it_allows_it(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    cluster.create("Secret", "payroll", data={"secret": "eA==", "salaries": "eA=="})
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace) as operator:
        cluster.create_tracker(spec=GREEDY)
        gateway, ingress = policy_message(cluster, "GatewayReady"), policy_message(cluster, "IngressReady")
        for words in (
            'spec.podTemplate.imageOverrides.gateway is "evil.example.net/shell:1", which policy.images',
            'spec.podTemplate.priorityClassName is "system-cluster-critical", which policy.priorityClasses',
            "policy.podAnnotations",
            "policy.podLabels",
            "spec.gateway.auth.token.hs256Secret names Secret payroll, which lacks the label flighttracker.io/use=true",
        ):
            assert words in gateway
        assert 'spec.ingress.host is "*.example.org", which policy.wildcardHosts' in ingress
        assert "policy.ingressAnnotations" in ingress
        assert cluster.condition()["status"] == "False"
        assert {kind for kind, _ in cluster.children()} == {"NetworkPolicy"}
        assert "salaries" not in json.dumps([cluster.tracker(), cluster.events()])
        eventually(
            lambda: ("Warning", "PolicyViolation") in [(event["type"], event["reason"]) for event in cluster.events()],
            "an event",
        )
        assert operator.bugs() == []
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, name="allowed", policy=ALLOWED) as operator:
        children = cluster.complete(expected=EXPECTED + 1)
        pod = children["Deployment", "demo-gateway"]["spec"]["template"]["spec"]
        assert pod["containers"][0]["image"] == "evil.example.net/shell:1"
        assert pod["priorityClassName"] == "system-cluster-critical"
        (items,) = [v["secret"]["items"] for v in pod["volumes"] if v.get("secret", {}).get("secretName") == "payroll"]
        assert items == [{"key": "secret", "path": "secret"}]
        assert children["Ingress", "demo"]["spec"]["rules"][0]["host"] == "*.example.org"
        assert operator.bugs() == []


def test_running_parts_are_not_changed_when_the_policy_becomes_stricter(
    cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    host = f"{cluster.namespace}.example.org"
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace):
        cluster.create_tracker(spec={"ingress": {"enabled": True, "host": host}})
        before = {key: plain(body) for key, body in cluster.complete(expected=EXPECTED + 1).items()}
    strict = {"hosts": ["maps.example.net"]}
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, name="strict", resync_s=1, policy=strict):
        assert "which policy.hosts" in policy_message(cluster, "IngressReady")
        # Neither a change of the field nor its removal from what is wanted touches the Ingress.
        cluster.change_tracker({"ingress": {"host": f"other.{host}"}, "gateway": {"replicas": 3}})
        eventually(lambda: cluster.get("Deployment", "demo-gateway")["spec"]["replicas"] == 3, "other parts go on")
        after = {key: plain(body) for key, body in cluster.children().items()}
        assert after["Ingress", "demo"] == before["Ingress", "demo"]
        assert after.keys() - before.keys() == set()


@pytest.mark.parametrize("field", ["label", "name"])
def test_a_secret_is_used_once_it_is_offered(cluster: Cluster, kubeconfig: Path, tmp_path: Path, field: str) -> None:
    data = {"client_id": "YQ==", "client_secret": "Yg=="}
    cluster.create("Secret", "sky", data=data)
    policy = {"secrets": ["sky"]} if field == "name" else {}
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=1, policy=policy):
        cluster.create_tracker(spec={"source": {"opensky": {"credentialsSecret": "sky"}}})
        if field == "label":
            policy_message(cluster, "GeneratorReady")
            assert cluster.find("StatefulSet", "demo-generator") is None
            cluster.patch("Secret", "sky", {"metadata": OFFERED})
        cluster.complete()


def test_no_pod_waits_for_a_secret_that_others_may_create(cluster: Cluster, kubeconfig: Path, tmp_path: Path) -> None:
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace, resync_s=1):
        cluster.create_tracker(spec={"source": {"opensky": {"credentialsSecret": "payroll"}}})
        eventually(lambda: cluster.reason("GeneratorReady") == "SecretMissing", "SecretMissing")
        assert cluster.find("StatefulSet", "demo-generator") is None
        cluster.create("Secret", "payroll", data={"client_id": "eA==", "client_secret": "eA=="})
        policy_message(cluster, "GeneratorReady")
        assert cluster.find("StatefulSet", "demo-generator") is None


@pytest.mark.parametrize(("name", "condition"), [("demo-redis", "RedisReady"), ("demo-kafka", "KafkaReady")])
def test_the_name_of_a_tracker_gives_no_access_to_a_foreign_server(
    cluster: Cluster, operator: OperatorProcess, name: str, condition: str
) -> None:
    theirs: Json = {"url": "cmVkaXM6Ly9iYW5r", "username": "bWU=", "password": "aHVudGVyMmh1bnRlcjI="}
    cluster.create("Secret", name, data=theirs)
    cluster.create_tracker()
    assert f"Secret {name} exists but was not made for this tracker" in policy_message(cluster, condition)
    policy_message(cluster, "GatewayReady")
    assert cluster.get("Secret", name)["data"] == theirs
    assert not {"StatefulSet", "Deployment"} & {
        kind for kind, child in cluster.children() if child in (name, "demo-generator", "demo-gateway")
    }
    cluster.delete("Secret", name)
    cluster.change_tracker({"web": {"replicas": 2}})
    cluster.complete(expected=EXPECTED + 1)


@pytest.mark.parametrize("labels", [{}, {"flighttracker.io/tracker": "demo"}], ids=["foreign", "of a former tracker"])
def test_the_name_of_a_tracker_gives_no_access_to_a_foreign_volume(
    cluster: Cluster, operator: OperatorProcess, labels: dict[str, str]
) -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    cluster.create("PersistentVolumeClaim", "data-demo-kafka-0", metadata={"labels": labels}, spec=claim)
    cluster.create_tracker()
    if labels:
        cluster.complete(expected=EXPECTED + 1)
    else:
        assert "PersistentVolumeClaim data-demo-kafka-0 exists" in policy_message(cluster, "KafkaReady")
        assert cluster.find("StatefulSet", "demo-kafka") is None


def test_a_certificate_of_cert_manager_is_for_the_ingress_only(cluster: Cluster, operator: OperatorProcess) -> None:
    made = {"annotations": {"cert-manager.io/certificate-name": "bank-tls"}}
    cluster.create("Secret", "bank-tls", metadata=made, data={"tls.crt": "eA==", "tls.key": "eA=="})
    tls = {"secretName": "bank-tls", "clusterIssuer": "letsencrypt"}
    ingress = {"enabled": True, "host": f"{cluster.namespace}.example.org", "tls": tls}
    cluster.create_tracker(spec={"ingress": ingress})
    cluster.complete(expected=EXPECTED + 1)
    cluster.change_tracker({"gateway": {"tls": {"secretName": "bank-tls"}}})
    assert "Secret bank-tls, which lacks the label" in policy_message(cluster, "GatewayReady")
    pod = cluster.get("Deployment", "demo-gateway")["spec"]["template"]["spec"]
    assert "bank-tls" not in json.dumps(pod)
