"""Fields that the default policy allows, fields that it does not, and the settings that allow them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from flighttracker_operator.model.images import Images
from flighttracker_operator.model.policy import Outgoing, Policy
from tests.unit.operator.manifests.cases import examples, facts
from tests.unit.operator.policy.policy_cases import EVERYTHING, judged, messages

HOST = {"enabled": True, "host": "flights.example.org"}
SNIPPET = "nginx.ingress.kubernetes.io/server-snippet"
VAULT = "vault.hashicorp.com/agent-inject-secret-x"
CASES: list[tuple[dict[str, Any], set[str], str, dict[str, Any]]] = [
    (
        {"podTemplate": {"imageOverrides": {"gateway": "evil.example.net/shell:1"}}},
        {"gateway"},
        'spec.podTemplate.imageOverrides.gateway is "evil.example.net/shell:1", which policy.images',
        {"images": ("evil.example.net/shell",)},
    ),
    (
        {"podTemplate": {"imageOverrides": {"gateway": "docker.io/flighttracker/services/evil:1"}}},
        {"gateway"},
        'spec.podTemplate.imageOverrides.gateway is "docker.io/flighttracker/services/evil:1", which policy.images',
        {"images": ("docker.io/flighttracker/services",)},
    ),
    (
        {"podTemplate": {"imageOverrides": {"kafka": "evil.example.net/kafka"}}},
        {"kafka", "generator", "schema-registry"},
        "imageOverrides.kafka",
        {"images": ("*",)},
    ),
    (
        {"web": {"podTemplate": {"containers": [{"name": "web", "env": []}]}}},
        {"web"},
        "spec.web.podTemplate.containers[web].env is set, which policy.customPods",
        {"custom_pods": True},
    ),
    (
        {"podTemplate": {"volumes": [{"name": "logs", "emptyDir": {}}]}},
        set(EVERYTHING),
        "spec.podTemplate.volumes is set, which policy.customPods",
        {"custom_pods": True},
    ),
    (
        {"redis": {"podTemplate": {"serviceAccountName": "maps"}}},
        {"redis"},
        'spec.redis.podTemplate.serviceAccountName is "maps", which policy.serviceAccounts',
        {"service_accounts": ("maps",)},
    ),
    (
        {"web": {"podTemplate": {"labels": {"app": "payments"}}}},
        {"web"},
        'spec.web.podTemplate.labels["app"] is "payments", which policy.podLabels',
        {"pod_labels": ("app",)},
    ),
    (
        {"gateway": {"podTemplate": {"securityContext": {"runAsUser": 0}}}},
        {"gateway"},
        "the pod has runAsUser: 0, which policy.podSecurity",
        {"pod_security": "privileged"},
    ),
    (
        {
            "kafka": {
                "provider": "strimzi",
                "podTemplate": {"containers": [{"name": "kafka", "securityContext": {"privileged": True}}]},
            }
        },
        {"kafka"},
        "container kafka has privileged: true, which policy.podSecurity",
        {"pod_security": "privileged"},
    ),
    (
        {
            "podTemplate": {"securityContext": {"seccompProfile": {"type": "Unconfined"}}},
            "kafka": {
                "provider": "strimzi",
                "podTemplate": {"securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}},
            },
        },
        set(EVERYTHING),
        "Kafka: the pod of Strimzi's operators lacks seccompProfile.type: RuntimeDefault, which policy.podSecurity",
        {"pod_security": "privileged"},
    ),
    (
        {"history": {"enabled": True, "storage": {"s3": {"bucket": "payroll"}}}},
        {"historian"},
        "spec.history.storage.s3.credentialsSecret is left out, which policy.serviceAccounts",
        {"service_accounts": ("default",)},
    ),
    (
        {"podTemplate": {"priorityClassName": "system-cluster-critical"}},
        set(EVERYTHING),
        'spec.podTemplate.priorityClassName is "system-cluster-critical", which policy.priorityClasses',
        {"priority_classes": ("system-cluster-critical",)},
    ),
    (
        {"podTemplate": {"annotations": {VAULT: "database/creds/payroll"}}},
        set(EVERYTHING),
        f'spec.podTemplate.annotations["{VAULT}"] is "database/creds/payroll", which policy.podAnnotations',
        {"pod_annotations": ("vault.hashicorp.com/*",)},
    ),
    (
        {"podTemplate": {"labels": {"app": "payments"}}},
        set(EVERYTHING),
        'spec.podTemplate.labels["app"] is "payments", which policy.podLabels',
        {"pod_labels": ("*",)},
    ),
    (
        {"podTemplate": {"tolerations": [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}]}},
        set(EVERYTHING),
        "spec.podTemplate.tolerations[0].key",
        {"control_plane_nodes": True},
    ),
    (
        {"podTemplate": {"tolerations": [{"operator": "Exists"}]}},
        set(EVERYTHING),
        "spec.podTemplate.tolerations[0].key is left out, which policy.controlPlaneNodes",
        {"control_plane_nodes": True},
    ),
    (
        {"podTemplate": {"tolerations": [{"key": "", "operator": "Exists"}]}},
        set(EVERYTHING),
        'spec.podTemplate.tolerations[0].key is "", which policy.controlPlaneNodes',
        {"control_plane_nodes": True},
    ),
    *(
        (
            {"podTemplate": {"tolerations": [{"key": key, "operator": "Exists"}]}},
            set(EVERYTHING),
            f'spec.podTemplate.tolerations[0].key is "{key}", which policy.controlPlaneNodes',
            {"control_plane_nodes": True},
        )
        for key in (
            *(f"node-role.kubernetes.io/{role}" for role in ("api-server", "controlplane", "etcd", "infra", "master")),
            "CriticalAddonsOnly",
        )
    ),
    (
        {"web": {"service": {"type": "NodePort"}}},
        {"web"},
        'spec.web.service.type is "NodePort", which policy.serviceTypes',
        {"service_types": ("NodePort",)},
    ),
    (
        {"web": {"service": {"annotations": {"external-dns.alpha.kubernetes.io/hostname": "bank.example.org"}}}},
        {"web"},
        'spec.web.service.annotations["external-dns.alpha.kubernetes.io/hostname"] is "bank.example.org", which '
        "policy.serviceAnnotations",
        {"service_annotations": ("external-dns.alpha.kubernetes.io/*",)},
    ),
    (
        {"ingress": {"enabled": True}},
        {"ingress"},
        "spec.ingress.host is left out, which policy.anyHost",
        {"any_host": True},
    ),
    (
        {"ingress": {"enabled": True, "host": "*.example.org"}},
        {"ingress"},
        'spec.ingress.host is "*.example.org", which policy.wildcardHosts',
        {"wildcard_hosts": True},
    ),
    (
        {"ingress": {**HOST, "annotations": {SNIPPET: "return 200;"}}},
        {"ingress"},
        f'spec.ingress.annotations["{SNIPPET}"] is "return 200;", which policy.ingressAnnotations',
        {"ingress_annotations": (SNIPPET,)},
    ),
    (
        {"ingress": {**HOST, "annotations": {"external-dns.alpha.kubernetes.io/hostname": "bank.example.org"}}},
        {"ingress"},
        "external-dns.alpha.kubernetes.io/hostname",
        {"ingress_annotations": ("external-dns.alpha.kubernetes.io/*",)},
    ),
    (
        {"ingress": {**HOST, "annotations": {SNIPPET: "x"}, "gatewayApi": {"parentRef": {"name": "edge"}}}},
        {"ingress"},
        SNIPPET,
        {"ingress_annotations": (SNIPPET,)},
    ),
]


@pytest.mark.parametrize(("spec", "held", "words", "setting"), CASES)
def test_a_violation_holds_its_parts_and_names_the_setting_that_allows_it(
    spec: dict[str, Any], held: set[str], words: str, setting: dict[str, Any]
) -> None:
    found = judged(spec)
    assert found.held == held
    assert words in messages(found)
    allowed = judged(spec, Policy(**setting))
    assert (allowed.violations, allowed.held) == ([], frozenset())


@pytest.mark.parametrize("field", ["podTemplate", "history"])
def test_a_bucket_is_used_with_the_identity_of_an_account_that_the_policy_allows(field: str) -> None:
    bucket = {"enabled": True, "storage": {"s3": {"bucket": "payroll"}}}
    account = {"serviceAccountName": "maps"}
    spec = {"podTemplate": account, "history": bucket}
    if field == "history":
        spec = {"history": {**bucket, "podTemplate": account}}
    assert "serviceAccounts" in messages(judged(spec))
    assert judged(spec, Policy(service_accounts=("maps",))).violations == []


@pytest.mark.parametrize("value", ["1m; } location /bank { return 200", "1m\nreturn 200", "$host", "1m # x", '"'])
@pytest.mark.parametrize("key", ["nginx.ingress.kubernetes.io/proxy-body-size", "haproxy.org/timeout-tunnel"])
def test_the_value_of_a_harmless_annotation_is_no_snippet(key: str, value: str) -> None:
    found = judged({"ingress": {**HOST, "annotations": {key: value}}})
    assert found.held == {"ingress"}
    assert f'spec.ingress.annotations["{key}"] is' in messages(found)


@pytest.mark.parametrize("value", ["10.0.0.0/8,fd00::/8", "web, websecure", "1m", "3600s", "/maps/north/ws", "true"])
def test_a_harmless_annotation_has_its_usual_values(value: str) -> None:
    key = "nginx.ingress.kubernetes.io/whitelist-source-range"
    assert judged({"ingress": {**HOST, "annotations": {key: value}}}).violations == []


@pytest.mark.parametrize("field", ["http_proxy", "https_proxy", "allowed_proxies"])
def test_no_alias_gives_a_proxy_another_address(field: str) -> None:
    proxy = "http://proxy.example.org:3128"
    proxies: dict[str, Any] = {field: (proxy,) if field == "allowed_proxies" else proxy}
    outgoing = Outgoing(**proxies, private_targets=False)
    alias = {"ip": "10.0.0.1", "hostnames": ["other.example.org", "proxy.example.org"]}
    spec = {"generator": {"podTemplate": {"hostAliases": [alias]}}}
    found = judged(spec, Policy(outgoing=outgoing))
    assert found.held == {"generator"}
    assert 'hostAliases[0].hostnames is "proxy.example.org", which policy.customPods' in messages(found)
    assert judged(spec).violations == []


def test_a_list_of_domains_limits_the_host() -> None:
    found = judged({"ingress": HOST}, Policy(hosts=("maps.example.org",)))
    assert 'spec.ingress.host is "flights.example.org", which policy.hosts' in messages(found)
    assert judged({"ingress": HOST}, Policy(hosts=("example.org",))).violations == []


def test_a_wildcard_host_must_be_in_the_domains_too() -> None:
    wildcard = {"ingress": {"enabled": True, "host": "*.example.net"}}
    assert "policy.hosts" in messages(judged(wildcard, Policy(wildcard_hosts=True, hosts=("example.org",))))


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"podTemplate": {"annotations": {"team": "maps", "prometheus.io/scrape": "true"}, "labels": {"team": "maps"}}},
        {"podTemplate": {"tolerations": [{"key": "maps", "operator": "Exists"}], "nodeSelector": {"disk": "fast"}}},
        {"podTemplate": {"imageOverrides": {"gateway": "docker.io/flighttracker/services:9.9.9"}}},
        {"podTemplate": {"imageOverrides": {"redis": "redis@sha256:" + "0" * 64}}},
        {"ingress": {**HOST, "annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "1m"}}},
        {"ingress": {"enabled": False, "host": "*.example.org", "annotations": {SNIPPET: "x"}}},
        {"web": {"service": {"type": "LoadBalancer", "port": 80}}},
        {"web": {"enabled": False}, "podTemplate": {"imageOverrides": {"web": "unused.example.org/page"}}},
    ],
)
def test_harmless_fields_need_no_setting(spec: dict[str, Any]) -> None:
    assert judged(spec).violations == []


def test_the_images_of_the_release_are_allowed_wherever_they_come_from() -> None:
    spec = {"podTemplate": {"imageOverrides": {"gateway": "mirror.example.org/flights/services:2"}}}
    assert judged(spec, images=Images(services="mirror.example.org/flights/services:1")).violations == []
    assert judged(spec).violations


def test_a_strimzi_kafka_is_held_for_violations_of_its_pods() -> None:
    spec = {"kafka": {"provider": "strimzi"}, "podTemplate": {"priorityClassName": "system-node-critical"}}
    assert judged(spec).held == EVERYTHING


def test_no_example_needs_a_setting() -> None:
    for wanted in examples():
        spec = wanted.spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        assert judged(spec).violations == [], wanted.metadata.name


def test_a_long_value_is_truncated_and_control_characters_are_escaped() -> None:
    spec = {"ingress": {**HOST, "annotations": {SNIPPET: "\x1b[31m" + "x" * 4000}}}
    message = messages(judged(spec))
    assert "\x1b" not in message
    assert len(message) < 400


def test_facts_have_the_default_policy() -> None:
    assert facts().policy == Policy()


PROXIES = (Path(__file__).parents[4] / "docs/how-to/proxies.md").read_text(encoding="utf-8")


def test_the_page_about_proxies_has_the_policy_for_its_annotations() -> None:
    """Who follows the page would otherwise get a violation for each."""
    (block,) = re.findall(r"^```yaml\n(policy:\n.*?)^```", PROXIES, re.DOTALL | re.MULTILINE)
    allowed = yaml.safe_load(block)["policy"]
    named = set(re.findall(r"`((?:alb\.|cert-manager|cloud|external-dns)[\w.-]*/[\w-]+)", PROXIES))
    assert named
    assert named <= {name for names in allowed.values() for name in names}
    spec: dict[str, Any] = {
        "ingress": {
            "enabled": True,
            "host": "sky.example.org",
            "annotations": dict.fromkeys(allowed["ingressAnnotations"], "x"),
        },
        "web": {"service": {"annotations": dict.fromkeys(allowed["serviceAnnotations"], "x")}},
    }
    said = messages(judged(spec))
    assert all(name in said for names in allowed.values() for name in names)
    policy = Policy(
        ingress_annotations=tuple(allowed["ingressAnnotations"]),
        service_annotations=tuple(allowed["serviceAnnotations"]),
    )
    assert not judged(spec, policy).violations
