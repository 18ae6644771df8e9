"""What a gateway needs to run, and the bounds that it keeps."""

from __future__ import annotations

from typing import Literal

import msgspec

from flighttracker.settings.base import Settings, TracingSettings
from flighttracker.settings.servers import ServerSettings


class LimitSettings(Settings, frozen=True):
    """Bounds of one gateway: whatever clients do, it uses no more than this."""

    max_connections: int = 10_000
    max_connections_per_user: int | None = None
    """WebSocket connections of one user: of the token's subject, or without tokens of the client's address. None: half
    of what the others leave free, because behind a proxy that is not trusted everybody has the same address."""
    max_connects_per_s: int = 500
    """New WebSocket connections a second that are let in; above it a client is told to come back (HTTP 503)."""
    max_connects_per_address_per_s: float = 100.0
    """WebSocket handshakes a second of one address (IPv6: of a /64), accepted or not; more are answered with 429."""
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
    max_request_bytes: int = 16 * 1024
    """Longest head of an HTTP request, and longest body; more is answered with 431 or 413."""
    request_head_s: float = 10.0
    """How long a client may take to send the head of a request; then it is cut off (slow loris)."""
    answer_s: float = 60.0
    """How long an HTTP answer may take, the client's reading included; then it is cut off."""
    max_slots_per_shard: int = 200_000
    """Most aircraft a shard keeps; more are refused and counted."""


class AuthSettings(Settings, frozen=True):
    """Who may see flights, and what makes a token (a JWT) valid. One of the two sources of keys is set."""

    mode: Literal["none", "token"] = "none"
    """`none`: anybody who reaches the port; `token`: who shows a valid token."""
    hs256_secret_file: str = ""
    """File with the secret of HS256 (a mounted Secret), at least 32 bytes; read again when it changes."""
    jwks_url: str = ""
    """Where the keys of RS256 and ES256 are."""
    audience: str = ""
    """Value that `aud` must contain; empty: a token with `aud` is rejected (RFC 7519, section 4.1.3)."""
    issuer: str = ""
    """Value of `iss`; empty: any issuer."""
    leeway_s: float = 30.0
    """How far the clocks of issuer and gateway may differ."""
    refresh_s: float = 300.0
    """How often the keys are fetched again; a revoked key counts for so long at most while its server answers."""
    min_refresh_s: float = 10.0
    """Shortest time between two fetches that unknown key ids cause."""
    request_timeout_s: float = 5.0
    """How long one fetch of the keys may take."""
    max_lifetime_s: float = 31 * 24 * 3600.0
    """A token that expires later than this from now is refused; a revocation is kept for so long."""


class TlsSettings(Settings, frozen=True):
    """The certificate that the gateway shows."""

    certificate_file: str
    """PEM, with the chain (`tls.crt` of a mounted Secret); read again when it changes."""
    key_file: str
    """PEM, without a passphrase (`tls.key`)."""
    poll_s: float = 5.0
    """How often the files are looked at."""


class GatewaySettings(Settings, frozen=True):
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
    stale_after_silence_s: float = 45.0
    """After so long without a position of any of its aircraft, too: three of the source's intervals."""
    allowed_origins: tuple[str, ...] = ()
    """Values of the Origin header that /ws and CORS accept. A first label `*` matches one label, `*` alone matches any
    origin. Empty: /ws accepts the host of the request only, CORS none."""
    auth: AuthSettings = msgspec.field(default_factory=AuthSettings)
    tls: TlsSettings | None = None
    """HTTPS and WSS in the gateway itself; None: plain HTTP, TLS ends in front of it."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are believed; empty: nobody's."""
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
    tracing: TracingSettings | None = None
    """Where traces go; None makes none."""
    servers: ServerSettings | None = None
    """Where Kafka, Redis and the schema registry are; None in one process with the generator, on the bus in memory."""
