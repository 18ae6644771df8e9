"""A resource that breaks each rule over several fields, and one beside it that does not.

Unit tests hold `broken_rules()` to them, tests on a real API server the CRD; both check that no rule is without one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """One rule, broken and kept.

    Attributes:
        model: the model that states the rule, as in `RULES`.
        at: where the model stands in a resource.
        path: the rule's own path, seen from the model.
        words: a part of what the rule says, enough to tell it from others at the same path.
        bad: a spec that breaks this rule and no other.
        good: a spec beside it that is accepted.
        before: for rules about changes: the spec that exists already; `bad` and `good` are then changes to it.
    """

    model: str
    at: str
    path: str
    words: str
    bad: Json
    good: Json = field(default_factory=dict)
    before: Json | None = None

    def __str__(self) -> str:
        return f"{self.model}-{self.path}-{self.words}".replace(" ", "_")


_HOST = {"enabled": True, "host": "flights.example.org"}
_PARENT = {"parentRef": {"name": "public"}}
_EXTERNAL = {"bootstrapServers": "kafka:9092"}


def _source(**members: Json) -> Json:
    return {"source": members}


def _kafka(**members: Any) -> Json:
    return {"kafka": members}


def _builtin(**members: Any) -> Json:
    return {"kafka": {"builtin": members}}


def _strimzi(**members: Any) -> Json:
    return {"kafka": {"provider": "strimzi", "strimzi": members}}


def _redis(**storage: Any) -> Json:
    return {"redis": {"builtin": {"storage": storage}}}


EXAMPLES = (
    Example(
        "Simulated",
        "spec.source.simulated",
        "countries",
        "two capital",
        _source(simulated={"countries": {"de": 1}}),
        _source(simulated={"countries": {"DE": 1}}),
    ),
    Example(
        "Simulated",
        "spec.source.simulated",
        "countries",
        "weight above 0",
        _source(simulated={"countries": {"DE": 0}}),
        _source(simulated={"countries": {"DE": 0, "FR": 0.5}}),
    ),
    Example(
        "BoundingBoxSpec",
        "spec.source.opensky.bbox",
        "south",
        "less than north",
        _source(opensky={"bbox": {"south": 50, "north": 50}}),
        _source(opensky={"bbox": {"south": 49.5, "north": 50}}),
    ),
    Example(
        "BoundingBoxSpec",
        "spec.source.opensky.bbox",
        "west",
        "differ",
        _source(opensky={"bbox": {"west": 5, "east": 5}}),
        _source(opensky={"bbox": {"west": 5, "east": -5}}),
    ),
    Example("Source", "spec.source", "opensky", "one source", _source(simulated={}, opensky={}), _source(opensky={})),
    Example(
        "Source",
        "spec.source",
        "readsb",
        "one source",
        _source(simulated={}, readsb={"url": "http://pi/"}),
        _source(readsb={"url": "http://pi/"}),
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "builtin",
        "must be left out",
        _kafka(provider="strimzi", builtin={}),
        _kafka(provider="strimzi"),
    ),
    Example(
        "Kafka", "spec.kafka", "strimzi", "must be left out", _kafka(strimzi={}), _kafka(provider="strimzi", strimzi={})
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "external",
        "must be left out",
        _kafka(external=_EXTERNAL),
        _kafka(provider="external", external=_EXTERNAL),
    ),
    Example("Kafka", "spec.kafka", "external", "is missing", _kafka(provider="external")),
    Example(
        "Kafka",
        "spec.kafka",
        "replicationFactor",
        "number of brokers",
        _kafka(replicationFactor=2),
        _kafka(replicationFactor=2, builtin={"replicas": 3}),
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "partitions",
        "fewer than before",
        _kafka(partitions=5),
        _kafka(partitions=7),
        before=_kafka(partitions=6),
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "provider",
        "cannot change from builtin",
        _kafka(provider="strimzi"),
        _kafka(provider="builtin"),
        before={},
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "builtin",
        "replicas cannot change",
        _builtin(replicas=3),
        _builtin(replicas=1),
        before={},
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "strimzi",
        "cluster cannot change",
        _strimzi(cluster="other"),
        _strimzi(version="4.1.1"),
        before=_strimzi(),
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "builtin",
        "size cannot shrink",
        _builtin(storage={"size": "9Gi"}),
        _builtin(storage={"size": "20Gi"}),
        before={},
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "builtin",
        "className cannot change",
        _builtin(storage={"className": "fast"}),
        _builtin(storage={"size": "11Gi"}),
        before={},
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "strimzi",
        "size cannot shrink",
        _strimzi(storage={"size": "1Gi"}),
        _strimzi(storage={"size": "10240Mi"}),
        before=_strimzi(),
    ),
    Example(
        "Kafka",
        "spec.kafka",
        "strimzi",
        "className cannot change",
        _strimzi(storage={"className": "fast"}),
        _strimzi(storage={"size": "1Ti"}),
        before=_strimzi(),
    ),
    Example(
        "Redis",
        "spec.redis",
        "builtin",
        "must be left out",
        {"redis": {"provider": "external", "external": {"urlSecret": "redis"}, "builtin": {}}},
        {"redis": {"provider": "external", "external": {"urlSecret": "redis"}}},
    ),
    Example("Redis", "spec.redis", "external", "must be left out", {"redis": {"external": {"urlSecret": "redis"}}}, {}),
    Example("Redis", "spec.redis", "external", "is missing", {"redis": {"provider": "external"}}),
    Example(
        "Redis",
        "spec.redis",
        "builtin",
        "size cannot shrink",
        _redis(size="1000Mi"),
        _redis(size=2_000_000_000),
        before=_redis(size="1Gi"),
    ),
    Example(
        "Redis",
        "spec.redis",
        "builtin",
        "className cannot change",
        _redis(className=None),
        _redis(className="fast"),
        before=_redis(size="1Gi", className="fast"),
    ),
    Example(
        "SchemaRegistrySpec",
        "spec.schemaRegistry",
        "external",
        "must be left out",
        {"schemaRegistry": {"external": {"url": "http://registry"}}},
        {"schemaRegistry": {"provider": "external", "external": {"url": "http://registry"}}},
    ),
    Example(
        "SchemaRegistrySpec",
        "spec.schemaRegistry",
        "external",
        "is missing",
        {"schemaRegistry": {"provider": "external"}},
    ),
    *(
        Example(
            "Resources",
            "spec.gateway.resources",
            f"requests.{amount}",
            f"limits.{amount}",
            {"gateway": {"resources": {"requests": {amount: more}, "limits": {amount: less}}}},
            {"gateway": {"resources": {"requests": {amount: less}, "limits": {amount: less}}}},
        )
        for amount, less, more in (("cpu", "900m", 1), ("memory", "1Gi", "1025Mi"))
    ),
    Example(
        "Autoscaling",
        "spec.gateway.autoscaling",
        "minReplicas",
        "maxReplicas",
        {"gateway": {"autoscaling": {"minReplicas": 3, "maxReplicas": 2}}},
        {"gateway": {"autoscaling": {"minReplicas": 3, "maxReplicas": 3}}},
    ),
    Example(
        "Token",
        "spec.gateway.auth.token",
        "hs256Secret",
        "is missing",
        {"gateway": {"auth": {"mode": "token", "token": {}}}},
        {"gateway": {"auth": {"mode": "token", "token": {"hs256Secret": "keys"}}}},
    ),
    Example(
        "Token",
        "spec.gateway.auth.token",
        "jwksUrl",
        "cannot stand beside",
        {"gateway": {"auth": {"mode": "token", "token": {"hs256Secret": "keys", "jwksUrl": "https://keys"}}}},
        {"gateway": {"auth": {"mode": "token", "token": {"jwksUrl": "https://keys"}}}},
    ),
    Example("Auth", "spec.gateway.auth", "token", "is missing", {"gateway": {"auth": {"mode": "token"}}}),
    Example(
        "Auth",
        "spec.gateway.auth",
        "token",
        "must be left out",
        {"gateway": {"auth": {"token": {"hs256Secret": "keys"}}}},
    ),
    Example(
        "Gateway",
        "spec.gateway",
        "replicas",
        "must be left out",
        {"gateway": {"replicas": 5, "autoscaling": {}}},
        {"gateway": {"autoscaling": {}}},
    ),
    Example(
        "Gateway",
        "spec.gateway",
        "keyFrameSeconds",
        "tickSeconds",
        {"gateway": {"keyFrameSeconds": 5, "tickSeconds": 6}},
        {"gateway": {"keyFrameSeconds": 6, "tickSeconds": 6}},
    ),
    Example(
        "Gateway",
        "spec.gateway",
        "trustedProxies",
        "addresses and networks",
        {"gateway": {"trustedProxies": ["10.0.0.1/8"]}},
        {"gateway": {"trustedProxies": ["10.0.0.0/8", "192.0.2.1", "fd00::/8"]}},
    ),
    Example(
        "Web",
        "spec.web",
        "tilesUrl",
        "{x} and {y}",
        {"web": {"tilesUrl": "https://tiles/{z}/{x}.png"}},
        {"web": {"tilesUrl": "https://tiles/{z}/{x}/{y}.png"}},
    ),
    Example(
        "IngressTls",
        "spec.ingress.tls",
        "secretName",
        "is missing",
        {"ingress": {**_HOST, "tls": {}}},
        {"ingress": {**_HOST, "tls": {"clusterIssuer": "letsencrypt"}}},
    ),
    Example(
        "Ingress",
        "spec.ingress",
        "host",
        "is missing",
        {"ingress": {"tls": {"secretName": "tls"}}},
        {"ingress": {**_HOST, "tls": {"secretName": "tls"}}},
    ),
    Example(
        "Ingress",
        "spec.ingress",
        "className",
        "gatewayApi",
        {"ingress": {"className": "nginx", "gatewayApi": _PARENT}},
        {"ingress": {"gatewayApi": _PARENT}},
    ),
    Example(
        "Ingress",
        "spec.ingress",
        "tls",
        "gatewayApi",
        {"ingress": {**_HOST, "tls": {"secretName": "tls"}, "gatewayApi": _PARENT}},
        {"ingress": {**_HOST, "gatewayApi": _PARENT}},
    ),
    Example(
        "FlightTrackerSpec",
        "spec",
        "gateway.timeToLiveSeconds",
        "blink",
        {"gateway": {"timeToLiveSeconds": 15}},
        {"gateway": {"timeToLiveSeconds": 16}},
    ),
    Example(
        "FlightTrackerSpec",
        "spec",
        "kafka.retentionMinutes",
        "rebuilds",
        {"gateway": {"timeToLiveSeconds": 301}, "kafka": {"retentionMinutes": 5}},
        {"gateway": {"timeToLiveSeconds": 300}, "kafka": {"retentionMinutes": 5}},
    ),
    Example(
        "FlightTrackerSpec",
        "spec",
        "generator.replicas",
        "credits",
        {"source": {"opensky": {}}, "generator": {"replicas": 2}},
        {"source": {"simulated": {}}, "generator": {"replicas": 2}},
    ),
)
