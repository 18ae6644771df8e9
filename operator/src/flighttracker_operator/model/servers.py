"""Addresses, users and certificates of a tracker's servers, from the resource and Strimzi's status.

The roles get them as `ServerSettings` (paths in mounted Secrets); the builtin registry gets a `KafkaAccess` in its
environment. Passwords are not read here, only names of Secrets and keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from flighttracker.plan import SECRETS_DIRECTORY
from flighttracker.plan_history import HISTORIAN_PORT
from flighttracker.settings import KafkaSettings, RedisSettings, RegistrySettings, ServerSettings
from flighttracker.spec import FlightTracker
from flighttracker.spec.servers import ExternalKafka, StrimziKafka
from flighttracker_operator.model.facts import Facts
from flighttracker_operator.model.names import (
    KAFKA_PORT,
    REGISTRY_PORT,
    child_name,
    kafka_secret,
    redis_secret,
    strimzi_ca_secret,
    strimzi_cluster,
    strimzi_user,
)

CONFIG_DIRECTORY: Final = "/etc/flighttracker/config"
"""Mount path of a role's ConfigMap."""
USERNAME_KEY: Final = "kafka-username"
"""Key of a role's ConfigMap with the user name, which Strimzi's Secrets do not contain."""
TOPIC: Final = "flights"
BUILTIN_USER: Final = "flighttracker"
"""User of the builtin Kafka, for clients and nodes."""

STRIMZI_PORT: Final = 9093
"""Port of the listener of a Strimzi Kafka that the tracker creates."""


@dataclass(frozen=True, slots=True)
class KafkaNames:
    """Names of the tracker's topics and consumer groups.

    Attributes:
        base: prefix of all of them.
        positions: the topic of positions.
        rejected: the topic of rejected records.
        gateways: the consumer group of the gateways.
        historians: the consumer group of the historians.
        registry: prefix of the builtin registry's consumer groups.
        journal: the builtin registry's topic of schemas.
        snapshots: the builtin registry's topic of snapshots.
        events: the builtin registry's topic of events.
    """

    base: str
    positions: str
    rejected: str
    gateways: str
    historians: str
    registry: str
    journal: str
    snapshots: str
    events: str


SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A key of a Secret."""

    secret: str
    key: str

    @property
    def file(self) -> str:
        """Path of its file in a role's pod."""
        return f"{SECRETS_DIRECTORY}/{self.secret}/{self.key}"


SecretKeys = Mapping[str, frozenset[str]]
"""Keys of Secrets, by the name of the Secret."""


def keys_by_secret(*values: SecretKey | str | None) -> dict[str, frozenset[str]]:
    """Return the keys of each Secret; what is no value of a Secret is left out."""
    keys: dict[str, frozenset[str]] = {}
    for value in values:
        if isinstance(value, SecretKey):
            keys[value.secret] = keys.get(value.secret, frozenset()) | {value.key}
    return keys


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaAccess:
    """How to reach the tracker's Kafka.

    Attributes:
        bootstrap_servers: addresses for the first connection, as host:port.
        tls: whether connections use TLS.
        authority: CA certificate to trust; None for the system's.
        certificate: client certificate; None without client authentication.
        key: private key of `certificate`.
        mechanism: SASL mechanism; None without SASL.
        username: the user name, as plain text or a key of a Secret.
        password: the password.
        jaas: `sasl.jaas.config` as Strimzi writes it; None if it must be assembled from user name and password.
    """

    bootstrap_servers: str
    tls: bool = False
    authority: SecretKey | None = None
    certificate: SecretKey | None = None
    key: SecretKey | None = None
    mechanism: SaslMechanism | None = None
    username: SecretKey | str = ""
    password: SecretKey | None = None
    jaas: SecretKey | None = None

    @property
    def protocol(self) -> Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]:
        """Kafka's `security.protocol`."""
        if self.mechanism is None:
            return "SSL" if self.tls else "PLAINTEXT"
        return "SASL_SSL" if self.tls else "SASL_PLAINTEXT"

    def files(self) -> SecretKeys:
        """Return the keys that a role reads as files."""
        return keys_by_secret(self.authority, self.certificate, self.key, self.username, self.password)


