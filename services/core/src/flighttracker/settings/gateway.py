"""Settings of a gateway, and its limits."""

from __future__ import annotations

from typing import Literal

import msgspec

from flighttracker.settings.base import Settings, TracingSettings
from flighttracker.settings.servers import ServerSettings


class LimitSettings(Settings, frozen=True):
    """Limits of one gateway. They bound its memory and work, whatever clients do."""

    max_connections: int = 10_000
    """Most connections, WebSockets and server-sent events; further clients are asked to retry later (HTTP 503)."""
    max_connections_per_user: int | None = None
    """Most of these connections of one user: of a token's subject, or of a client's address without tokens. None: half
    of the connections that others leave free, because all clients behind an untrusted proxy have the same address."""
    max_connects_per_s: int = 500
    """Most new ones of these connections per second; further clients are asked to retry later (HTTP 503)."""
    max_connects_per_address_per_s: float = 100.0
    """Most of these connections per second from one address (IPv6: from a /64), accepted or not; more get 429."""
    max_requests_per_address_per_s: float = 200.0
    """Most HTTP requests per second from one address (IPv6: from a /64); more get 429."""
    max_concurrent_requests_per_address: int = 32
    """Most HTTP requests from one address that are answered at the same time; more get 429."""
    max_message_bytes: int = 4096
    """Longest message from a client, including all fragments; a longer one closes the connection with 1009."""
    max_messages_per_s: float = 5.0
    """Most messages from one client; more close the connection with 4429."""
    slow_client_s: float = 30.0
    """How long a client may lag behind before its connection is closed with 4408."""
    write_buffer_bytes: int = 64 * 1024
    """Unsent bytes in a connection's write buffer above which the client counts as slow."""
    ping_interval_s: float = 20.0
    """Time between two pings to a client."""
    ping_timeout_s: float = 20.0
    """How long a client may take to answer a ping; then its connection is closed with 1011."""
    max_request_bytes: int = 16 * 1024
    """Longest head, and longest body, of an HTTP request; longer ones are answered with 431 or 413."""
    request_head_s: float = 10.0
    """How long a client may take to send the head of a request; then the connection is closed (slow loris)."""
    answer_s: float = 60.0
    """How long an HTTP response may take, including the client's reading; then the connection is closed."""
    max_slots_per_shard: int = 200_000
    """Most aircraft in one shard; positions of further aircraft are rejected and counted."""


class AuthSettings(Settings, frozen=True):
    """Who may connect, and how tokens (JWT) are verified. With `token`, exactly one source of keys is set."""

    mode: Literal["none", "token"] = "none"
    """`none`: anyone who can reach the port. `token`: only clients with a valid token."""
    hs256_secret_file: str = ""
    """File with the secret for HS256 (a mounted Secret), at least 32 bytes; reloaded when it changes."""
    jwks_url: str = ""
    """URL of the JSON Web Key Set, for RS256 and ES256."""
    is_private_forbidden: bool = False
    """Whether `jwks_url` must have an address of the public internet."""
    audience: str = ""
    """Value that `aud` must contain. If empty, a token with `aud` is rejected (RFC 7519, section 4.1.3)."""
    issuer: str = ""
    """Required issuer: `iss` must equal it. If empty, `iss` is not checked."""
    leeway_s: float = 30.0
    """Tolerated difference between the clocks of issuer and gateway."""
    refresh_s: float = 300.0
    """Time between two reloads of the keys; a removed key is accepted this long, if the key server answers."""
    min_refresh_s: float = 10.0
    """Shortest time between two reloads that unknown key ids cause."""
    request_timeout_s: float = 5.0
    """How long one request for the keys may take."""
    max_lifetime_s: float = 31 * 24 * 3600.0
    """Longest remaining lifetime of a token; longer ones are rejected. A revocation is kept for this long."""


class TlsSettings(Settings, frozen=True):
    """Certificate of the gateway."""

    certificate_file: str
    """PEM file with the chain (`tls.crt` of a mounted Secret); reloaded when it changes."""
    key_file: str
    """PEM file without a passphrase (`tls.key`)."""
    poll_s: float = 5.0
    """Time between two checks whether the files have changed."""


class SourceSummary(Settings, frozen=True):
    """A source, as viewers see it."""

    name: str
    """Name of the source."""
    kind: str
    """Kind of the source, such as `readsb`."""
    interval_s: float
    """Seconds between two reports."""


