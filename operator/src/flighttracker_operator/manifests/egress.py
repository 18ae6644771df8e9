"""Egress NetworkPolicies of the roles: they reach DNS, their servers, and the addresses of the resource.

The author of a tracker chooses the addresses of sources, key servers (JWKS) and external servers, so the networks in
which clouds serve credentials are excluded. Builtin servers are reached as pods. External servers may also be pods of
any namespace, unless the policy forbids it. The brokers of an external Kafka advertise their own ports, so all its
ports are allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import urlsplit

from flighttracker.plan_history import HISTORIAN_PORT
from flighttracker.spec import FlightTracker
from flighttracker.spec.feeds import Beast, Sbs
from flighttracker.spec.source import HttpSource, OpenSky
from flighttracker_operator.manifests.metadata import child
from flighttracker_operator.manifests.outgoing import proxies
from flighttracker_operator.manifests.roles import Role
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import KAFKA_PORT, REDIS_PORT, REGISTRY_PORT, selector, strimzi_cluster
from flighttracker_operator.model.policy import Egress
from flighttracker_operator.model.servers import kafka_access

DNS_PORTS: Final = (53, 5353)
"""Of a DNS server, and of the pods of OpenShift's."""
HTTPS_PORT: Final = 443
DEFAULT_PORTS: Final = {"http": 80, "https": HTTPS_PORT}
EVERYWHERE: Final = {4: "0.0.0.0/0", 6: "::/0"}
STRIMZI_LABEL: Final = "strimzi.io/cluster"


def egress(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return one policy for the pods of each role; none if the operator's policy turns them off."""
    if not facts.policy.egress.enabled:
        return []
    roles: list[Role] = ["generator", "gateway"]
    if tracker.spec.history.enabled:
        roles.append("historian")
    return [_policy(tracker, facts, role) for role in roles]


def _policy(tracker: FlightTracker, facts: Facts, role: Role) -> Manifest:
    settings = facts.policy.egress
    asks_history = role == "gateway" and tracker.spec.history.enabled
    rules = [
        {"ports": [{"port": port, "protocol": protocol} for port in DNS_PORTS for protocol in ("UDP", "TCP")]},
        _kafka(tracker, facts),
        *([_pods(selector(tracker, "schema-registry"), REGISTRY_PORT)] if _has_registry(tracker) else []),
        *([_redis(tracker, facts)] if role != "historian" else []),
        *([_pods(selector(tracker, "historian"), HISTORIAN_PORT)] if asks_history else []),
        *[_outside(settings, port) for port in sorted(_ports(tracker, facts, role))],
        *settings.extra_rules,
    ]
    spec = {"podSelector": {"matchLabels": selector(tracker, role)}, "policyTypes": ["Egress"], "egress": rules}
    return child(tracker, facts, role, api_version="networking.k8s.io/v1", kind="NetworkPolicy", spec=spec)


def _redis(tracker: FlightTracker, facts: Facts) -> dict[str, Any]:
    """Return the rule for Redis; the address of an external one is in its Secret, so all ports are allowed."""
    if tracker.spec.redis.provider == "builtin":
        return _pods(selector(tracker, "redis"), REDIS_PORT)
    return _outside(facts.policy.egress)


def _kafka(tracker: FlightTracker, facts: Facts) -> dict[str, Any]:
    if tracker.spec.kafka.provider == "builtin":
        return _pods(selector(tracker, "kafka"), KAFKA_PORT)
    cluster = strimzi_cluster(tracker)
    host = kafka_access(tracker, facts).bootstrap_servers.partition(",")[0].rpartition(":")[0]
    if cluster is not None and (host.endswith(".svc") or ".svc." in host):
        return _pods({STRIMZI_LABEL: cluster})
    return _outside(facts.policy.egress)


def _has_registry(tracker: FlightTracker) -> bool:
    return tracker.spec.schema_registry.provider == "builtin"


def _ports(tracker: FlightTracker, facts: Facts, role: Role) -> set[int]:
    """Return the ports of servers with any address: sources, table, keys, proxies, registry, collector, bucket."""
    spec = tracker.spec
    if role == "historian":
        return _ports_of_historian(tracker)
    token, table = spec.gateway.auth.token, spec.aircraft_table
    sources = [source.chosen for source in spec.used_sources] if role == "generator" else []
    if role == "generator":
        urls = [source.url for source in sources if isinstance(source, HttpSource)]
        urls += [table.url] if table and table.url else []
    else:
        urls = [token.jwks_url] if token and token.jwks_url else []
    urls += [spec.schema_registry.external.url] if spec.schema_registry.external else []
    urls += [spec.monitoring.otlp_endpoint] if spec.monitoring.otlp_endpoint else []
    named = proxies(tracker, facts.policy.outgoing)
    urls += [url for name, url in named.items() if name != "NO_PROXY"] if urls else []
    ports = {port for url in urls if (port := _port(url)) is not None}
    streams = (source.connect for source in sources if isinstance(source, Beast | Sbs))
    ports |= {int(address.rpartition(":")[2]) for address in streams if address}
    return ports | ({HTTPS_PORT} if any(isinstance(source, OpenSky) for source in sources) else set())


def _ports_of_historian(tracker: FlightTracker) -> set[int]:
    """Return the ports of the bucket, of the service that gives a pod its identity, and of an external registry."""
    registry, bucket = tracker.spec.schema_registry.external, tracker.spec.history.storage.s3
    urls = [registry.url] if registry else []
    urls += [bucket.endpoint] if bucket and bucket.endpoint else []
    ports = {port for url in urls if (port := _port(url)) is not None}
    return ports | ({HTTPS_PORT} if bucket and not (bucket.endpoint and bucket.credentials_secret) else set())


def _port(url: str) -> int | None:
    """Return the port of a URL; None for a URL that no client could use."""
    try:
        parts = urlsplit(url)
        return parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None


def _pods(labels: Mapping[str, str], port: int | None = None) -> dict[str, Any]:
    return {"to": [{"podSelector": {"matchLabels": dict(labels)}}], **_on(port)}


def _outside(settings: Egress, port: int | None = None) -> dict[str, Any]:
    """Return a rule for every address outside of the denied networks, and for pods, which some plugins tell apart."""
    peers: list[dict[str, Any]] = []
    for version, everywhere in EVERYWHERE.items():
        denied = [network for network in settings.denied_networks if ip_network(network).version == version]
        peers.append({"ipBlock": {"cidr": everywhere, **({"except": denied} if denied else {})}})
    if settings.cluster_pods:
        peers.append({"namespaceSelector": {}})
    return {"to": peers, **_on(port)}


def _on(port: int | None) -> dict[str, Any]:
    return {"ports": [{"port": port, "protocol": "TCP"} if port is not None else {"protocol": "TCP"}]}
