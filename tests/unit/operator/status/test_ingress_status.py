"""Whether and where the map can be reached from outside the cluster, and how to fix it if it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker_operator.model.facts import SecretFacts
from tests.unit.operator.status.status_world import World


def test_the_url_has_the_base_path() -> None:
    world = World({"web": {"basePath": "/maps/north"}, "ingress": {"enabled": True, "host": "a.example"}})
    assert world.status()["url"] == "http://a.example/maps/north/"


def test_the_url_is_that_of_the_ingress() -> None:
    world = World({"ingress": {"enabled": True, "host": "a.example", "tls": {"clusterIssuer": "x"}}})
    world.more["class_known"] = False
    assert world.status()["url"] == "https://a.example"
    assert world.condition() == ("True", "Ready", "the map is at https://a.example")


def test_without_a_host_the_url_is_the_address_of_the_controller() -> None:
    world = World({"ingress": {"enabled": True}}, ingress_classes={"c": "x"}, default_ingress_class="c")
    assert "url" not in world.status()
    assert world.condition("IngressReady")[1] == "NoAddress"
    world.live["Ingress", "demo"]["status"] = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    assert world.status()["url"] == "http://192.0.2.1"
    assert world.condition("IngressReady") == ("True", "Ready", "reachable at 192.0.2.1")


@pytest.mark.parametrize(
    ("spec", "classes", "default", "reason"),
    [
        ({"className": "nginx"}, {"contour": "x"}, "contour", "IngressClassMissing"),
        ({}, {"contour": "x"}, None, "NoDefaultIngressClass"),
        ({}, {}, None, "NoDefaultIngressClass"),
        ({"className": "nginx"}, {"nginx": "x"}, None, "NoAddress"),
    ],
)
def test_a_missing_ingress_class_is_reported(
    spec: dict[str, Any], classes: dict[str, str], default: str | None, reason: str
) -> None:
    world = World({"ingress": {"enabled": True, **spec}}, ingress_classes=classes, default_ingress_class=default)
    assert world.condition("IngressReady")[1] == reason


def test_an_ingress_with_an_address_is_served_although_it_has_no_class() -> None:
    """Contour's manifest brings no IngressClass, and Contour serves an Ingress without one."""
    world = World({"ingress": {"enabled": True}})
    assert world.condition("IngressReady")[1] == "NoDefaultIngressClass"
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
    world.live["Ingress", "demo"]["status"] = status
    assert world.condition("IngressReady") == ("True", "Ready", "reachable at 192.0.2.1")
    named = World({"ingress": {"enabled": True, "className": "nginx"}})
    named.live["Ingress", "demo"]["status"] = status
    assert named.condition("IngressReady")[1] == "IngressClassMissing", "its address may be that of a former controller"


def test_without_any_ingress_class_the_status_says_what_to_create() -> None:
    message = World({"ingress": {"enabled": True}}).condition("IngressReady")[2]
    assert "create its IngressClass, as docs/troubleshooting.md shows" in message


@pytest.mark.parametrize(
    ("port", "status", "url"),
    [
        (80, {"ip": "192.0.2.1"}, "http://192.0.2.1/maps/"),
        (443, {"hostname": "a.example"}, "https://a.example/maps/"),
        (8080, {"ip": "2001:db8::1"}, "http://[2001:db8::1]:8080/maps/"),
    ],
)
def test_the_url_is_that_of_the_load_balancer(port: int, status: dict[str, str], url: str) -> None:
    world = World({"web": {"basePath": "/maps", "service": {"type": "LoadBalancer", "port": port}}})
    assert "url" not in world.status()
    assert world.condition("IngressReady")[1] == "NoAddress"
    world.live["Service", "demo-web"]["status"] = {"loadBalancer": {"ingress": [status]}}
    assert world.status()["url"] == url
    assert world.condition("IngressReady")[2].startswith("the load balancer is at ")


def test_the_port_of_every_node_is_named() -> None:
    world = World({"web": {"service": {"type": "NodePort"}}})
    world.live["Service", "demo-web"]["spec"]["ports"][0]["nodePort"] = 30080
    assert world.condition("IngressReady") == ("True", "Ready", "reachable at port 30080 of every node")


def test_the_command_forwards_the_port_of_the_service() -> None:
    world = World({"web": {"service": {"port": 80}}})
    assert "kubectl port-forward service/demo-web 8080:80" in world.condition()[2]


def accepted(kind: str, **statuses: str) -> dict[str, Any]:
    """Return the status that a Gateway writes to a route or a policy."""
    conditions = [
        {"type": name, "status": status, "reason": f"{name}Reason", "message": "why", "observedGeneration": 2}
        for name, status in statuses.items()
    ]
    return {"parents" if kind == "HTTPRoute" else "ancestors": [{"conditions": conditions}]}


def routed(route: dict[str, Any], policy: dict[str, Any] | None = None) -> World:
    spec: dict[str, Any] = {"ingress": {"enabled": True, "gatewayApi": {"parentRef": {"name": "edge"}}}}
    if policy is not None:
        spec["gateway"] = {"tls": {"secretName": "certificate"}}
    kinds = {"BackendTLSPolicy": "gateway.networking.k8s.io/v1"}
    secret = SecretFacts(keys=frozenset({"tls.crt", "tls.key"}), digest="x")
    world = World(spec, optional_kinds=kinds, secrets={"certificate": secret})
    for kind, status in (("HTTPRoute", route), ("BackendTLSPolicy", policy)):
        if status is not None:
            world.live[kind, "demo"]["metadata"]["generation"] = 2
            world.live[kind, "demo"]["status"] = status
    return world


ROUTE = accepted("HTTPRoute", Accepted="True", ResolvedRefs="True")


@pytest.mark.parametrize(
    ("route", "policy", "state"),
    [
        (ROUTE, None, ("True", "Ready", "the Gateway accepted the route")),
        ({}, None, ("False", "WaitingForGateway", "check spec.ingress.gatewayApi.parentRef")),
        (accepted("HTTPRoute", Accepted="False"), None, ("False", "RouteRefused", "AcceptedReason: why")),
        (
            accepted("HTTPRoute", Accepted="True", ResolvedRefs="False"),
            None,
            ("False", "RouteUnresolved", "ResolvedRefsReason: why"),
        ),
        (ROUTE, accepted("", Accepted="True", ResolvedRefs="True"), ("True", "Ready", "accepted the route")),
        (ROUTE, accepted("", Accepted="True", ResolvedRefs="False"), ("False", "BackendTlsRefused", "backendTls")),
        (ROUTE, {}, ("True", "BackendTlsUnconfirmed", "has not reported that it uses the BackendTLSPolicy")),
    ],
)
def test_what_the_gateway_reports_is_the_condition(
    route: dict[str, Any], policy: dict[str, Any] | None, state: tuple[str, str, str]
) -> None:
    status, reason, message = routed(route, policy).condition("IngressReady")
    assert (status, reason) == state[:2]
    assert state[2] in message


def test_a_report_about_an_older_route_does_not_count() -> None:
    world = routed(accepted("HTTPRoute", Accepted="False"))
    world.live["HTTPRoute", "demo"]["metadata"]["generation"] = 3
    assert world.condition("IngressReady")[1] == "WaitingForGateway"
