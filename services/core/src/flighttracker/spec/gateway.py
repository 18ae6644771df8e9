"""`spec.gateway`: the servers that browsers connect to. Their number, who may connect, and the limits of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from flighttracker.spec.fields import (
    ORIGIN,
    BrokenRule,
    Network,
    ObjectName,
    Resources,
    ShortText,
    SpecModel,
    WebUrl,
    networks_rule,
    userinfo_rule,
)
from flighttracker.spec.pod_template import PodTemplate, template_rules

DEFAULT_REPLICAS: Final = 2

JWKS_ACCOUNT: Final = "a JWKS holds public keys and is fetched without an account"
"""Why there is no account for the JWKS."""

Origin = Annotated[str, Field(pattern=ORIGIN.regex, max_length=256)]


class Autoscaling(SpecModel):
    """Scales the gateways with the load, with a HorizontalPodAutoscaler or with KEDA."""

    min_replicas: int = Field(default=2, ge=1, le=100)
    """Lower bound for the number of gateways."""
    max_replicas: int = Field(default=10, ge=1, le=100)
    """Upper bound for the number of gateways."""
    cpu_percent: int = Field(default=70, ge=1, le=100)
    """Target average CPU utilization, percent of the requested CPU (250m by default). Gateways are added above it."""
    connections_per_pod: int | None = Field(default=None, ge=1, le=100_000)
    """Target WebSocket connections per gateway; needs KEDA. Gateways are added above it. If unset, only CPU counts."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a lower bound above the upper bound."""
        if self.min_replicas > self.max_replicas:
            yield BrokenRule("minReplicas", f"must be at most maxReplicas, {self.max_replicas}")


class Token(SpecModel):
    """How tokens (JWT) are verified: one source of keys, and the required claims."""

    hs256_secret: ObjectName | None = Field(default=None, alias="hs256Secret")
    """Secret with the key `secret`, at least 32 bytes, for tokens signed with HS256."""
    jwks_url: WebUrl | None = None
    """URL of a JSON Web Key Set (JWKS), for tokens signed with RS256 or ES256."""
    audience: ShortText = ""
    """Required audience: the token's `aud` must contain it. If empty, a token with `aud` is rejected."""
    issuer: ShortText = ""
    """Required issuer: the token's `iss` must equal it. If empty, `iss` is not checked."""
    leeway_seconds: float = Field(default=30.0, ge=0, le=300)
    """Tolerated difference between the clocks of the issuer and the gateways, seconds."""
    refresh_seconds: float = Field(default=300.0, ge=10, le=86_400)
    """Seconds between two reloads of the keys."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a missing source of keys, or a second one."""
        if self.hs256_secret is None and self.jwks_url is None:
            yield BrokenRule("hs256Secret", "is missing: set hs256Secret or jwksUrl to verify tokens")
        if self.hs256_secret is not None and self.jwks_url is not None:
            yield BrokenRule("jwksUrl", "cannot be combined with hs256Secret: leave one of them out")
        yield from userinfo_rule("jwksUrl", self.jwks_url, JWKS_ACCOUNT)


class Auth(SpecModel):
    """Who may connect."""

    mode: Literal["none", "token"] = "none"
    """`none`: anyone who can reach the gateway. `token`: only clients with a valid JWT."""
    token: Token | None = None
    """How tokens are verified. Required with `mode: token`, and not allowed otherwise."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a `token` block that the mode needs and does not have, or has and does not need."""
        if self.mode == "token" and self.token is None:
            yield BrokenRule("token", "is missing: mode: token needs hs256Secret or jwksUrl to verify tokens")
        if self.mode == "none" and self.token is not None:
            yield BrokenRule("token", "must be left out, because mode is none; or set mode: token")


