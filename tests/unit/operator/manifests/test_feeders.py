"""Feeders of a source: the port of the pod, its Service and the policy."""

from __future__ import annotations

from typing import Any

from flighttracker_operator.model.facts import Manifest
from tests.unit.operator.manifests.cases import made, pod_of, tracker

LISTENING: dict[str, Any] = {
    "sources": [
        {"name": "north", "beast": {"listen": {"port": 30004}}},
        {"name": "south", "beast": {"listen": {"port": 31004}}},
        {"name": "own", "beast": {"connect": "pi:30005"}},
    ]
}


def open_ports(found: dict[tuple[str, str], Manifest]) -> dict[int, bool]:
    """Return the ports that the policy opens, and whether for everybody."""
    rules = found["NetworkPolicy", "sky-open"]["spec"]["ingress"]
    return {port["port"]: "from" not in rule for rule in rules for port in rule["ports"]}


def test_feeders_reach_a_service_with_the_ports_of_the_pod() -> None:
    found = made(tracker(LISTENING))
    service = found["Service", "sky-feeders"]["spec"]
    (container,) = pod_of(found["StatefulSet", "sky-generator"])["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert {port["port"]: ports[port["targetPort"]] for port in service["ports"]} == {30004: 30004, 31004: 31004}
    assert all(len(name) <= 15 for name in ports)
    assert service["selector"]["app.kubernetes.io/component"] == "generator"
    assert open_ports(found).items() >= {30004: True, 31004: True}.items()


def test_without_feeders_nothing_is_open() -> None:
    found = made(tracker({"source": {"beast": {"connect": "pi:30005"}}}))
    assert ("Service", "sky-feeders") not in found
    assert 30004 not in open_ports(found)
