"""`spec.kafka`, `spec.redis` and `spec.schemaRegistry`: the servers behind a tracker, run here or run by others.

Each has a `provider`, and a block of the same name that only this provider may have; a block that is left out has its
defaults. `external` has no defaults: nobody can guess an address.
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

SINGLE_NODE: Final = 1

REGISTRY_ACCOUNT: Final = "put them in a Secret and name it in credentialsSecret"
"""What to use instead of an account in the registry's address."""


class _Provided(SpecModel):
    """A server that one of several providers gives; each server narrows the list."""

    provider: str

    def broken_rules(self) -> Iterator[BrokenRule]:
        """A block stands only with its provider, and `external` has its block."""
        for name in ("builtin", "strimzi", "external"):
            if name != self.provider and getattr(self, name, None) is not None:
                allowed = f"must be left out, because provider is {self.provider}; or set provider: {name}"
                yield BrokenRule(name, allowed)
        if self.provider == "external" and getattr(self, "external", None) is None:
            yield BrokenRule("external", "is missing: provider: external needs the address of the server")


class BuiltinKafka(SpecModel):
    """A KRaft cluster that the operator runs as a StatefulSet."""

    replicas: Literal[1, 3] = 1
    """Brokers: 1, or 3 to survive the loss of one."""
    storage: Storage = Storage()
    """Volume of each broker."""
    resources: Resources = Resources()
    """What each broker asks for and may use."""


class StrimziUser(SpecModel):
    """How the tracker's KafkaUser signs in."""

    auth: Literal["scram", "tls"] = "scram"
    """SCRAM-SHA-512 with a password, or a client certificate."""


class StrimziKafka(SpecModel):
    """Kafka through the Strimzi operator, which must be installed."""

    cluster: ObjectName | None = None
    """Name of a Kafka in this namespace to use; left out: one is created for the tracker."""
    replicas: Literal[1, 3] = 3
    """Brokers of the Kafka that is created."""
    version: str | None = Field(default=None, pattern=KAFKA_VERSION.regex, max_length=20)
    """Kafka's version; left out: Strimzi's default."""
    storage: Storage = Storage()
    """Volume of each broker of the Kafka that is created."""
    user: StrimziUser = StrimziUser()
    """How the tracker signs in."""


class ExternalKafka(SpecModel):
    """A Kafka that others run."""

    bootstrap_servers: str = Field(pattern=BOOTSTRAP_SERVERS.regex, max_length=2048)
    """Brokers to begin with: "kafka-0:9092,kafka-1:9092"."""
    tls_secret: ObjectName | None = None
    """Secret with `ca.crt`, and `tls.crt` and `tls.key` for a client certificate; left out: no TLS."""
    sasl_secret: ObjectName | None = None
    """Secret with `username` and `password`; left out: no SASL."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How the password is used; only with `saslSecret`."""


class Kafka(_Provided):
    """The log of positions."""

    provider: Literal["builtin", "strimzi", "external"] = "builtin"
    """Who runs Kafka. It cannot change later: positions would stay behind."""
    builtin: BuiltinKafka | None = None
    """Settings of `provider: builtin`."""
    strimzi: StrimziKafka | None = None
    """Settings of `provider: strimzi`."""
    external: ExternalKafka | None = None
    """Settings of `provider: external`."""
    partitions: int = Field(default=6, ge=1, le=256)
    """Partitions of the topic, each a shard of the map. They can grow, never shrink."""
    retention_minutes: int = Field(default=60, ge=5, le=10_080)
    """How long positions are kept, minutes."""
    replication_factor: int | None = Field(default=None, ge=1, le=9)
    """Copies of each record; left out: 3, or 1 on a single broker."""

    @property
    def brokers(self) -> int | None:
        """How many brokers there are, None where others decide it."""
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
        """Beside the provider's rule: no more copies than brokers."""
        yield from super().broken_rules()
        if self.replication_factor and self.brokers and self.replication_factor > self.brokers:
            yield BrokenRule("replicationFactor", f"must be at most the number of brokers, {self.brokers}")


class BuiltinRedis(SpecModel):
    """A Redis that the operator runs, with a password and an append-only file."""

    storage: Storage = Storage(size="1Gi")
    """Volume of the append-only file."""
    resources: Resources = Resources()
    """What Redis asks for and may use."""


class ExternalRedis(SpecModel):
    """A Redis that others run."""

    url_secret: ObjectName
    """Secret with the key `url`: redis://… or rediss://…, with the password in it."""


class Redis(_Provided):
    """Passes frames from the owner of a shard to every gateway."""

    provider: Literal["builtin", "external"] = "builtin"
    """Who runs Redis."""
    builtin: BuiltinRedis | None = None
    """Settings of `provider: builtin`."""
    external: ExternalRedis | None = None
    """Settings of `provider: external`."""


class ExternalSchemaRegistry(SpecModel):
    """A Confluent-compatible schema registry that others run."""

    url: WebUrl
    """Address of its Confluent API."""
    credentials_secret: ObjectName | None = None
    """Secret with `username` and `password`; left out: asked without."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """The account is in a Secret."""
        yield from userinfo_rule("url", self.url, REGISTRY_ACCOUNT)


class SchemaRegistrySpec(_Provided):
    """Keeps the Avro schemas of the positions."""

    provider: Literal["builtin", "external"] = "builtin"
    """Who runs the registry."""
    external: ExternalSchemaRegistry | None = None
    """Settings of `provider: external`."""
    compatibility: Literal[
        "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"
    ] = "BACKWARD_TRANSITIVE"
    """Which changes of the schema the registry lets in."""