class Limits(SpecModel):
    """Limits of one gateway. They bound its memory and work, whatever clients do."""

    max_connections: int = Field(default=10_000, ge=1, le=1_000_000)
    """Most connections to one gateway: WebSockets and server-sent events."""
    max_connections_per_user: int | None = Field(default=None, ge=1, le=1_000_000)
    """Most of these connections of one user: of a token's `sub`, or of an IP address without tokens. Defaults to 100
    with tokens, and without to half of what the other addresses leave free. An IPv6 /64 counts as one address."""
    max_connects_per_second: int = Field(default=500, ge=1, le=100_000)
    """Most new connections per second. Further clients are asked to retry later."""
    max_connects_per_address_per_second: float = Field(default=100.0, ge=1, le=100_000)
    """Most handshakes of one IP address per second, accepted or not. More are rejected with 429."""
    max_concurrent_requests_per_address: int = Field(default=32, ge=1, le=100_000)
    """Most HTTP requests of one IP address that are answered at the same time. More are rejected with 429."""
    max_requests_per_address_per_second: float = Field(default=200.0, ge=1, le=100_000)
    """Most HTTP requests of one IP address per second. More are rejected with 429."""
    max_message_bytes: int = Field(default=4096, ge=128, le=1_048_576)
    """Longest message from a client, bytes. A longer one closes the connection with code 1009. A renewed token is sent
    in one message, so it must fit."""
    max_messages_per_second: float = Field(default=5.0, gt=0, le=1000)
    """Most messages per second from one client. More close the connection with code 4429."""
    slow_client_seconds: float = Field(default=30.0, ge=1, le=600)
    """How long a client may lag behind before its connection is closed with code 4408, seconds."""
    write_buffer_bytes: int = Field(default=65_536, ge=4096, le=16_777_216)
    """Unsent bytes in a connection's write buffer above which the client counts as slow."""
    ping_interval_seconds: float = Field(default=20.0, ge=1, le=600)
    """Seconds between two WebSocket pings. Keep it below the idle timeout of any proxy or load balancer in front."""
    ping_timeout_seconds: float = Field(default=20.0, ge=1, le=600)
    """How long a client may take to answer a ping, seconds."""
    max_request_bytes: int = Field(default=16_384, ge=4096, le=1_048_576)
    """Longest head, and longest body, of an HTTP request, bytes."""
    request_head_seconds: float = Field(default=10.0, ge=1, le=600)
    """How long a client may take to send the head of an HTTP request, seconds."""
    answer_seconds: float = Field(default=60.0, ge=1, le=3600)
    """How long an HTTP response may take, including the time that the client takes to read it, seconds."""
    max_slots_per_shard: int = Field(default=200_000, ge=1, le=1_000_000)
    """Most aircraft in one shard. Positions of further aircraft are rejected and counted."""


class GatewayTls(SpecModel):
    """TLS that the gateway terminates itself. Most installations terminate TLS at the ingress instead."""

    secret_name: ObjectName
    """Secret with `tls.crt` and `tls.key`."""


class Gateway(SpecModel):
    """The servers that browsers connect to, for the WebSocket and the REST API."""

    replicas: int = Field(default=DEFAULT_REPLICAS, ge=0, le=100)
    """Number of gateways; `kubectl scale` sets it. Leave it out with `autoscaling`, which sets the number instead."""
    autoscaling: Autoscaling | None = None
    """Scales the gateways with the load. If unset, `replicas` is the number of gateways."""
    auth: Auth = Auth()
    """Who may connect."""
    allowed_origins: tuple[Origin, ...] = Field(default=(), max_length=64)
    """Origins of the pages that may connect. "*" allows any; in "https://*.example.org" the star stands for one label.
    Defaults to the host of the ingress; if that is unset or a wildcard, to the host that the page was loaded from."""
    trusted_proxies: tuple[Network, ...] = Field(default=(), max_length=64)
    """Addresses and networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted."""
    limits: Limits = Limits()
    """Limits of each gateway."""
    tick_seconds: float = Field(default=1.0, ge=0.1, le=60)
    """Seconds between two updates of the map."""
    time_to_live_seconds: float = Field(default=300.0, ge=5, le=3600)
    """How long an aircraft stays on the map after its last position, seconds."""
    key_frame_seconds: float = Field(default=10.0, ge=1, le=600)
    """Seconds between two key frames. A key frame has every aircraft of a shard; a gateway that takes over the shard
    starts from the newest one."""
    drain_seconds: float = Field(default=10.0, ge=0, le=600)
    """How long a gateway that shuts down takes to close its connections, in batches, seconds."""
    resources: Resources = Resources()
    """CPU and memory of each gateway."""
    pod_template: PodTemplate | None = None
    """Settings of the gateways' pods, whose container is `gateway`."""
    tls: GatewayTls | None = None
    """TLS in the gateway itself. If unset, gateways serve plain HTTP."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield replicas beside autoscaling, key frames more frequent than ticks, and proxies that are no networks."""
        if self.autoscaling is not None and self.replicas != DEFAULT_REPLICAS:
            yield BrokenRule("replicas", "must be left out, because autoscaling sets the number of gateways")
        if self.key_frame_seconds < self.tick_seconds:
            yield BrokenRule("keyFrameSeconds", f"must be at least tickSeconds, {self.tick_seconds:g}")
        yield from networks_rule("trustedProxies", self.trusted_proxies)
        yield from template_rules(self.pod_template, "gateway")