class BaseMapSettings(Settings, frozen=True):
    """A map that viewers can choose."""

    name: str
    """Name in the page's list of maps."""
    url: str
    """URL of tiles, `https://…/{z}/{x}/{y}.png`, or of a PMTiles file; or a path on the page's host."""
    attribution: str = ""
    """Name of the provider, which the map shows."""


class OverlaySettings(Settings, frozen=True):
    """A file that viewers can show above the map."""

    name: str
    """Name in the page's list of overlays."""
    url: str
    """URL of a GeoJSON or KML file, or its path on the page's host."""


class PhotoSettings(Settings, frozen=True):
    """Photos of aircraft in the page."""

    url: str
    """URL of a photo, with `{icao24}` or `{registration}`."""
    page_url: str = ""
    """URL of the page about the photo, with the same parts; empty for none."""
    attribution: str = ""
    """Text below the photo."""


class GatewaySettings(Settings, frozen=True):
    """Everything a gateway needs."""

    tracker: str = "local"
    """Name of the FlightTracker, which the page shows."""
    sources: tuple[SourceSummary, ...] = (SourceSummary(name="simulated", kind="simulated", interval_s=15.0),)
    """The sources of the tracker; their states come from the bus."""
    host: str = "127.0.0.1"
    """Address to listen on; `ALL_ADDRESSES` for all of IPv6 and IPv4."""
    port: int = 8000
    """Port of WebSocket, API and page."""
    metrics_port: int = 0
    """Port of /health, /ready and /metrics for probes and Prometheus, over plain HTTP and without tokens. `port` then
    serves no /metrics, and a /ready without details. 0: everything is on `port`, as in local mode."""
    tick_s: float = 1.0
    """Seconds between two frames of a shard."""
    key_frame_interval_s: float = 10.0
    """Seconds between two key frames in the store."""
    time_to_live_s: float = 300.0
    """How long an aircraft stays on the map after its last position; OpenSky uses five minutes, too."""
    stale_after_ticks: int = 3
    """After this many ticks without a frame, a shard is marked stale."""
    stale_after_silence_s: float = 45.0
    """After this long without any new position, a shard is marked stale, too: three intervals of the source."""
    allowed_origins: tuple[str, ...] = ()
    """Values of the Origin header that /ws and CORS accept. A first label `*` matches one label, `*` alone matches any
    origin. Empty: /ws accepts the host of the request only, CORS none."""
    allowed_hosts: tuple[str, ...] = ()
    """Names in the header Host that are answered, beside addresses; a first label `*` matches one label. Empty: every
    name. It keeps pages away whose server gives its own name the address of this computer (DNS rebinding)."""
    auth: AuthSettings = msgspec.field(default_factory=AuthSettings)
    """Who may connect."""
    tls: TlsSettings | None = None
    """HTTPS and WSS in the gateway itself; None: plain HTTP, and TLS ends in front of it."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted."""
    page_directory: str = ""
    """Directory of the built page to serve at /; empty for none (in a cluster, the page has its own pods)."""
    base_path: str = ""
    """Path below which clients find everything, such as `/maps/north`, whether or not a proxy removes it from
    requests. Probes and metrics of `metrics_port` are not below it. Empty: the root of the host."""
    tiles_url: str = ""
    """URL of map tiles for the page, `https://…/{z}/{x}/{y}.png`, or of a PMTiles file; empty for the built-in world
    map."""
    tiles_attribution: str = ""
    """Name of the tiles' provider, which the map shows."""
    base_maps: tuple[BaseMapSettings, ...] = ()
    """Further maps that viewers can choose."""
    overlays: tuple[OverlaySettings, ...] = ()
    """Files that viewers can show above the map."""
    default_view: tuple[float, float, float] = (30.0, 5.0, 3.0)
    """Section of the map that the page shows first: latitude and longitude in degrees, zoom."""
    receiver: tuple[float, float, str] | None = None
    """Place that the page measures distances from: latitude and longitude in degrees, name; None for the viewer's."""
    photos: PhotoSettings | None = None
    """Where the page finds photos of aircraft; None for no photos."""
    history_url: str = ""
    """URL of the historian, `http://HOST:PORT` or `unix:PATH`, which answers what the gateway forwards; empty: the
    tracker keeps no history."""
    drain_s: float = 10.0
    """How long the gateway takes after SIGTERM to close its connections, in batches."""
    limits: LimitSettings = msgspec.field(default_factory=LimitSettings)
    """Limits of memory and work."""
    tracing: TracingSettings | None = None
    """Where traces are sent; None turns tracing off."""
    servers: ServerSettings | None = None
    """How to reach Kafka, Redis and the registry; None for the bus in memory, in one process with the generator."""
