"""The Ingress, with the annotations that its controller needs for WebSockets, or an HTTPRoute.

/ws and /api/v1 go to the gateways, everything else to the page; all of it below `web.basePath`, which no controller
needs to remove, because gateways and page know it.
`ingress.annotations` of the resource are added, and override those set here.

If the gateways serve TLS themselves, there are two Ingresses for the same host, because most controllers configure the
backend protocol for a whole Ingress; only the first asks cert-manager for a certificate, because a Certificate has one
owner. With the Gateway API, a BackendTLSPolicy says how to verify the gateways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.metadata import child
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import (
    GATEWAY_PORT,
    ISSUERS,
    Component,
    certificate_secret,
    child_name,
    has_issuer,
)

GATEWAY_API: Final = "gateway.networking.k8s.io/v1"
GATEWAY_PATHS: Final = ("/ws", "/api/v1")
"""What the page needs of the gateways, and nothing else: their probes and metrics have a port of their own."""
BACKEND_TLS: Final = "BackendTLSPolicy"
IDLE_S: Final = 3600
"""How long a WebSocket may be idle. Gateways send a ping every 20 s, so only a dead connection reaches it."""


def ingress(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the Ingresses or the HTTPRoute; none if ingress is disabled or the requested Gateway API not installed."""
    wanted = tracker.spec.ingress
    if not wanted.enabled:
        return []
    if wanted.gateway_api is not None:
        return [_http_route(tracker, facts), *_backend_tls(tracker, facts)] if facts.serves(GATEWAY_API) else []
    name = tracker.metadata.name
    if tracker.spec.gateway.tls is None or not tracker.spec.web.enabled:
        return [_ingress(tracker, facts, name, _paths(tracker), _certificate(tracker, facts))]
    gateways = [(path, service) for path, service in _paths(tracker) if service == "gateway"]
    page = [(path, service) for path, service in _paths(tracker) if service != "gateway"]
    return [
        _ingress(tracker, facts, name, gateways, _certificate(tracker, facts)),
        _ingress(tracker, facts, f"{name}-page", page, {}),
    ]


def class_of(tracker: FlightTracker, facts: Facts) -> str | None:
    """Return the name of the IngressClass: that of the resource, else the cluster's default."""
    return tracker.spec.ingress.class_name or facts.default_ingress_class


def _paths(tracker: FlightTracker) -> list[tuple[str, Component]]:
    base = tracker.spec.web.base_path
    gateways: list[tuple[str, Component]] = [(f"{base}{path}", "gateway") for path in GATEWAY_PATHS]
    return [*gateways, (base or "/", "web")] if tracker.spec.web.enabled else gateways


def _port(tracker: FlightTracker, service: Component) -> int:
    return GATEWAY_PORT if service == "gateway" else tracker.spec.web.service.port


def certificate_owner(tracker: FlightTracker, facts: Facts) -> str | None:
    """Return who else writes the Secret that cert-manager is to write for the ingress; None if nobody does."""
    name = certificate_secret(tracker)
    if name is None or not has_issuer(tracker) or (secret := facts.made_secrets.get(name)) is None:
        return None
    if secret.certificate == name:
        return None
    return f"Certificate {secret.certificate}" if secret.certificate else "somebody without cert-manager"


def _certificate(tracker: FlightTracker, facts: Facts) -> dict[str, str]:
    """Return the annotations with which cert-manager makes the Certificate; none if the Secret has another owner."""
    wanted = tracker.spec.ingress
    if wanted.tls is None or certificate_owner(tracker, facts) is not None:
        return {}
    if wanted.tls.cluster_issuer:
        return {"cert-manager.io/cluster-issuer": wanted.tls.cluster_issuer}
    return {name: wanted.annotations[name] for name in ISSUERS if name in wanted.annotations}


def _ingress(
    tracker: FlightTracker,
    facts: Facts,
    name: str,
    paths: Sequence[tuple[str, Component]],
    certificate: Mapping[str, str],
) -> Manifest:
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
            "backend": {"service": {"name": child_name(tracker, service), "port": {"number": _port(tracker, service)}}},
        }
        for path, service in paths
    ]
    rule: dict[str, Any] = {"http": {"paths": backends}}
    spec["rules"] = [{"host": wanted.host, **rule} if wanted.host else rule]
    sockets = any(service == "gateway" for _, service in paths)
    annotations = {
        **(_socket_annotations(tracker, facts, ingress_class) if sockets else {}),
        **{name: value for name, value in wanted.annotations.items() if wanted.tls is None or name not in ISSUERS},
        **certificate,
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
    """Return the annotations that the class's controller needs; for an unknown controller, those of all of them."""
    gateways = child_name(tracker, "gateway")
    tls = tracker.spec.gateway.tls is not None
    needs: dict[str, dict[str, str]] = {
        # Without it, Contour rejects the WebSocket upgrade.
        "projectcontour.io/": {"projectcontour.io/websocket-routes": f"{tracker.spec.web.base_path}/ws"},
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
        # Traefik needs no setting for WebSockets; it reads the backend protocol from the Service.
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
            "backendRefs": [{"name": child_name(tracker, service), "port": _port(tracker, service)}],
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


def _backend_tls(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return how the Gateway verifies gateways that serve TLS; without it, it would connect to them without TLS."""
    route, version = tracker.spec.ingress.gateway_api, facts.optional_kinds.get(BACKEND_TLS)
    if tracker.spec.gateway.tls is None or route is None or version is None:
        return []
    name, ca = child_name(tracker, "gateway"), route.backend_tls.ca_config_map
    hostname = route.backend_tls.hostname or f"{name}.{facts.namespace}.svc"
    trusted: dict[str, Any] = (
        {"wellKnownCACertificates": "System"}
        if ca is None
        else {"caCertificateRefs": [{"group": "", "kind": "ConfigMap", "name": ca}]}
    )
    policy = child(
        tracker,
        facts,
        "ingress",
        api_version=version,
        kind=BACKEND_TLS,
        name=tracker.metadata.name,
        spec={
            # Its other port, for probes and metrics, is without TLS.
            "targetRefs": [{"group": "", "kind": "Service", "name": name, "sectionName": "http"}],
            "validation": {"hostname": hostname, **trusted},
        },
    )
    return [policy]
