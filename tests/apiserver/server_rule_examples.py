"""Examples of the rules of `spec.kafka`, `spec.redis` and `spec.schemaRegistry`; `rule_examples` includes them."""

from __future__ import annotations

from typing import Any

from tests.apiserver.rule_example import Example, Json

_EXTERNAL = {"bootstrapServers": "kafka:9092"}


def _kafka(**members: Any) -> Json:
    return {"kafka": members}


def _builtin(**members: Any) -> Json:
    return {"kafka": {"builtin": members}}


def _strimzi(**members: Any) -> Json:
    return {"kafka": {"provider": "strimzi", "strimzi": members}}


def _redis(**storage: Any) -> Json:
    return {"redis": {"builtin": {"storage": storage}}}


def _external_kafka(**members: Any) -> Json:
    return {"kafka": {"provider": "external", "external": {"bootstrapServers": "kafka:9092", **members}}}


SERVER_EXAMPLES = (
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
        "cannot decrease",
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
        "ExternalKafka",
        "spec.kafka.external",
        "tlsSecret",
        "tls: false",
        _external_kafka(tls=False, tlsSecret="ca"),
        _external_kafka(tls=True, tlsSecret="ca"),
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
        "builtin",
        "must be left out",
        {"schemaRegistry": {"provider": "external", "external": {"url": "http://registry"}, "builtin": {}}},
        {"schemaRegistry": {"builtin": {}}},
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
    Example(
        "ExternalSchemaRegistry",
        "spec.schemaRegistry.external",
        "url",
        "no user name or password",
        {"schemaRegistry": {"provider": "external", "external": {"url": "http://me:s3cret@registry"}}},
        {"schemaRegistry": {"provider": "external", "external": {"url": "http://registry"}}},
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
)
