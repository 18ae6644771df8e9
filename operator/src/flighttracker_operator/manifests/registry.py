"""The builtin schema registry: Apicurio, which stores its schemas in topics of the tracker's Kafka.

It starts slowly (10 to 40 s on two busy cores), and not at all if its topics delete records. So an init container
creates them in the builtin Kafka, and Strimzi in its own. In an external Kafka, Apicurio creates them itself.

Kafka's Java client accepts `ssl.keystore.key` only in PKCS#8 (`BEGIN PRIVATE KEY`). A Kafka password must not contain a
double quote or a backslash, because it becomes part of a JAAS configuration line.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests import amounts, pods
from flighttracker_operator.manifests.metadata import child, service
from flighttracker_operator.manifests.topics import make_topics, registry_topics, topics_volume
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import tracker_images
from flighttracker_operator.model.names import REGISTRY_MANAGEMENT_PORT, REGISTRY_PORT, selector
from flighttracker_operator.model.servers import KafkaAccess, SecretKey, kafka_access, kafka_names, keys_by_secret

USER: Final = 1001
START_S: Final = 300
GRACE_S: Final = 30
COMMON: Final = "APICURIO_KAFKA_COMMON_"
LOGIN_MODULES: Final = {
    "PLAIN": "org.apache.kafka.common.security.plain.PlainLoginModule",
    "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
}
HEAP_SHARE: Final = 0.55


def registry(tracker: FlightTracker, facts: Facts) -> list[Manifest]:
    """Return the builtin registry; no objects with another provider."""
    if tracker.spec.schema_registry.provider != "builtin":
        return []
    ports = {"http": REGISTRY_PORT, "management": REGISTRY_MANAGEMENT_PORT}
    return [
        service(tracker, facts, "schema-registry", ports),
        _deployment(tracker, facts, kafka_access(tracker, facts)),
    ]


def _deployment(tracker: FlightTracker, facts: Facts, access: KafkaAccess) -> Manifest:
    images = tracker_images(facts.images, tracker.spec.pod_template.image_overrides)
    builtin_kafka = tracker.spec.kafka.provider == "builtin"
    files = keys_by_secret(access.authority)
    server = pods.container(
        "registry",
        images.schema_registry,
        amounts.resources(amounts.REGISTRY),
        env=_environment(tracker, facts, access),
        ports=[
            {"name": "http", "containerPort": REGISTRY_PORT, "protocol": "TCP"},
            {"name": "management", "containerPort": REGISTRY_MANAGEMENT_PORT, "protocol": "TCP"},
        ],
        startupProbe=pods.http_probe("/health/ready", "management", period_s=3, failures=START_S // 3),
        readinessProbe=pods.http_probe("/health/ready", "management", period_s=10, failures=3),
        livenessProbe=pods.http_probe("/health/live", "management", period_s=20, failures=6),
        volumeMounts=pods.secret_mounts(files),
    )
    topics = make_topics(images.kafka, access.bootstrap_servers, registry_topics(tracker, facts))
    return child(
        tracker,
        facts,
        "schema-registry",
        api_version="apps/v1",
        kind="Deployment",
        spec={
            "replicas": 1,
            # Each pod keeps a full copy of the schemas, read from the topics, so two can run at once.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "revisionHistoryLimit": 3,
            "selector": {"matchLabels": selector(tracker, "schema-registry")},
            "template": pods.pod_template(
                tracker,
                "schema-registry",
                [server],
                user=USER,
                grace_s=GRACE_S,
                init_containers=[topics] if builtin_kafka else (),
                annotations=pods.roll_annotations(facts, {}, access.secrets()),
                volumes=[*pods.secret_volumes(files), *([topics_volume(tracker)] if builtin_kafka else [])],
                temporary_size="256Mi",
            ),
        },
    )


def _environment(tracker: FlightTracker, facts: Facts, access: KafkaAccess) -> list[dict[str, Any]]:
    heap = int(amounts.memory_limit(amounts.REGISTRY) * HEAP_SHARE) // amounts.MEBIBYTE
    names = kafka_names(tracker, facts)
    plain = {
        # The public image also reads JAVA_MAX_MEM_RATIO and JAVA_OPTS_APPEND; other images only read JAVA_OPTS.
        "JAVA_OPTS": f"-Xmx{heap}m -XX:+ExitOnOutOfMemoryError",
        "APICURIO_STORAGE_KIND": "kafkasql",
        "APICURIO_KAFKASQL_BOOTSTRAP_SERVERS": access.bootstrap_servers,
        # Apicurio's default accepts incompatible schemas.
        "APICURIO_RULES_GLOBAL_COMPATIBILITY": tracker.spec.schema_registry.compatibility,
        "APICURIO_KAFKASQL_TOPIC_AUTO_CREATE": str(tracker.spec.kafka.provider == "external").lower(),
        "APICURIO_KAFKASQL_TOPIC": names.journal,
        "APICURIO_KAFKASQL_SNAPSHOTS_TOPIC": names.snapshots,
        "APICURIO_EVENTS_KAFKA_TOPIC": names.events,
        "APICURIO_KAFKASQL_CONSUMER_GROUP_PREFIX": names.registry,
        f"{COMMON}SECURITY_PROTOCOL": access.protocol,
    }
    if access.authority:
        plain |= {f"{COMMON}SSL_TRUSTSTORE_TYPE": "PEM", f"{COMMON}SSL_TRUSTSTORE_LOCATION": access.authority.file}
    if access.mechanism:
        plain[f"{COMMON}SASL_MECHANISM"] = access.mechanism
    environment: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in plain.items()]
    if access.certificate and access.key:
        environment += [
            {"name": f"{COMMON}SSL_KEYSTORE_TYPE", "value": "PEM"},
            _from_secret(f"{COMMON}SSL_KEYSTORE_CERTIFICATE_CHAIN", access.certificate),
            _from_secret(f"{COMMON}SSL_KEYSTORE_KEY", access.key),
        ]
    return environment + _jaas(access)


def _jaas(access: KafkaAccess) -> list[dict[str, Any]]:
    name = f"{COMMON}SASL_JAAS_CONFIG"
    if access.jaas:
        return [_from_secret(name, access.jaas)]
    if access.mechanism is None or access.password is None or not isinstance(access.username, SecretKey):
        return []
    login = f'{LOGIN_MODULES[access.mechanism]} required username="$(KAFKA_USERNAME)" password="$(KAFKA_PASSWORD)";'
    # Kubernetes replaces $(NAME) in the third value with the two variables before it.
    return [
        _from_secret("KAFKA_USERNAME", access.username),
        _from_secret("KAFKA_PASSWORD", access.password),
        {"name": name, "value": login},
    ]


def _from_secret(name: str, value: SecretKey) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": value.secret, "key": value.key}}}