def kafka_names(tracker: FlightTracker, facts: Facts) -> KafkaNames:
    """Return the names of the tracker's topics and consumer groups.

    In a Kafka of its own they start with `flights`. In a shared Kafka they start with `flights.NAMESPACE.TRACKER`, so
    trackers do not read each other's positions, and one ACL on a prefix is enough for a user.
    """
    kafka = tracker.spec.kafka
    shared = kafka.external is not None or (kafka.strimzi is not None and kafka.strimzi.cluster is not None)
    base = f"{TOPIC}.{facts.namespace}.{tracker.metadata.name}" if shared else TOPIC
    registry = f"{base}." if shared else ""
    return KafkaNames(
        base=base,
        positions=base,
        rejected=f"{base}.rejected",
        gateways=f"{base}-gateways",
        historians=f"{base}-historians",
        registry=f"{base}-registry-",
        journal=f"{registry}kafkasql-journal",
        snapshots=f"{registry}kafkasql-snapshots",
        events=f"{registry}registry-events",
    )


def server_settings(tracker: FlightTracker, facts: Facts) -> ServerSettings:
    """Return the server settings of a tracker's roles."""
    return ServerSettings(
        kafka=_kafka_settings(tracker, facts, kafka_access(tracker, facts)),
        redis=_redis_settings(tracker, facts),
        registry=_registry_settings(tracker, facts),
    )


def kafka_access(tracker: FlightTracker, facts: Facts) -> KafkaAccess:
    """Return the addresses and credentials of the tracker's Kafka, with any provider."""
    kafka = tracker.spec.kafka
    cluster = strimzi_cluster(tracker)
    if cluster is not None:
        return _strimzi_access(tracker, facts, cluster, kafka.strimzi or StrimziKafka())
    if kafka.external is not None:
        return _external_access(kafka.external, facts)
    secret = kafka_secret(tracker)
    return KafkaAccess(
        bootstrap_servers=f"{child_name(tracker, 'kafka')}.{facts.namespace}.svc:{KAFKA_PORT}",
        mechanism="PLAIN",
        username=SecretKey(secret, "username"),
        password=SecretKey(secret, "password"),
    )


def history_url(tracker: FlightTracker, facts: Facts) -> str:
    """Return where gateways ask the historians; empty if the tracker keeps no history."""
    if not tracker.spec.history.enabled:
        return ""
    return f"http://{child_name(tracker, 'historian')}.{facts.namespace}.svc:{HISTORIAN_PORT}"


def strimzi_bootstrap(kafka: Mapping[str, Any] | None, auth: Literal["scram", "tls"]) -> str | None:
    """Return the address of the listener for this kind of user, or None if the Kafka has none (yet).

    Args:
        kafka: the live Kafka object.
        auth: authentication of the user.
    """
    if kafka is None:
        return None
    wanted = {"scram": "scram-sha-512", "tls": "tls"}[auth]
    listeners = kafka["spec"]["kafka"].get("listeners", ())
    names = [
        listener["name"]
        for listener in sorted(listeners, key=lambda listener: listener.get("type") != "internal")
        if listener.get("tls") and (listener.get("authentication") or {}).get("type") == wanted
    ]
    addresses = {
        listener.get("name"): listener.get("bootstrapServers")
        for listener in (kafka.get("status") or {}).get("listeners", ())
    }
    return next((address for name in names if (address := addresses.get(name))), None)


