"""`spec.gateway`: what browsers connect to. How many there are, who may connect, and the bounds of each."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Annotated, Final, Literal

from pydantic import Field

from flighttracker.spec.fields import (
    NETWORK,
    ORIGIN,
    BrokenRule,
    ObjectName,
    Resources,
    ShortText,
    SpecModel,
    WebUrl,
    userinfo_rule,
)

DEFAULT_REPLICAS: Final = 2

JWKS_ACCOUNT: Final = "a JWKS holds public keys and is fetched without an account"
"""Why there is no account for the JWKS."""

Network = Annotated[str, Field(pattern=NETWORK.regex, max_length=49)]
Origin = Annotated[str, Field(pattern=ORIGIN.regex, max_length=256)]


class Autoscaling(SpecModel):
    """Gateways come and go with the load."""

    min_replicas: int = Field(default=2, ge=1, le=100)
    """Fewest gateways."""
    max_replicas: int = Field(default=10, ge=1, le=100)
    """Most gateways."""
    cpu_percent: int = Field(default=70, ge=1, le=100)
    """Average use of the requested CPU above which gateways are added, percent."""
    connections_per_pod: int | None = Field(default=None, ge=1, le=100_000)
    """Connections of one gateway above which gateways are added; needs KEDA. Left out: CPU decides alone."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """The fewest are not more than the most."""
        if self.min_replicas > self.max_replicas:
            yield BrokenRule("minReplicas", f"must be at most maxReplicas, {self.max_replicas}")


class Token(SpecModel):
    """What makes a JWT valid: one source of keys, and what its claims must say."""

    hs256_secret: ObjectName | None = Field(default=None, alias="hs256Secret")
    """Secret with the key `secret`, at least 32 bytes: HS256."""
    jwks_url: WebUrl | None = None
    """Address of a JWKS: RS256 and ES256."""
    audience: ShortText = ""
    """What `aud` must hold; empty: not looked at."""
    issuer: ShortText = ""
    """What `iss` must be; empty: not looked at."""
    leeway_seconds: float = Field(default=30.0, ge=0, le=300)
    """How far the clocks of issuer and gateways may differ, seconds."""
    refresh_seconds: float = Field(default=300.0, ge=10, le=86_400)
    """How often the keys are fetched again, seconds."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Keys come from one place."""
        if self.hs256_secret is None and self.jwks_url is None:
            yield BrokenRule("hs256Secret", "is missing: a token needs hs256Secret or jwksUrl to be checked with")
        if self.hs256_secret is not None and self.jwks_url is not None:
            yield BrokenRule("jwksUrl", "cannot stand beside hs256Secret: leave one of them out")
        yield from userinfo_rule("jwksUrl", self.jwks_url, JWKS_ACCOUNT)


