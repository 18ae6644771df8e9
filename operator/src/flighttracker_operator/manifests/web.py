"""The page: static files, served by nginx.

The page only connects to its own origin, and to the servers of the tracker's maps and overlays. An ingress routes /ws,
/api and /schema to the gateways; without an ingress, such as with `kubectl port-forward` to this Service, nginx proxies
them.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any, Final

from flighttracker.plan_page import map_servers, page_urls
from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import amounts, pods
from flighttracker_operator.manifests.metadata import child, disruption_budget, service
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import tracker_images
from flighttracker_operator.model.names import GATEWAY_PORT, WEB_PORT, child_name, selector

USER: Final = 101
GRACE_S: Final = 20
LEAVE_S: Final = 5


def web(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the page's Deployment and Service, with a disruption budget for several replicas; none if disabled."""
    wanted = tracker.spec.web
    if not wanted.enabled:
        return []
    gateways = f"{child_name(tracker, 'gateway')}.{facts.namespace}.svc"
    scheme = "https" if tracker.spec.gateway.tls else "http"
    servers = map_servers(page_urls(wanted))
    server = pods.container(
        "web",
        tracker_images(facts.images, tracker.spec.pod_template.image_overrides).web,
        amounts.resources(amounts.WEB, wanted.resources),
        env=[
            {"name": "FLIGHTTRACKER_GATEWAY", "value": f"{scheme}://{gateways}:{GATEWAY_PORT}"},
            *([{"name": "FLIGHTTRACKER_BASE_PATH", "value": wanted.base_path}] if wanted.base_path else []),
            *([{"name": "FLIGHTTRACKER_MAP_SERVERS", "value": " ".join(servers)}] if servers else []),
            *([{"name": "FLIGHTTRACKER_EDGE", "value": "1"}] if _is_edge(tracker) else []),
        ],
        ports=[{"name": "http", "containerPort": WEB_PORT, "protocol": "TCP"}],
        startupProbe=pods.http_probe("/healthz", "http", period_s=1, failures=60),
        readinessProbe=pods.http_probe("/healthz", "http", period_s=5, failures=2),
        livenessProbe=pods.http_probe("/healthz", "http", period_s=20, failures=3),
        lifecycle={"preStop": {"exec": {"command": ["sleep", str(LEAVE_S)]}}},
    )
    deployment = child(
        tracker,
        facts,
        "web",
        api_version="apps/v1",
        kind="Deployment",
        spec={
            "replicas": wanted.replicas,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": selector(tracker, "web")},
            "template": pods.pod_template(tracker, facts, "web", [server], user=USER, grace_s=GRACE_S),
        },
    )
    return [
        _service(tracker, facts),
        deployment,
        *([disruption_budget(tracker, facts, "web")] if wanted.replicas > 1 else []),
    ]


def _is_edge(tracker: FlightTracker) -> bool:
    """Return whether clients reach the page's server through a load balancer, which adds no X-Forwarded-For."""
    return tracker.spec.web.service.type == "LoadBalancer" and not tracker.spec.ingress.enabled


def _service(tracker: FlightTracker, facts: Facts) -> Manifest:
    wanted = tracker.spec.web.service
    fields: dict[str, Any] = {
        "type": wanted.type,
        "loadBalancerClass": wanted.load_balancer_class,
        # An address alone is a network for the resource, and none for Kubernetes.
        "loadBalancerSourceRanges": [str(ip_network(each)) for each in wanted.load_balancer_source_ranges] or None,
        "externalTrafficPolicy": wanted.external_traffic_policy,
        "ipFamilyPolicy": wanted.ip_family_policy,
    }
    chosen = {name: value for name, value in fields.items() if value is not None}
    return service(tracker, facts, "web", {"http": wanted.port}, annotations=wanted.annotations, **chosen)
