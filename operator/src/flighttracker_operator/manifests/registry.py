"""The builtin schema registry: Apicurio, which stores its schemas in topics of the tracker's Kafka.

It starts slowly (10 to 40 s on two busy cores), and not at all if its topics delete records. So an init container
creates them in the builtin Kafka, and Strimzi in its own. In an external Kafka, Apicurio creates them itself.

Kafka's Java client accepts `ssl.keystore.key` only in PKCS#8 (`BEGIN PRIVATE KEY`). A Kafka password must not contain a
double quote or a backslash, because it becomes part of a JAAS configuration line.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker.spec.fields import Resources
from flighttracker.spec.servers import BuiltinSchemaRegistry
from flighttracker_operator.manifests import amounts, pods
from flighttracker_operator.manifests.credentials import kafka_mark
from flighttracker_operator.manifests.metadata import child, service
from flighttracker_operator.manifests.outgoing import ca_file, ca_mark, ca_mounts, ca_volumes
from flighttracker_operator.manifests.topics import make_topics, registry_topics, topics_volume
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.images import tracker_images
from flighttracker_operator.model.names import REGISTRY_MANAGEMENT_PORT, REGISTRY_PORT, selector
from flighttracker_operator.model.servers import (
    KafkaAccess,
    SecretKey,
    SecretKeys,
    kafka_access,
    kafka_names,
    keys_by_secret,
)

USER: Final = 1001
START_S: Final = 300
GRACE_S: Final = 30
COMMON: Final = "APICURIO_KAFKA_COMMON_"
LOGIN_MODULES: Final = {
    "PLAIN": "org.apache.kafka.common.security.plain.PlainLoginModule",
    "SCRAM-SHA-256": "org.apache.kafka.common.security.scram.ScramLoginModule",
    "SCRAM-SHA-512": "org.apache.kafka.common.security.scram.ScramLoginModule",
}
PROVIDER: Final = "files"
READS_FILES: Final = "org.apache.kafka.common.config.provider.DirectoryConfigProvider"
"""Kafka's client replaces `${files:DIRECTORY:FILE}` in its configuration with the content of the file."""
HEAP_SHARE: Final = 0.55
JVM_OPTIONS: Final = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError"
"""It answers a few requests per client, so the compiler for long loads would only double the CPU time of its start."""


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
    files = files_of(access)
    server = pods.container(
        "registry",
        images.schema_registry,
        amounts.resources(amounts.REGISTRY, _resources(tracker)),
        env=_environment(tracker, facts, access),
        ports=[
            {"name": "http", "containerPort": REGISTRY_PORT, "protocol": "TCP"},
            {"name": "management", "containerPort": REGISTRY_MANAGEMENT_PORT, "protocol": "TCP"},
        ],
        startupProbe=pods.http_probe("/health/ready", "management", period_s=3, failures=START_S // 3),
        readinessProbe=pods.http_probe("/health/ready", "management", period_s=10, failures=3),
        livenessProbe=pods.http_probe("/health/live", "management", period_s=20, failures=6),
        volumeMounts=[*pods.secret_mounts(files), *ca_mounts(tracker, facts)],
    )
    topics = make_topics(tracker, facts, images.kafka, registry_topics(tracker, facts), files)
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
                facts,
                "schema-registry",
                [server],
                user=USER,
                grace_s=GRACE_S,
                init_containers=[topics] if builtin_kafka else (),
                annotations=pods.roll_annotations(
                    facts, {**kafka_mark(tracker, facts), **ca_mark(tracker, facts)}, files
                ),
                volumes=[
                    *pods.secret_volumes(files),
                    *ca_volumes(tracker, facts),
                    *([topics_volume(tracker)] if builtin_kafka else []),
                ],
                temporary_size="256Mi",
            ),
        },
    )


def _resources(tracker: FlightTracker) -> Resources:
    return (tracker.spec.schema_registry.builtin or BuiltinSchemaRegistry()).resources


def _environment(tracker: FlightTracker, facts: Facts, access: KafkaAccess) -> list[dict[str, Any]]:
    heap = int(amounts.memory_limit(amounts.REGISTRY, _resources(tracker)) * HEAP_SHARE) // amounts.MEBIBYTE
    names = kafka_names(tracker, facts)
    plain = {
        # The public image also reads JAVA_MAX_MEM_RATIO and JAVA_OPTS_APPEND; other images only read JAVA_OPTS.
        "JAVA_OPTS": f"-Xmx{heap}m {JVM_OPTIONS}",
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
    if authority := access.authority.file if access.authority else ca_file(tracker, facts) if access.tls else "":
        plain |= {f"{COMMON}SSL_TRUSTSTORE_TYPE": "PEM", f"{COMMON}SSL_TRUSTSTORE_LOCATION": authority}
    if access.mechanism:
        plain[f"{COMMON}SASL_MECHANISM"] = access.mechanism
    if access.certificate and access.key:
        plain |= {
            f"{COMMON}SSL_KEYSTORE_TYPE": "PEM",
            f"{COMMON}SSL_KEYSTORE_CERTIFICATE_CHAIN": _from_file(access.certificate),
            f"{COMMON}SSL_KEYSTORE_KEY": _from_file(access.key),
        }
    login = _login(access)
    if login:
        plain[f"{COMMON}SASL_JAAS_CONFIG"] = login
    if any(f"${{{PROVIDER}:" in value for value in plain.values()):
        plain |= {
            f"{COMMON}CONFIG_PROVIDERS": PROVIDER,
            f"{COMMON}CONFIG_PROVIDERS_{PROVIDER.upper()}_CLASS": READS_FILES,
        }
    return [{"name": name, "value": value} for name, value in plain.items()]


def files_of(access: KafkaAccess) -> SecretKeys:
    """Return the keys that the registry reads as files; its environment contains no password and no key."""
    login = (access.jaas,) if access.jaas else (access.username, access.password)
    return keys_by_secret(access.authority, access.certificate, access.key, *login)


def _login(access: KafkaAccess) -> str:
    if access.jaas:
        return _from_file(access.jaas)
    if access.mechanism is None or access.password is None or not isinstance(access.username, SecretKey):
        return ""
    user, password = _from_file(access.username), _from_file(access.password)
    return f'{LOGIN_MODULES[access.mechanism]} required username="{user}" password="{password}";'


def _from_file(value: SecretKey) -> str:
    """Return a reference that Kafka's client replaces with the content of a file; Quarkus removes the backslash."""
    directory, _, key = value.file.rpartition("/")
    return f"\\${{{PROVIDER}:{directory}:{key}}}"
