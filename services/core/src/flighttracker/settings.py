"""What each role needs to run, complete and frozen: the structs that `plan` makes from a resource.

A pod reads its struct from a mounted file (`read_settings`), `flighttracker local` hands the same struct to the same
`run(settings, bus, clock)`. Nothing here does I/O except `read_settings`; every field says its unit, default and
reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from flighttracker.errors import StartError


class _Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base: frozen, named arguments only, and an unknown field in a file is an error."""


class BoundingBox(_Settings, frozen=True):
    """A part of the world; `west` may be greater than `east`, then it crosses the 180th meridian."""

    south_deg: float
    west_deg: float
    north_deg: float
    east_deg: float


class SimulatedSource(_Settings, frozen=True, tag="simulated"):
    """Simulated traffic."""

    aircraft: int = 10_000
    """How many aircraft exist, on the ground or in the air; 1 to 100,000."""
    countries: dict[str, float] = {}
    """Weight of the traffic by ISO 3166 alpha-2 code; empty means the whole world, as busy as it is."""
    seed: int = 1
    """The same seed gives the same fleet and the same flights."""
    interval_s: float = 15.0
    """Seconds between two positions of one aircraft; 1 is the least. Aircraft are spread over the interval."""


class OpenSkySource(_Settings, frozen=True, tag="opensky"):
    """OpenSky's REST state vectors."""

    url: str = "https://opensky-network.org/api/states/all"
    token_url: str = "https://auth.opensky-network.org/auth/realms/opensky-network/protocol/openid-connect/token"  # noqa: S105
    credentials_directory: str = ""
    """Directory with the files `client_id` and `client_secret` (a mounted Secret); empty asks without an account."""
    bounding_box: BoundingBox | None = None
    interval_s: float = 90.0
    """Seconds between two requests. An account without a feeder has 4,000 credits a day: about 86 s for the world."""
    request_timeout_s: float = 30.0
    max_answer_bytes: int = 32 * 1024 * 1024
    """A larger answer is refused: the whole world is about 1.5 MB."""


class ReadsbSource(_Settings, frozen=True, tag="readsb"):
    """`aircraft.json` of readsb, dump1090 or a tar1090 site."""

    url: str
    interval_s: float = 1.0
    request_timeout_s: float = 10.0
    max_answer_bytes: int = 32 * 1024 * 1024


SourceSettings = SimulatedSource | OpenSkySource | ReadsbSource


class GeneratorSettings(_Settings, frozen=True):
    """Everything the generator needs."""

    tracker: str = "local"
    """Name of the FlightTracker; a label on metrics and part of channel names."""
    source: SourceSettings = msgspec.field(default_factory=SimulatedSource)
    replica: int = 0
    """Which part of the fleet this process produces: `hash(icao24) % replicas == replica`."""
    replicas: int = 1
    max_buffered_records: int = 100_000
    """Records that wait while the bus is away, about 300 bytes each; when there are more, the oldest are dropped."""
    metrics_port: int = 9100
    """Port of /metrics and /health; 0 serves none (local mode: the gateway's /metrics has everything)."""


class LimitSettings(_Settings, frozen=True):
    """Bounds of one gateway: whatever clients do, it uses no more than this."""

    max_connections: int = 10_000
    max_connects_per_s: int = 500
    """New WebSocket connections a second that are let in; above it a client is told to come back (HTTP 503)."""
    max_message_bytes: int = 4096
    """Longest message from a client, fragments together; a longer one closes with 1009."""
    max_messages_per_s: float = 5.0
    """Messages from one client; more closes with 4429."""
    slow_client_s: float = 30.0
    """How long a client may be behind before it is closed with 4408."""
    write_buffer_bytes: int = 64 * 1024
    """What one socket may hold unsent before it counts as slow."""
    ping_interval_s: float = 20.0
    ping_timeout_s: float = 20.0
    max_slots_per_shard: int = 200_000
    """Most aircraft a shard keeps; more are refused and counted."""


class GatewaySettings(_Settings, frozen=True):
    """Everything a gateway needs."""

    tracker: str = "local"
    host: str = "127.0.0.1"
    port: int = 8000
    tick_s: float = 1.0
    """Seconds between two frames of a shard."""
    key_frame_interval_s: float = 10.0
    """Seconds between two key frames in the store."""
    time_to_live_s: float = 300.0
    """How long an aircraft stays on the map after its last position; OpenSky, too, forgets after five minutes."""
    stale_after_ticks: int = 3
    """After so many ticks without a frame a shard's picture is marked stale."""
    allowed_origins: tuple[str, ...] = ()
    """Values of the Origin header that /ws and CORS accept; empty means the gateway's own host only, `*` any."""
    page_directory: str = ""
    """Directory of the built page to serve at /; empty serves none (in a cluster the dashboard has its own pods)."""
    tiles_url: str = ""
    """Map tiles for the page, `https://…/{z}/{x}/{y}.png`; empty draws the built-in world map."""
    tiles_attribution: str = ""
    default_view: tuple[float, float, float] = (30.0, 5.0, 3.0)
    """What the page shows first: latitude and longitude in degrees, zoom."""
    drain_s: float = 10.0
    """How long connections are closed in batches after SIGTERM."""
    limits: LimitSettings = msgspec.field(default_factory=LimitSettings)


class KafkaSettings(_Settings, frozen=True):
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


class RedisSettings(_Settings, frozen=True):
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
    """Connections of one process for commands; a subscription has its own. More callers wait."""
    key_frame_expiry_s: float = 60.0
    """How long a key frame is served after its owner has died; several times the interval between two."""
    recent_frames: int = 120
    """Delta frames kept of each shard, about: two minutes at one a second, about 20 kB each for 10,000 aircraft."""
    session_expiry_s: float = 30.0
    """How long the viewers of a pod that died are counted."""


class RegistrySettings(_Settings, frozen=True):
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


SettingsType = TypeVar("SettingsType", GeneratorSettings, GatewaySettings)


def read_settings(path: Path, role: type[SettingsType]) -> SettingsType:
    """Read a role's settings from the JSON file that `plan` made.

    Raises:
        StartError: the file cannot be read, or is not what `plan` writes; the message names the field.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=role)
    except OSError as error:
        raise StartError(f"cannot read the settings file {path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise StartError(f"{path} does not hold {role.__name__}: {error}") from error


def write_settings(settings: GeneratorSettings | GatewaySettings) -> bytes:
    """Return the settings as the JSON that `read_settings` reads."""
    return msgspec.json.format(msgspec.json.encode(settings), indent=2)
