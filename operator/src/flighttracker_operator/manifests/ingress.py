"""The way in: an Ingress with what its controller needs for WebSockets, or an HTTPRoute.

/ws, /api and /schema go to the gateways, everything else to the page; without a page everything goes to the gateways.
What a person writes in `ingress.annotations` is added, and wins where it says the same thing.

Where the gateways speak TLS themselves there are two Ingresses of one host, because most controllers take the protocol
of what is behind them from the Ingress as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.metadata import child
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import GATEWAY_PORT, WEB_PORT, Component, certificate_secret, child_name

GATEWAY_API: Final = "gateway.networking.k8s.io/v1"
GATEWAY_PATHS: Final = ("/ws", "/api", "/schema")
IDLE_S: Final = 3600
"""How long a socket may be silent; the gateway's pings come every 20 s, so only a dead one ever is."""


def ingress(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the way in, nothing when the resource wants none, or when the Gateway API is wanted and not there."""
    wanted = tracker.spec.ingress
    if not wanted.enabled:
        return []
    if wanted.gateway_api is not None:
        return [_http_route(tracker, facts)] if facts.serves(GATEWAY_API) else []
    name = tracker.metadata.name
    if tracker.spec.gateway.tls is None or not tracker.spec.web.enabled:
        return [_ingress(tracker, facts, name, _paths(tracker))]
    gateways = [(path, service) for path, service in _paths(tracker) if service == "gateway"]
    page = [(path, service) for path, service in _paths(tracker) if service != "gateway"]
    return [_ingress(tracker, facts, name, gateways), _ingress(tracker, facts, f"{name}-page", page)]


def class_of(tracker: FlightTracker, facts: Facts) -> str | None:
    """Return the IngressClass that the Ingress gets: that of the resource, else the cluster's default."""
    return tracker.spec.ingress.class_name or facts.default_ingress_class


def _paths(tracker: FlightTracker) -> list[tuple[str, Component]]:
    if not tracker.spec.web.enabled:
        return [("/", "gateway")]
    return [*((path, "gateway") for path in GATEWAY_PATHS), ("/", "web")]


def _port(service: Component) -> int:
    return GATEWAY_PORT if service == "gateway" else WEB_PORT


def _ingress(tracker: FlightTracker, facts: Facts, name: str, paths: Sequence[tuple[str, Component]]) -> Manifest:
    wanted = tracker.spec.ingress
    spec: dict[str, Any] = {}
    ingress_class = class_of(tracker, facts)
    if ingress_class:
        spec["ingressClassName"] = ingress_class
    secret = certificate_secret(tracker)
    if secret and wanted.host:
        spec["tls"] = [{"hosts": [wanted.host], "secretName": secret}]
    backends = [
        {
            "path": path,
            "pathType": "Prefix",
            "backend": {"service": {"name": child_name(tracker, service), "port": {"number": _port(service)}}},
        }
        for path, service in paths
    ]
    rule: dict[str, Any] = {"http": {"paths": backends}}
    spec["rules"] = [{"host": wanted.host, **rule} if wanted.host else rule]
    sockets = any(service == "gateway" for _, service in paths)
    annotations = {
        **(_socket_annotations(tracker, facts, ingress_class) if sockets else {}),
        **(
            {"cert-manager.io/cluster-issuer": wanted.tls.cluster_issuer}
            if wanted.tls and wanted.tls.cluster_issuer
            else {}
        ),
        **wanted.annotations,
    }
    return child(
        tracker,
        facts,
        "ingress",
        api_version="networking.k8s.io/v1",
        kind="Ingress",
        name=name,
        annotations=annotations,
        spec=spec,
    )


def _socket_annotations(tracker: FlightTracker, facts: Facts, ingress_class: str | None) -> Mapping[str, str]:
    """Return what the controller of a class needs; for a controller that we cannot tell, what each of them needs."""
    gateways = child_name(tracker, "gateway")
    tls = tracker.spec.gateway.tls is not None
    needs: dict[str, dict[str, str]] = {
        # Without it the upgrade is refused.
        "projectcontour.io/": {"projectcontour.io/websocket-routes": "/ws"},
        "k8s.io/ingress-nginx": {
            "nginx.ingress.kubernetes.io/proxy-read-timeout": str(IDLE_S),
            "nginx.ingress.kubernetes.io/proxy-send-timeout": str(IDLE_S),
            **({"nginx.ingress.kubernetes.io/backend-protocol": "HTTPS"} if tls else {}),
        },
        "nginx.org/": {
            "nginx.org/websocket-services": gateways,
            "nginx.org/proxy-read-timeout": f"{IDLE_S}s",
            "nginx.org/proxy-send-timeout": f"{IDLE_S}s",
            **({"nginx.org/ssl-services": gateways} if tls else {}),
        },
        "haproxy.org/": {
            "haproxy.org/timeout-tunnel": f"{IDLE_S}s",
            **({"haproxy.org/server-ssl": "true"} if tls else {}),
        },
        "haproxy-ingress.github.io/": {
            "haproxy-ingress.github.io/timeout-tunnel": f"{IDLE_S}s",
            **({"haproxy-ingress.github.io/secure-backends": "true"} if tls else {}),
        },
        # Traefik takes sockets as they come; the Service tells it about TLS.
        "traefik.io/": {},
    }
    controller = facts.ingress_classes.get(ingress_class or "", "")
    for known, needed in needs.items():
        if controller.startswith(known):
            return needed
    return {key: value for needed in needs.values() for key, value in needed.items()}


def _http_route(tracker: FlightTracker, facts: Facts) -> Manifest:
    wanted = tracker.spec.ingress
    assert wanted.gateway_api is not None
    parent = wanted.gateway_api.parent_ref.model_dump(mode="json", exclude_none=True)
    by_service: dict[Component, list[str]] = {}
    for path, service in _paths(tracker):
        by_service.setdefault(service, []).append(path)
    rules = [
        {
            "matches": [{"path": {"type": "PathPrefix", "value": path}} for path in paths],
            "backendRefs": [{"name": child_name(tracker, service), "port": _port(service)}],
        }
        for service, paths in by_service.items()
    ]
    return child(
        tracker,
        facts,
        "ingress",
        api_version=GATEWAY_API,
        kind="HTTPRoute",
        name=tracker.metadata.name,
        annotations=wanted.annotations,
        spec={"parentRefs": [parent], **({"hostnames": [wanted.host]} if wanted.host else {}), "rules": rules},
    )
