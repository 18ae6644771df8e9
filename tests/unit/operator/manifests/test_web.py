"""The page's Service, and what its server believes about clients."""

from __future__ import annotations

from typing import Any

from tests.unit.operator.manifests.cases import facts, made, pod_of, tracker

NLB = {
    "type": "LoadBalancer",
    "port": 443,
    "annotations": {"external-dns.alpha.kubernetes.io/hostname": "sky.example.org"},
    "loadBalancerClass": "service.k8s.aws/nlb",
    "loadBalancerSourceRanges": ["192.0.2.0/24", "198.51.100.7", "2001:db8::1"],
    "externalTrafficPolicy": "Local",
    "ipFamilyPolicy": "PreferDualStack",
}


def is_edge(spec: dict[str, Any]) -> bool:
    (page,) = pod_of(made(tracker(spec))["Deployment", "sky-web"])["containers"]
    return {"name": "FLIGHTTRACKER_EDGE", "value": "1"} in page["env"]


def test_the_page_may_load_from_the_servers_of_its_maps_and_overlays() -> None:
    def servers(web: dict[str, Any]) -> list[str]:
        (page,) = pod_of(made(tracker({"web": web}))["Deployment", "sky-web"])["containers"]
        return [entry["value"] for entry in page["env"] if entry["name"] == "FLIGHTTRACKER_MAP_SERVERS"]

    assert servers({"overlays": [{"name": "a", "url": "/a.kml"}]}) == []
    maps = [{"name": "a", "url": "https://{s}.maps.example/{z}/{x}/{y}.png"}]
    overlays = [{"name": "a", "url": "https://files.example/a.kml"}]
    assert servers({"baseMaps": maps, "overlays": overlays}) == ["https://*.maps.example https://files.example"]


def test_the_service_is_as_the_resource_says() -> None:
    found = made(tracker({"web": {"service": NLB}}))["Service", "sky-web"]
    assert found["metadata"]["annotations"] == NLB["annotations"]
    assert found["spec"] == {
        "type": "LoadBalancer",
        "loadBalancerClass": "service.k8s.aws/nlb",
        "loadBalancerSourceRanges": ["192.0.2.0/24", "198.51.100.7/32", "2001:db8::1/128"],
        "externalTrafficPolicy": "Local",
        "ipFamilyPolicy": "PreferDualStack",
        "selector": found["spec"]["selector"],
        "ports": [{"name": "http", "port": 443, "targetPort": "http", "protocol": "TCP", "appProtocol": "http"}],
    }
    plain = made(tracker())["Service", "sky-web"]
    assert "annotations" not in plain["metadata"]
    assert set(plain["spec"]) == {"type", "selector", "ports"}


def test_an_ingress_uses_the_port_of_the_service() -> None:
    spec = {"web": {"service": {"port": 80}}, "ingress": {"enabled": True}}
    paths = made(tracker(spec), facts())["Ingress", "sky"]["spec"]["rules"][0]["http"]["paths"]
    assert {path["path"]: path["backend"]["service"]["port"]["number"] for path in paths} == {
        "/ws": 8080,
        "/api/v1": 8080,
        "/": 80,
    }


def test_clients_of_a_load_balancer_cannot_choose_their_address() -> None:
    balanced = {"web": {"service": {"type": "LoadBalancer"}}}
    assert is_edge(balanced)
    assert not is_edge({**balanced, "ingress": {"enabled": True}}), "the controller adds the address of the client"
    assert not is_edge({})
