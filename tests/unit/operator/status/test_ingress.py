"""Whether and where the map can be reached from outside the cluster, and how to fix it if it cannot."""

from __future__ import annotations

from typing import Any

import pytest

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
