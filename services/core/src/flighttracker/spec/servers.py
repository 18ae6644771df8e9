"""`spec.kafka`, `spec.redis` and `spec.schemaRegistry`: the servers that a tracker needs.

The operator runs them (`provider: builtin`), or they exist already. The settings of a provider are in the block of the
same name; the blocks of other providers must be left out. Every block has defaults except `external`, which needs an
address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from pydantic import Field

from flighttracker.spec.fields import (
    BOOTSTRAP_SERVERS,
    KAFKA_VERSION,
    BrokenRule,
    ObjectName,
    Resources,
    SpecModel,
    Storage,
    WebUrl,
    userinfo_rule,
)
from flighttracker.spec.pod_template import TOPICS_CONTAINER, PodTemplate, template_rules

SINGLE_NODE: Final = 1

REGISTRY_ACCOUNT: Final = "put them in a Secret and name it in credentialsSecret"
"""What to use instead of an account in the registry's address."""


class _Provided(SpecModel):
    """A server with a choice of providers; each subclass lists its own."""

    provider: str

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield the blocks of other providers, and a missing `external` block."""
        for name in ("builtin", "strimzi", "external"):
            if name != self.provider and getattr(self, name, None) is not None:
                allowed = f"must be left out, because provider is {self.provider}; or set provider: {name}"
                yield BrokenRule(name, allowed)
        if self.provider == "external" and getattr(self, "external", None) is None:
            yield BrokenRule("external", "is missing: provider: external needs the address of the server")


class BuiltinKafka(SpecModel):
    """A KRaft cluster that the operator runs as a StatefulSet."""

    replicas: Literal[1, 3] = 1
    """Number of brokers: 1, or 3 to tolerate the loss of one."""
    storage: Storage = Storage()
    """Volume of each broker."""
    resources: Resources = Resources()
    """CPU and memory of each broker."""


class StrimziUser(SpecModel):
    """How the tracker's KafkaUser authenticates."""

    auth: Literal["scram", "tls"] = "scram"
    """`scram`: SCRAM-SHA-512 with a password. `tls`: a client certificate."""


class StrimziKafka(SpecModel):
    """A Kafka cluster of the Strimzi operator, which must be installed."""

    cluster: ObjectName | None = None
    """Name of an existing Kafka resource in the same namespace. If unset, one is created for the tracker."""
    replicas: Literal[1, 3] = 3
    """Number of brokers of the created Kafka cluster."""
    version: str | None = Field(default=None, pattern=KAFKA_VERSION.regex, max_length=20)
    """Kafka version of the created cluster. Defaults to Strimzi's default version."""
    storage: Storage = Storage()
    """Volume of each broker of the created cluster."""
    user: StrimziUser = StrimziUser()
    """How the tracker authenticates."""


TLS_IS_OFF: Final = "cannot be combined with tls: false; leave one out"
"""What is wrong with certificates that no connection uses."""


class ExternalKafka(SpecModel):
    """An existing Kafka cluster that the operator does not manage."""

    bootstrap_servers: str = Field(pattern=BOOTSTRAP_SERVERS.regex, max_length=2048)
    """Bootstrap servers: "kafka-0:9092,kafka-1:9092"."""
    tls: bool | None = None
    """Whether connections use TLS. Defaults to true with `tlsSecret` or `saslSecret`, so that no password is sent in
    clear unless this is false."""
    tls_secret: ObjectName | None = None
    """Secret with `ca.crt`, and with `tls.crt` and `tls.key` for a client certificate. If unset, public certificate
    authorities are trusted."""
    sasl_secret: ObjectName | None = None
    """Secret with `username` and `password`. If unset, SASL is not used."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """SASL mechanism; used only with `saslSecret`."""

    @property
    def is_encrypted(self) -> bool:
        """Whether connections use TLS."""
        return self.tls if self.tls is not None else bool(self.tls_secret or self.sasl_secret)

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield certificates without TLS."""
        if self.tls is False and self.tls_secret is not None:
            yield BrokenRule("tlsSecret", TLS_IS_OFF)


