"""The Ingress, the HTTPRoute with its BackendTLSPolicy, and who owns the certificate."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.manifests import refusals
from flighttracker_operator.model.facts import Manifest, SecretFacts
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, facts, made, pod_of, secrets_of, tracker

CLASSES = {
    "contour": "projectcontour.io/projectcontour",
    "nginx": "k8s.io/ingress-nginx",
    "f5": "nginx.org/ingress-controller",
    "haproxy": "haproxy.org/ingress-controller/haproxy",
    "traefik": "traefik.io/ingress-controller",
}


def opened(spec: dict[str, Any], **known: Any) -> Manifest:
    """Return the Ingress of a tracker in a cluster with several controllers."""
    wanted = tracker({"ingress": {"enabled": True, **spec}})
    return made(wanted, facts(ingress_classes=CLASSES, **known))["Ingress", "sky"]


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("contour", {"projectcontour.io/websocket-routes": "/ws"}),
        ("nginx", {"nginx.ingress.kubernetes.io/proxy-read-timeout": "3600"}),
        ("f5", {"nginx.org/websocket-services": "sky-gateway"}),
        ("haproxy", {"haproxy.org/timeout-tunnel": "3600s"}),
        ("traefik", {}),
    ],
)
def test_a_known_ingress_controller_gets_its_own_annotations_only(name: str, needs: dict[str, str]) -> None:
    annotations = opened({"className": name})["metadata"].get("annotations", {})
    assert annotations.items() >= needs.items()
    others = {
        key
        for other in CLASSES
        if other != name
        for key in opened({"className": other})["metadata"].get("annotations", {})
    }
    assert not set(annotations) & others


def test_an_unknown_ingress_controller_gets_the_annotations_of_all() -> None:
    annotations = opened({"className": "acme"})["metadata"]["annotations"]
    assert {"projectcontour.io/websocket-routes", "nginx.org/websocket-services"} <= set(annotations)


def test_annotations_of_the_resource_win_and_the_default_class_is_used() -> None:
    found = opened({"annotations": {"projectcontour.io/websocket-routes": "/"}}, default_ingress_class="contour")
    assert found["metadata"]["annotations"] == {"projectcontour.io/websocket-routes": "/"}
    assert found["spec"]["ingressClassName"] == "contour"


def test_websockets_and_api_are_routed_to_gateways_and_the_rest_to_the_page() -> None:
    (rule,) = opened({"host": "sky.example.org"})["spec"]["rules"]
    assert rule["host"] == "sky.example.org"
    behind = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert behind == {"/ws": "sky-gateway", "/api/v1": "sky-gateway", "/": "sky-web"}
    alone = made(tracker({"web": {"enabled": False}, "ingress": {"enabled": True}}))["Ingress", "sky"]
    assert [path["path"] for path in alone["spec"]["rules"][0]["http"]["paths"]] == ["/ws", "/api/v1"]


def test_a_certificate_comes_from_a_secret_or_from_cert_manager() -> None:
    host = {"host": "sky.example.org"}
    (own,) = opened({**host, "tls": {"secretName": "mine"}})["spec"]["tls"]
    assert own == {"hosts": ["sky.example.org"], "secretName": "mine"}
    issued = opened({**host, "tls": {"clusterIssuer": "letsencrypt"}})
    assert issued["metadata"]["annotations"]["cert-manager.io/cluster-issuer"] == "letsencrypt"
    assert issued["spec"]["tls"][0]["secretName"] == "sky-tls"


def test_every_path_is_below_the_base_path_without_a_rewrite() -> None:
    spec = {"web": {"basePath": "/maps/north"}, "ingress": {"enabled": True, "className": "contour"}}
    found = made(tracker(spec), facts(ingress_classes=CLASSES))
    paths = found["Ingress", "sky"]["spec"]["rules"][0]["http"]["paths"]
    assert [path["path"] for path in paths] == ["/maps/north/ws", "/maps/north/api/v1", "/maps/north"]
    assert found["Ingress", "sky"]["metadata"]["annotations"] == {
        "projectcontour.io/websocket-routes": "/maps/north/ws"
    }
    (page,) = pod_of(found["Deployment", "sky-web"])["containers"]
    assert {"name": "FLIGHTTRACKER_BASE_PATH", "value": "/maps/north"} in page["env"]
    assert '"base_path": "/maps/north"' in found["ConfigMap", "sky-gateway"]["data"]["gateway.json"]
    assert page["readinessProbe"]["httpGet"]["path"] == "/healthz"


def test_gateways_with_tls_have_their_own_ingress() -> None:
    wanted = tracker({"ingress": {"enabled": True, "className": "nginx"}, "gateway": {"tls": {"secretName": "c"}}})
    found = made(wanted, facts(ingress_classes=CLASSES))
    protocol = "nginx.ingress.kubernetes.io/backend-protocol"
    assert found["Ingress", "sky"]["metadata"]["annotations"][protocol] == "HTTPS"
    assert protocol not in found["Ingress", "sky-page"]["metadata"].get("annotations", {})
    probe = pod_of(found["Deployment", "sky-gateway"])["containers"][0]["readinessProbe"]
    assert probe["httpGet"] == {"path": "/ready", "port": "metrics"}, "which has no TLS"


def test_the_gateway_api_replaces_the_ingress() -> None:
    wanted = tracker(
        {"ingress": {"enabled": True, "host": "a.example.org", "gatewayApi": {"parentRef": {"name": "edge"}}}}
    )
    found = made(wanted, facts(api_versions=EVERYTHING_SERVED))
    assert ("Ingress", "sky") not in found
    assert found["HTTPRoute", "sky"]["spec"]["parentRefs"] == [{"name": "edge"}]
    assert not [kind for kind, _ in made(wanted) if kind in ("Ingress", "HTTPRoute")]


GATEWAY_API_SERVED = {
    "api_versions": EVERYTHING_SERVED,
    "optional_kinds": {"BackendTLSPolicy": "gateway.networking.k8s.io/v1"},
}


@pytest.mark.parametrize(
    ("backend_tls", "validation"),
    [
        ({}, {"hostname": "sky-gateway.flights.svc", "wellKnownCACertificates": "System"}),
        (
            {"hostname": "sky.internal", "caConfigMap": "ca"},
            {"hostname": "sky.internal", "caCertificateRefs": [{"group": "", "kind": "ConfigMap", "name": "ca"}]},
        ),
    ],
)
def test_the_gateway_verifies_gateways_that_serve_tls(backend_tls: dict[str, Any], validation: dict[str, Any]) -> None:
    route = {"parentRef": {"name": "edge", "namespace": "infra", "sectionName": "https"}, "backendTls": backend_tls}
    spec = {"ingress": {"enabled": True, "gatewayApi": route}, "gateway": {"tls": {"secretName": "certificate"}}}
    wanted = tracker(spec)
    known = facts(**GATEWAY_API_SERVED, secrets=secrets_of(wanted))
    policy = made(wanted, known)["BackendTLSPolicy", "sky"]
    assert policy["apiVersion"] == "gateway.networking.k8s.io/v1"
    assert policy["spec"] == {
        "targetRefs": [{"group": "", "kind": "Service", "name": "sky-gateway", "sectionName": "http"}],
        "validation": validation,
    }
    parent = made(wanted, known)["HTTPRoute", "sky"]["spec"]["parentRefs"]
    assert parent == [{"name": "edge", "namespace": "infra", "sectionName": "https"}]
    assert refusals(wanted, known) == []
    older = facts(api_versions=EVERYTHING_SERVED, secrets=secrets_of(wanted))
    assert ("BackendTLSPolicy", "sky") not in made(wanted, older)
    assert [refusal.reason for refusal in refusals(wanted, older)] == ["BackendTlsPolicyMissing"]
    assert ("BackendTLSPolicy", "sky") not in made(tracker({"ingress": spec["ingress"]}), known)


ISSUED = {"enabled": True, "host": "sky.example.org", "tls": {"clusterIssuer": "letsencrypt"}}
ISSUER = "cert-manager.io/issuer"
CLUSTER_ISSUER = "cert-manager.io/cluster-issuer"


def issuers(ingress: dict[str, Any], **known: Any) -> list[dict[str, str]]:
    """Return the annotations for cert-manager of each Ingress of a tracker whose gateways serve TLS."""
    wanted = tracker({"ingress": {"className": "nginx", **ingress}, "gateway": {"tls": {"secretName": "c"}}})
    found = made(wanted, facts(ingress_classes=CLASSES, **known))
    return [
        {
            key: value
            for key, value in found["Ingress", name]["metadata"].get("annotations", {}).items()
            if "cert-manager" in key
        }
        for name in ("sky", "sky-page")
    ]


def test_only_one_of_two_ingresses_asks_for_the_certificate() -> None:
    assert issuers(ISSUED) == [{CLUSTER_ISSUER: "letsencrypt"}, {}]
    by_annotation = {**ISSUED, "tls": {"secretName": "sky-tls"}, "annotations": {ISSUER: "own"}}
    assert issuers(by_annotation) == [{ISSUER: "own"}, {}]


def test_an_issuer_of_the_annotations_needs_no_secret_beforehand() -> None:
    wanted = tracker({"ingress": {**ISSUED, "tls": {"secretName": "sky-tls"}, "annotations": {ISSUER: "own"}}})
    assert refusals(wanted, facts()) == []
    without = tracker({"ingress": {**ISSUED, "tls": {"secretName": "sky-tls"}}})
    assert [refusal.reason for refusal in refusals(without, facts())] == ["SecretMissing"]


def test_of_two_issuers_the_field_is_used_and_the_condition_says_so() -> None:
    ingress = {**ISSUED, "annotations": {ISSUER: "own", CLUSTER_ISSUER: "other"}}
    assert issuers(ingress) == [{CLUSTER_ISSUER: "letsencrypt"}, {}]
    (refusal,) = refusals(tracker({"ingress": ingress}), facts())
    assert (refusal.component, refusal.reason, refusal.stops) == ("ingress", "TwoIssuers", False)


@pytest.mark.parametrize(
    ("certificate", "owner"), [("mine", "Certificate mine"), ("", "somebody without cert-manager")]
)
def test_a_certificate_of_others_is_used_and_gets_no_second_owner(certificate: str, owner: str) -> None:
    secret = SecretFacts(keys=frozenset({"tls.crt", "tls.key"}), digest="x", is_offered=True, certificate=certificate)
    known = {"made_secrets": {"sky-tls": secret}}
    assert issuers(ISSUED, **known) == [{}, {}]
    wanted = tracker({"ingress": ISSUED})
    assert made(wanted, facts(**known))["Ingress", "sky"]["spec"]["tls"][0]["secretName"] == "sky-tls"
    (refusal,) = refusals(wanted, facts(**known))
    assert (refusal.reason, refusal.stops) == ("CertificateHasOwner", False)
    assert f"Secret sky-tls is written by {owner}" in refusal.message


def test_the_certificate_that_cert_manager_made_for_the_ingress_keeps_its_owner() -> None:
    secret = SecretFacts(keys=frozenset({"tls.crt"}), digest="x", is_offered=True, certificate="sky-tls")
    assert issuers(ISSUED, made_secrets={"sky-tls": secret}) == [{CLUSTER_ISSUER: "letsencrypt"}, {}]
