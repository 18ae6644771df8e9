"""The ways to a tracker on a real API server: routes of the Gateway API, the page's Service, and a base path."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apiserver.api_server import ApiServer, Json
from tests.apiserver.cluster_view import MERGE, OFFERED, Cluster
from tests.apiserver.operator_process import OperatorProcess, eventually
from tests.apiserver.strimzi.crds import install, remove
from tests.workloads.fetch import crds_or_skip

pytest_plugins = ["tests.apiserver.apiserver_fixtures"]

GROUP = "/apis/gateway.networking.k8s.io/v1"


@pytest.fixture(scope="module", name="gateway_api")
def gateway_api_server(api_server: ApiServer) -> Iterator[ApiServer]:
    """An API server that serves HTTPRoutes and BackendTLSPolicies."""
    crds = [yaml.safe_load(path.read_text()) for path in crds_or_skip() if "gateway.networking" in path.name]
    install(api_server, crds)
    yield api_server
    remove(api_server, crds)


def condition(kind: str, status: str, generation: int, reason: str) -> Json:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": "as a Gateway reports it",
        "observedGeneration": generation,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }


class Gateway:
    """Writes the status of routes and policies, as the controller of a Gateway does."""

    def __init__(self, server: ApiServer, namespace: str) -> None:
        self._server = server
        self._root = f"{GROUP}/namespaces/{namespace}"

    def get(self, plural: str) -> Json:
        return self._server.request("GET", f"{self._root}/{plural}/demo")

    def report(self, plural: str, **statuses: str) -> None:
        generation = self.get(plural)["metadata"]["generation"]
        conditions = [condition(kind, status, generation, f"{kind}Reason") for kind, status in statuses.items()]
        entry: dict[str, Any] = {"controllerName": "example.org/gateway", "conditions": conditions}
        if plural == "httproutes":
            status = {"parents": [{**entry, "parentRef": {"name": "edge"}}]}
        else:
            status = {"ancestors": [{**entry, "ancestorRef": {"name": "edge"}}]}
        path = f"{self._root}/{plural}/demo/status"
        self._server.request("PATCH", path, {"status": status}, content_type=MERGE)


def test_what_a_gateway_reports_about_route_and_tls_becomes_the_condition(
    gateway_api: ApiServer, cluster: Cluster, kubeconfig: Path, tmp_path: Path
) -> None:
    def has_reason(reason: str) -> None:
        eventually(lambda: cluster.reason("IngressReady") == reason, reason)

    gateway = Gateway(gateway_api, cluster.namespace)
    with OperatorProcess(kubeconfig, tmp_path, cluster.namespace) as operator:
        data = {"tls.crt": "YQ==", "tls.key": "Yg=="}
        cluster.create("Secret", "certificate", metadata=OFFERED, data=data)
        route = {"parentRef": {"name": "edge", "sectionName": "https"}, "backendTls": {"caConfigMap": "ca"}}
        cluster.create_tracker(
            spec={
                "ingress": {"enabled": True, "host": f"{cluster.namespace}.example.org", "gatewayApi": route},
                "gateway": {"tls": {"secretName": "certificate"}},
                "web": {"basePath": "/maps/north"},
            }
        )
        has_reason("WaitingForGateway")
        found = gateway.get("httproutes")["spec"]
        assert [match["path"]["value"] for rule in found["rules"] for match in rule["matches"]] == [
            "/maps/north/ws",
            "/maps/north/api/v1",
            "/maps/north",
        ]
        policy = gateway.get("backendtlspolicies")["spec"]
        assert policy["validation"]["hostname"] == f"demo-gateway.{cluster.namespace}.svc"
        gateway.report("httproutes", Accepted="True", ResolvedRefs="False")
        has_reason("RouteUnresolved")
        gateway.report("httproutes", Accepted="True", ResolvedRefs="True")
        has_reason("BackendTlsUnconfirmed")
        gateway.report("backendtlspolicies", Accepted="True", ResolvedRefs="False")
        has_reason("BackendTlsRefused")
        gateway.report("backendtlspolicies", Accepted="True", ResolvedRefs="True")
        has_reason("Ready")
        assert cluster.tracker()["status"]["url"] == f"http://{cluster.namespace}.example.org/maps/north/"
        # A changed route has not been reported on yet.
        cluster.change_tracker({"web": {"basePath": "/maps/south"}})
        has_reason("WaitingForGateway")
        assert operator.bugs() == []


def test_the_service_of_the_page_becomes_a_load_balancer_and_back(cluster: Cluster, operator: OperatorProcess) -> None:
    service = {
        "type": "LoadBalancer",
        "port": 80,
        "loadBalancerClass": "example.org/balancer",
        "loadBalancerSourceRanges": ["192.0.2.1", "198.51.100.0/24"],
        "externalTrafficPolicy": "Local",
    }
    cluster.create_tracker(spec={"web": {"service": service}})
    eventually(lambda: cluster.reason("IngressReady") == "NoAddress", "no controller gives it an address")
    spec = cluster.get("Service", "demo-web")["spec"]
    assert spec["loadBalancerSourceRanges"] == ["192.0.2.1/32", "198.51.100.0/24"]
    assert spec["ports"][0]["nodePort"]
    address = {"loadBalancer": {"ingress": [{"ip": "192.0.2.9"}]}}
    cluster.patch("Service", "demo-web", {"status": address}, part="/status")
    eventually(lambda: cluster.tracker()["status"].get("url") == "http://192.0.2.9", "the URL")
    assert cluster.get("Service", "demo-web")["spec"]["ports"][0]["nodePort"] == spec["ports"][0]["nodePort"]
    cluster.change_tracker({"web": {"service": None}})
    eventually(lambda: cluster.get("Service", "demo-web")["spec"]["type"] == "ClusterIP", "inside again")
    after = cluster.get("Service", "demo-web")["spec"]
    assert after["clusterIP"] == spec["clusterIP"]
    (port,) = after["ports"]
    assert port["port"] == 8080
    assert "nodePort" not in port
    assert not {"loadBalancerClass", "loadBalancerSourceRanges", "externalTrafficPolicy"} & set(after)
    eventually(lambda: cluster.reason("IngressReady") == "Disabled", "no way in")


def test_two_trackers_share_a_host_below_different_paths(cluster: Cluster, operator: OperatorProcess) -> None:
    ingress = {"enabled": True, "host": f"{cluster.namespace}.example.org"}
    for name in ("north", "south"):
        cluster.create_tracker(name, spec={"ingress": ingress, "web": {"basePath": f"/maps/{name}"}})
        eventually(partial(cluster.find, "Ingress", name), f"the Ingress of {name}")
    cluster.change_tracker({"web": {"basePath": "/maps/north"}}, "south")
    eventually(lambda: cluster.reason("IngressReady", "south") == "HostTaken", "the path is taken")
    assert "spec.web.basePath" in cluster.condition("IngressReady", "south")["message"]


def test_an_ingress_with_an_address_is_served_although_there_is_no_class(
    cluster: Cluster, operator: OperatorProcess
) -> None:
    cluster.create_tracker(spec={"ingress": {"enabled": True, "host": f"{cluster.namespace}.example.org"}})
    eventually(lambda: cluster.reason("IngressReady") == "NoDefaultIngressClass", "the cluster has no default class")
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.9"}]}}
    cluster.patch("Ingress", "demo", {"status": status}, part="/status")
    eventually(lambda: cluster.condition("IngressReady")["status"] == "True", "a controller serves it")
    assert cluster.condition("IngressReady")["message"] == "reachable at 192.0.2.9"