def _strimzi_access(tracker: FlightTracker, facts: Facts, cluster: str, strimzi: StrimziKafka) -> KafkaAccess:
    # Until Strimzi reports an address, the one of its naming scheme is used. Pods then start and wait for their
    # Secrets. If they were left out instead, running pods would be deleted when the status is briefly missing.
    bootstrap = strimzi_bootstrap(facts.strimzi_kafka, strimzi.user.auth)
    user = strimzi_user(tracker)
    scram = strimzi.user.auth == "scram"
    return KafkaAccess(
        bootstrap_servers=bootstrap or f"{cluster}-kafka-bootstrap.{facts.namespace}.svc:{STRIMZI_PORT}",
        tls=True,
        authority=SecretKey(strimzi_ca_secret(cluster), "ca.crt"),
        certificate=None if scram else SecretKey(user, "user.crt"),
        key=None if scram else SecretKey(user, "user.key"),
        mechanism="SCRAM-SHA-512" if scram else None,
        username=user if scram else "",
        password=SecretKey(user, "password") if scram else None,
        jaas=SecretKey(user, "sasl.jaas.config") if scram else None,
    )


def _external_access(external: ExternalKafka, facts: Facts) -> KafkaAccess:
    tls, sasl = external.tls_secret, external.sasl_secret
    own_certificate = tls is not None and "tls.crt" in facts.keys_of(tls)
    return KafkaAccess(
        bootstrap_servers=external.bootstrap_servers,
        tls=external.is_encrypted,
        authority=SecretKey(tls, "ca.crt") if tls else None,
        certificate=SecretKey(tls, "tls.crt") if tls and own_certificate else None,
        key=SecretKey(tls, "tls.key") if tls and own_certificate else None,
        mechanism=external.sasl_mechanism if sasl else None,
        username=SecretKey(sasl, "username") if sasl else "",
        password=SecretKey(sasl, "password") if sasl else None,
    )


def _kafka_settings(tracker: FlightTracker, facts: Facts, access: KafkaAccess) -> KafkaSettings:
    kafka, names = tracker.spec.kafka, kafka_names(tracker, facts)
    username = access.username.file if isinstance(access.username, SecretKey) else access.username and _USERNAME_FILE
    return KafkaSettings(
        bootstrap_servers=access.bootstrap_servers,
        security_protocol=access.protocol,
        ca_file=_file(access.authority),
        certificate_file=_file(access.certificate),
        key_file=_file(access.key),
        sasl_mechanism=access.mechanism or "SCRAM-SHA-512",
        username_file=username,
        password_file=_file(access.password),
        positions_topic=names.positions,
        rejected_topic=names.rejected,
        group=names.gateways,
        partitions=kafka.partitions,
        replication_factor=kafka.copies,
        retention_minutes=kafka.retention_minutes,
        create_topics=kafka.provider != "strimzi",
    )


_USERNAME_FILE: Final = f"{CONFIG_DIRECTORY}/{USERNAME_KEY}"


def _redis_settings(tracker: FlightTracker, facts: Facts) -> RedisSettings:
    external = tracker.spec.redis.external
    secret = external.url_secret if external else redis_secret(tracker)
    authority = SecretKey(secret, "ca.crt") if external and "ca.crt" in facts.keys_of(secret) else None
    return RedisSettings(
        url_file=SecretKey(secret, "url").file,
        ca_file=_file(authority),
        prefix=f"flights:{facts.namespace}/{tracker.metadata.name}",
    )


def _registry_settings(tracker: FlightTracker, facts: Facts) -> RegistrySettings:
    registry = tracker.spec.schema_registry
    subject = f"{kafka_names(tracker, facts).positions}-value"
    if registry.external is None:
        url = f"http://{child_name(tracker, 'schema-registry')}.{facts.namespace}.svc:{REGISTRY_PORT}/apis/ccompat/v7"
        return RegistrySettings(url=url, subject=subject, compatibility=registry.compatibility)
    secret = registry.external.credentials_secret
    return RegistrySettings(
        url=registry.external.url,
        subject=subject,
        compatibility=registry.compatibility,
        username_file=SecretKey(secret, "username").file if secret else "",
        password_file=SecretKey(secret, "password").file if secret else "",
        ca_file=SecretKey(secret, "ca.crt").file if secret and "ca.crt" in facts.keys_of(secret) else "",
    )


def _file(value: SecretKey | None) -> str:
    return value.file if value else ""
