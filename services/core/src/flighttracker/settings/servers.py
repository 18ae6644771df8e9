"""How a role reaches the servers behind a tracker: Kafka, Redis and the schema registry.

Passwords and keys are never in these structs, only the names of the files that hold them (a mounted Secret).
"""

from __future__ import annotations

from typing import Literal

from flighttracker.settings.base import Settings


class KafkaSettings(Settings, frozen=True):
    """How to reach Kafka, and what the topics are."""

    bootstrap_servers: str = "127.0.0.1:9092"
    """Brokers to begin with, separated by commas; the others are learned from them."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """Kafka's own names: with TLS or without, with a password or without."""
    ca_file: str = ""
    """Certificates to trust, PEM; empty trusts those of the system. Only with TLS."""
    certificate_file: str = ""
    """Our certificate, PEM, where the brokers ask for one; empty shows none."""
    key_file: str = ""
    """The key of `certificate_file`, PEM, without a passphrase."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How the password is used. Only with SASL."""
    username_file: str = ""
    """File with the user name (a mounted Secret). Only with SASL."""
    password_file: str = ""
    """File with the password (a mounted Secret). Only with SASL."""
    positions_topic: str = "flights"
    rejected_topic: str = "flights.rejected"
    """Topic of the refused records: one partition, kept as long as the positions."""
    group: str = "flights-gateways"
    """Consumer group of the gateways: they share the partitions."""
    member: str = ""
    """Name of a static member, different in each pod: a pod that restarts within the session timeout finds its
    partitions again. Empty: a member that leaves gives its partitions to the others at once."""
    partitions: int = 6
    """Partitions of the topic when it is created; one that exists may have more, never fewer."""
    replication_factor: int = 1
    """Copies of each record when a topic is created."""
    retention_minutes: int = 60
    """How long positions are kept; a topic that exists must say the same."""
    create_topics: bool = True
    """Whether to create topics that do not exist; False where an operator (Strimzi) creates them."""
    request_timeout_s: float = 10.0
    """How long one request, or appending one tick, may take before it counts as failed."""
    session_timeout_s: float = 10.0
    """After so long without a heartbeat a reader's partitions go to the others; brokers allow 6 at least."""
    heartbeat_interval_s: float = 1.0
    """How often a reader asks whether the partitions are dealt out anew: the longest wait of one that joins."""


class RedisSettings(Settings, frozen=True):
    """How to reach Redis, and how much is kept there."""

    url: str = "redis://127.0.0.1:6379/0"
    """redis://[user:password@]host:port/database, or rediss:// with TLS. One server; no Sentinel, no Cluster."""
    url_file: str = ""
    """File with the address and the password in it (a mounted Secret); when set, `url` is not used."""
    ca_file: str = ""
    """Certificates to trust, PEM; empty trusts those of the system. Only with rediss://."""
    prefix: str = "flights:local"
    """Begin of every key and channel, `flights:TRACKER`: trackers that share a Redis differ here."""
    request_timeout_s: float = 2.0
    """How long connecting and one answer may take: two ticks, because a frame that is later is of no use."""
    max_connections: int = 16
    """Connections of one process for commands, and as many callers at once; more wait."""
    key_frame_expiry_s: float = 60.0
    """How long a key frame is served after its owner has died; several times the interval between two."""
    recent_frames: int = 120
    """Delta frames kept of each shard, about: two minutes at one a second, about 20 kB each for 10,000 aircraft."""
    session_expiry_s: float = 30.0
    """How long the viewers of a pod that died are counted."""

    @property
    def shown_url(self) -> str:
        """The address without the password, for people."""
        scheme, _, place = self.url.partition("://")
        return f"{scheme}://{place.rpartition('@')[2]}"


class RegistrySettings(Settings, frozen=True):
    """How to reach the schema registry, by its Confluent API."""

    url: str
    """Address of the Confluent API: `http://registry:8081`, `http://apicurio:8080/apis/ccompat/v7`."""
    subject: str = "flights-value"
    """Under which name our schema is registered: the topic's, as Confluent's serializers name it."""
    compatibility: Literal[
        "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"
    ] = "BACKWARD_TRANSITIVE"
    """Which changes of the schema the registry lets in."""
    username_file: str = ""
    """File with the user name (a mounted Secret); empty asks without an account."""
    password_file: str = ""
    """File with the password (a mounted Secret)."""
    ca_file: str = ""
    """Certificates to trust, PEM; empty trusts those of the system. Only with https://."""
    request_timeout_s: float = 5.0
    attempts: int = 5
    """How often a request is tried while the registry does not answer, with twice the wait each time."""
    first_wait_s: float = 0.5
    """Wait before the second attempt."""


class ServerSettings(Settings, frozen=True):
    """The three servers of a tracker; every pod of it uses the same."""

    kafka: KafkaSettings
    redis: RedisSettings
    registry: RegistrySettings