class Auth(SpecModel):
    """Who may connect."""

    mode: Literal["none", "token"] = "none"
    """`none`: anybody who reaches the gateway; `token`: who shows a valid JWT."""
    token: Token | None = None
    """What makes a token valid; only with `mode: token`."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """`mode: token` has its settings, and nothing else has them."""
        if self.mode == "token" and self.token is None:
            yield BrokenRule("token", "is missing: mode: token needs hs256Secret or jwksUrl to check tokens with")
        if self.mode == "none" and self.token is not None:
            yield BrokenRule("token", "must be left out, because mode is none; or set mode: token")


class Limits(SpecModel):
    """Bounds of one gateway: whatever clients do, it uses no more than this."""

    max_connections: int = Field(default=10_000, ge=1, le=1_000_000)
    """Most WebSocket connections."""
    max_connections_per_user: int | None = Field(default=None, ge=1, le=1_000_000)
    """Most WebSocket connections of one user: of a token's `sub`, or without tokens of an address. Left out: 100 with
    tokens, no bound without."""
    max_connects_per_second: int = Field(default=500, ge=1, le=100_000)
    """New connections a second; above it a client is told to come back."""
    max_message_bytes: int = Field(default=4096, ge=128, le=1_048_576)
    """Longest message from a client, bytes; a longer one closes with 1009. A token that is renewed must fit."""
    max_messages_per_second: float = Field(default=5.0, gt=0, le=1000)
    """Messages from one client a second; more closes with 4429."""
    slow_client_seconds: float = Field(default=30.0, ge=1, le=600)
    """How long a client may be behind before it is closed with 4408, seconds."""
    write_buffer_bytes: int = Field(default=65_536, ge=4096, le=16_777_216)
    """What one socket may hold unsent before it counts as slow, bytes."""
    ping_interval_seconds: float = Field(default=20.0, ge=1, le=600)
    """Seconds between two pings; below the idle timeout of what stands in front."""
    ping_timeout_seconds: float = Field(default=20.0, ge=1, le=600)
    """How long a client may take to answer a ping, seconds."""
    max_request_bytes: int = Field(default=16_384, ge=4096, le=1_048_576)
    """Longest head of an HTTP request, and longest body, bytes."""
    request_head_seconds: float = Field(default=10.0, ge=1, le=600)
    """How long a client may take to send the head of an HTTP request, seconds."""
    answer_seconds: float = Field(default=60.0, ge=1, le=3600)
    """How long an HTTP answer may take, the client's reading included, seconds."""
    max_slots_per_shard: int = Field(default=200_000, ge=1, le=1_000_000)
    """Most aircraft that a shard keeps; more are refused and counted."""


class GatewayTls(SpecModel):
    """TLS in the gateway itself; most people end it at the ingress instead."""

    secret_name: ObjectName
    """Secret with `tls.crt` and `tls.key`."""


class Gateway(SpecModel):
    """What browsers connect to."""

    replicas: int = Field(default=DEFAULT_REPLICAS, ge=0, le=100)
    """How many gateways run; `kubectl scale` sets it. With `autoscaling` it keeps its default and is not used."""
    autoscaling: Autoscaling | None = None
    """Let the number of gateways follow the load; left out: `replicas` says it."""
    auth: Auth = Auth()
    """Who may connect."""
    allowed_origins: tuple[Origin, ...] = Field(default=(), max_length=64)
    """Sites whose pages may connect. "https://*.example.org" allows one label in place of the star, "*" any site.
    Empty: the ingress' host, or the host that the page was loaded from if the ingress names none or a wildcard."""
    trusted_proxies: tuple[Network, ...] = Field(default=(), max_length=64)
    """Addresses and networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    limits: Limits = Limits()
    """Bounds of each gateway."""
    tick_seconds: float = Field(default=1.0, ge=0.1, le=60)
    """Seconds between two updates of the map."""
    time_to_live_seconds: float = Field(default=300.0, ge=5, le=3600)
    """How long an aircraft stays on the map after its last position, seconds."""
    key_frame_seconds: float = Field(default=10.0, ge=1, le=600)
    """Seconds between two complete pictures, from which a new gateway starts."""
    drain_seconds: float = Field(default=10.0, ge=0, le=600)
    """How long connections are closed in batches before a gateway ends, seconds."""
    resources: Resources = Resources()
    """What each gateway asks for and may use."""
    tls: GatewayTls | None = None
    """TLS in the gateway itself; left out: plain HTTP."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Replicas have one master, proxies are networks, a complete picture is no more frequent than a picture."""
        if self.autoscaling is not None and self.replicas != DEFAULT_REPLICAS:
            yield BrokenRule("replicas", "must be left out, because autoscaling sets the number of gateways")
        if self.key_frame_seconds < self.tick_seconds:
            yield BrokenRule("keyFrameSeconds", f"must be at least tickSeconds, {self.tick_seconds:g}")
        for proxy in self.trusted_proxies:
            if not _is_network(proxy):
                allowed = f'must hold addresses and networks such as "10.0.0.0/8"; "{proxy}" is neither'
                yield BrokenRule("trustedProxies", allowed)


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
