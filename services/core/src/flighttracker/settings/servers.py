"""How a role reaches the servers behind a tracker: Kafka, Redis and the schema registry.

Passwords and keys are never in these structs, only the names of the files that hold them (a mounted Secret).
"""

from __future__ import annotations

from typing import Literal

from flighttracker.settings.base import Settings


class KafkaSettings(Settings, frozen=True):
    """How to reach Kafka, and which topics to use."""

    bootstrap_servers: str = "127.0.0.1:9092"
    """Addresses of some brokers, separated by commas; clients learn the other brokers from them."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """Kafka's name for the combination of TLS and SASL."""
    ca_file: str = ""
    """Trusted certificates, PEM; empty for those of the system. Only with TLS."""
    certificate_file: str = ""
    """Our client certificate, PEM; empty for none."""
    key_file: str = ""
    """The key of `certificate_file`, PEM, without a passphrase."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """SASL mechanism. Only with SASL."""
    username_file: str = ""
    """File with the user name (a mounted Secret). Only with SASL."""
    password_file: str = ""
    """File with the password (a mounted Secret). Only with SASL."""
    positions_topic: str = "flights"
    """Topic of the positions."""
    rejected_topic: str = "flights.rejected"
    """Topic of the rejected records: one partition, with the retention of the positions."""
    group: str = "flights-gateways"
    """Consumer group of the gateways, which share the partitions."""
    member: str = ""
    """Name of a static group member, different in each pod: a pod that restarts within the session timeout keeps its
    partitions. If empty, the partitions of a member that leaves are reassigned at once."""
    partitions: int = 6
    """Partitions of a new topic; an existing topic may have more, but not fewer."""
    replication_factor: int = 1
    """Copies of each record of a new topic."""
    retention_minutes: int = 60
    """How long positions are kept; an existing topic must have the same retention."""
    create_topics: bool = True
    """Whether to create missing topics; False if an operator (Strimzi) creates them."""
    request_timeout_s: float = 10.0
    """How long one request, or appending one tick, may take before it counts as failed."""
    session_timeout_s: float = 10.0
    """After this long without a heartbeat, a reader's partitions are reassigned; brokers require at least 6."""
    heartbeat_interval_s: float = 1.0
    """Time between two heartbeats, by which a reader learns of a rebalance: a new member waits at most this long."""


class RedisSettings(Settings, frozen=True):
    """How to reach Redis, and how much is stored there."""

    url: str = "redis://127.0.0.1:6379/0"
    """redis://[user:password@]host:port/database, or rediss:// with TLS. One server; no Sentinel, no Cluster."""
    url_file: str = ""
    """File with the URL, including the password (a mounted Secret); if set, `url` is not used."""
    ca_file: str = ""
    """Trusted certificates, PEM; empty for those of the system. Only with rediss://."""
    prefix: str = "flights:local"
    """Prefix of every key and channel, `flights:TRACKER`. It separates trackers that share a Redis."""
    request_timeout_s: float = 2.0
    """How long connecting and one answer may take: two ticks, because a later frame is useless."""
    max_connections: int = 16
    """Connections of one process for commands. This many calls run at the same time, and further ones wait."""
    key_frame_expiry_s: float = 60.0
    """How long a key frame is served after its owner has died; several times the interval of key frames."""
    recent_frames: int = 120
    """Delta frames stored for each shard, about: two minutes at one a second, 20 kB each for 10,000 aircraft."""
    session_expiry_s: float = 30.0
    """How long the viewers of a dead pod are still counted."""

    @property
    def shown_url(self) -> str:
        """The URL without the password, for messages."""
        scheme, _, place = self.url.partition("://")
        return f"{scheme}://{place.rpartition('@')[2]}"


class RegistrySettings(Settings, frozen=True):
    """How to reach the schema registry with the Confluent API."""

    url: str
    """URL of the Confluent API: `http://registry:8081`, `http://apicurio:8080/apis/ccompat/v7`."""
    subject: str = "flights-value"
    """Subject of our schema: the topic and `-value`, as in Confluent's serializers."""
    compatibility: Literal[
        "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"
    ] = "BACKWARD_TRANSITIVE"
    """Compatibility that the registry requires of a new version of the schema."""
    username_file: str = ""
    """File with the user name (a mounted Secret); empty for requests without credentials."""
    password_file: str = ""
    """File with the password (a mounted Secret)."""
    ca_file: str = ""
    """Trusted certificates, PEM; empty for those of the system. Only with https://."""
    request_timeout_s: float = 5.0
    """How long one request may take."""
    attempts: int = 5
    """Most attempts of one request, with exponential backoff."""
    first_wait_s: float = 0.5
    """Wait before the second attempt."""


class ServerSettings(Settings, frozen=True):
    """The three servers of a tracker; all its pods use the same ones."""

    kafka: KafkaSettings
    """The log of positions."""
    redis: RedisSettings
    """The relay of frames between gateways."""
    registry: RegistrySettings
    """The schemas of the positions."""