class Kafka(_Provided):
    """The log of positions."""

    provider: Literal["builtin", "strimzi", "external"] = "builtin"
    """Who runs Kafka: the operator (`builtin`), Strimzi (`strimzi`), or someone else (`external`). It cannot be changed
    later, because existing positions would not be migrated."""
    builtin: BuiltinKafka | None = None
    """Settings of `provider: builtin`."""
    strimzi: StrimziKafka | None = None
    """Settings of `provider: strimzi`."""
    external: ExternalKafka | None = None
    """Settings of `provider: external`."""
    partitions: int = Field(default=6, ge=1, le=256)
    """Partitions of the topic; each is a shard of the map. The number can grow, but not shrink."""
    retention_minutes: int = Field(default=60, ge=5, le=10_080)
    """How long Kafka keeps positions, minutes."""
    replication_factor: int | None = Field(default=None, ge=1, le=9)
    """Copies of each record. Defaults to 3, or to 1 with a single broker."""
    pod_template: PodTemplate | None = None
    """Settings of the brokers' pods, whose container is `kafka`. With Strimzi, they become the `template` of the node
    pool."""

    @property
    def brokers(self) -> int | None:
        """Number of brokers; None if the tracker does not create the cluster."""
        if self.provider == "builtin":
            return (self.builtin or BuiltinKafka()).replicas
        if self.provider == "strimzi":
            strimzi = self.strimzi or StrimziKafka()
            return strimzi.replicas if strimzi.cluster is None else None
        return None

    @property
    def copies(self) -> int:
        """Copies of each record."""
        return self.replication_factor or (SINGLE_NODE if self.brokers == SINGLE_NODE else 3)

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield the provider's broken rules, and more copies than brokers."""
        yield from super().broken_rules()
        if self.replication_factor and self.brokers and self.replication_factor > self.brokers:
            yield BrokenRule("replicationFactor", f"must be at most the number of brokers, {self.brokers}")
        yield from template_rules(self.pod_template, "kafka")


class BuiltinRedis(SpecModel):
    """A Redis that the operator runs, with a password and an append-only file."""

    storage: Storage = Storage(size="1Gi")
    """Volume of the append-only file."""
    resources: Resources = Resources()
    """CPU and memory of Redis."""


class ExternalRedis(SpecModel):
    """An existing Redis that the operator does not manage."""

    url_secret: ObjectName
    """Secret with the key `url`: a redis:// or rediss:// URL that includes the password."""


class Redis(_Provided):
    """Relays frames from the owner of a shard to every gateway."""

    provider: Literal["builtin", "external"] = "builtin"
    """Who runs Redis: the operator (`builtin`), or someone else (`external`)."""
    builtin: BuiltinRedis | None = None
    """Settings of `provider: builtin`."""
    external: ExternalRedis | None = None
    """Settings of `provider: external`."""
    pod_template: PodTemplate | None = None
    """Settings of the pod of Redis, whose container is `redis`."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield the provider's broken rules, and what a template must not change."""
        yield from super().broken_rules()
        yield from template_rules(self.pod_template, "redis")


class ExternalSchemaRegistry(SpecModel):
    """An existing schema registry with the Confluent API, which the operator does not manage."""

    url: WebUrl
    """Address of its Confluent API."""
    credentials_secret: ObjectName | None = None
    """Secret with `username` and `password`. If unset, requests carry no credentials."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a URL with a user name or password."""
        yield from userinfo_rule("url", self.url, REGISTRY_ACCOUNT)


class BuiltinSchemaRegistry(SpecModel):
    """An Apicurio Registry that the operator runs."""

    resources: Resources = Resources()
    """CPU and memory of the registry."""


class SchemaRegistrySpec(_Provided):
    """Stores the Avro schemas of the positions."""

    provider: Literal["builtin", "external"] = "builtin"
    """Who runs the registry: the operator (`builtin`), or someone else (`external`)."""
    builtin: BuiltinSchemaRegistry | None = None
    """Settings of `provider: builtin`."""
    external: ExternalSchemaRegistry | None = None
    """Settings of `provider: external`."""
    compatibility: Literal[
        "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"
    ] = "BACKWARD_TRANSITIVE"
    """Compatibility that the registry requires of a new version of the schema."""
    pod_template: PodTemplate | None = None
    """Settings of the registry's pod, whose containers are `registry` and, with the builtin Kafka, the init container
    `topics`."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield the provider's broken rules, and what a template must not change."""
        yield from super().broken_rules()
        yield from template_rules(self.pod_template, "registry", TOPICS_CONTAINER)
