"""Whether and where the map can be reached from outside the cluster: the condition IngressReady and `status.url`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.ingress import BACKEND_TLS, GATEWAY_API
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import child_name
from flighttracker_operator.status.view import State, View, false_state, true_state

NO_DEFAULT_CLASS: Final = "NoDefaultIngressClass"


def ingress(view: View) -> State:
    """Return whether the map can be reached from outside the cluster, if the resource requests that."""
    spec = view.tracker.spec.ingress
    if not spec.enabled:
        return _service(view)
    if view.host_holder is not None:
        host = f"host {spec.host}" if spec.host else "every host (spec.ingress.host is left out)"
        return false_state(
            "HostTaken",
            f"{host} already belongs to tracker {view.host_holder}: choose another spec.ingress.host, or another "
            "spec.web.basePath below the same host",
        )
    if spec.gateway_api is not None:
        return _route(view)
    found = view.of_component("Ingress", "ingress")
    address = _address(found[0]) if found else ""
    if view.class_known:
        missing = _class_problem(view.tracker, view.facts.ingress_classes, view.facts.default_ingress_class)
        # Some controllers, such as Contour, also serve an Ingress without a class: one with an address is served.
        if missing is not None and not (address and missing.reason == NO_DEFAULT_CLASS):
            return missing
    if not found:
        return false_state("NotCreated", "the Ingress is not created yet")
    if not address:
        return true_state("the ingress controller has not reported an address", "NoAddress")
    return true_state(f"reachable at {address}")


def map_url(view: View) -> str:
    """Return the URL of the map for people outside the cluster; empty if it is not known."""
    spec, web = view.tracker.spec.ingress, view.tracker.spec.web
    if not spec.enabled:
        # Port 443 of a load balancer is usual for TLS that ends there.
        scheme, address = "https" if web.service.port == 443 else "http", _balancer_address(view)
        port = "" if web.service.port in (80, 443) else f":{web.service.port}"
    elif view.host_holder is not None:
        return ""
    else:
        found = view.of_component("Ingress", "ingress")
        scheme, address, port = "https" if spec.tls else "http", spec.host or (_address(found[0]) if found else ""), ""
    return f"{scheme}://{address}{port}{web.base_path and f'{web.base_path}/'}" if address else ""


def port_forward(view: View) -> str:
    """Return the command that makes the page available on port 8080 of one's own computer."""
    port = view.tracker.spec.web.service.port
    ports = "8080" if port == 8080 else f"8080:{port}"
    return f"kubectl port-forward service/{child_name(view.tracker, 'web')} {ports}"


def _service(view: View) -> State:
    """Return the state without an ingress."""
    web, name = view.tracker.spec.web, child_name(view.tracker, "web")
    if not web.enabled or web.service.type == "ClusterIP":
        return true_state(f"spec.ingress.enabled is false: run {port_forward(view)}", "Disabled")
    live = view.child("Service", name) or {}
    numbers = [port["nodePort"] for port in live.get("spec", {}).get("ports", ()) if "nodePort" in port]
    if web.service.type == "NodePort" and numbers:
        return true_state(f"reachable at port {numbers[0]} of every node")
    address = _balancer_address(view)
    if address:
        return true_state(f"the load balancer is at {address}")
    message = f"Service {name} has no address yet; if this persists: kubectl describe service {name}"
    return true_state(message, "NoAddress")


def _balancer_address(view: View) -> str:
    wanted = view.tracker.spec.web
    live = view.child("Service", child_name(view.tracker, "web"))
    return _address(live) if live and wanted.enabled and wanted.service.type == "LoadBalancer" else ""


def _address(live: Mapping[str, Any]) -> str:
    """Return the address in the status of an Ingress or a Service, as URLs have it; empty if there is none."""
    addresses = live.get("status", {}).get("loadBalancer", {}).get("ingress") or [{}]
    address = str(addresses[0].get("hostname") or addresses[0].get("ip") or "")
    return f"[{address}]" if ":" in address else address


def _class_problem(tracker: FlightTracker, classes: Mapping[str, str], default: str | None) -> State | None:
    available = (
        f"the cluster has {', '.join(sorted(classes))}"
        if classes
        else "the cluster has none: install an ingress controller; if one is running (Contour's manifest brings no "
        "class), create its IngressClass, as docs/troubleshooting.md shows"
    )
    name = tracker.spec.ingress.class_name
    if name is not None and name not in classes:
        return false_state("IngressClassMissing", f"IngressClass {name} does not exist; {available}")
    if name is None and default is None:
        message = f"no IngressClass is marked as the default: set spec.ingress.className; {available}"
        return false_state(NO_DEFAULT_CLASS, message)
    return None


def _route(view: View) -> State:
    found = view.of_component("HTTPRoute", "ingress")
    if not found:
        return false_state("NotCreated", f"the HTTPRoute ({GATEWAY_API}) is not created yet")
    is_accepted = False
    for condition in _conditions(found[0], "parents"):
        if condition["type"] == "Accepted" and condition["status"] == "False":
            return false_state("RouteRefused", f"the Gateway rejected the route: {_error(condition)}")
        if condition["type"] == "ResolvedRefs" and condition["status"] == "False":
            return false_state("RouteUnresolved", f"the Gateway cannot use a Service of the route: {_error(condition)}")
        is_accepted |= condition["type"] == "Accepted" and condition["status"] == "True"
    if not is_accepted:
        message = "no Gateway has accepted the route: check spec.ingress.gatewayApi.parentRef"
        return false_state("WaitingForGateway", message)
    return _backend_tls(view) or true_state("the Gateway accepted the route")


def _backend_tls(view: View) -> State | None:
    """Return a problem of the BackendTLSPolicy; None if there is none, or no policy."""
    for policy in view.of_component(BACKEND_TLS, "ingress"):
        conditions = [
            condition
            for condition in _conditions(policy, "ancestors")
            if condition["type"] in ("Accepted", "ResolvedRefs")
        ]
        for condition in conditions:
            if condition["status"] == "False":
                message = (
                    f"the Gateway cannot verify the gateways: {_error(condition)}; check "
                    "spec.ingress.gatewayApi.backendTls"
                )
                return false_state("BackendTlsRefused", message)
        if not conditions:
            message = (
                "the Gateway accepted the route; it has not reported that it uses the BackendTLSPolicy, without which "
                "it cannot connect to gateways with TLS"
            )
            return true_state(message, "BackendTlsUnconfirmed")
    return None


def _conditions(live: Manifest, list_name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the conditions that Gateways reported for the present generation of an object."""
    generation = live["metadata"].get("generation", 0)
    for entry in live.get("status", {}).get(list_name) or ():
        for condition in entry.get("conditions") or ():
            if condition.get("observedGeneration", generation) >= generation:
                yield condition


def _error(condition: Mapping[str, Any]) -> str:
    return f"{condition.get('reason', '')}: {condition.get('message', '')}".strip(": ")
