"""Tests of what the builders of objects have in common."""

from __future__ import annotations

from tests.unit.operator.manifests.cases import made, tracker


def test_services_name_the_protocol_of_each_port() -> None:
    """A service mesh would guess it, and wait for bytes that not every client sends first."""
    spec = {"gateway": {"tls": {"secretName": "certificate"}}, "source": {"beast": {"listen": {}}}}
    protocols = {
        (name.removeprefix("sky-"), port["name"]): port["appProtocol"]
        for (kind, name), body in made(tracker(spec)).items()
        if kind == "Service"
        for port in body["spec"]["ports"]
    }
    assert protocols["gateway", "http"] == "https"
    assert protocols["web", "http"] == "http"
    assert {protocol for (_, port), protocol in protocols.items() if port == "metrics"} == {"http"}
    assert {protocols["kafka", "client"], protocols["redis", "redis"]} == {"tcp"}
