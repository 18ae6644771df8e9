"""`spec.web` and `spec.ingress`: the page, and the way to it from outside the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from flighttracker.spec.fields import (
    HOST,
    TILES_URL,
    BrokenRule,
    ObjectName,
    Resources,
    ShortText,
    SpecModel,
    Texts,
    userinfo_rule,
)

TILES_ACCOUNT: Final = "every viewer's browser would show them; use a key that the provider limits to your host"
"""Why there is no account for tiles."""

Host = Annotated[str, Field(pattern=HOST.regex, max_length=253)]


class View(SpecModel):
    """A piece of the map."""

    latitude: float = Field(default=30.0, ge=-85, le=85)
    """Centre, degrees north; the map's projection ends at 85."""
    longitude: float = Field(default=5.0, ge=-180, le=180)
    """Centre, degrees east."""
    zoom: float = Field(default=3.0, ge=1, le=18)
    """1 shows the world, 10 a city, 18 a building."""


class Web(SpecModel):
    """The page."""

    enabled: bool = True
    """Whether the page is served; without it only the gateways' API is."""
    replicas: int = Field(default=1, ge=0, le=100)
    """How many pods serve the page."""
    tiles_url: str = Field(default="", pattern=TILES_URL.regex, max_length=2048)
    """Map tiles, `https://…/{z}/{x}/{y}.png`; empty: the built-in world map, which needs no internet."""
    tiles_attribution: ShortText = ""
    """Whom the map thanks for the tiles; most providers demand it."""
    default_view: View = View()
    """What the page shows first."""
    resources: Resources = Resources()
    """What each pod asks for and may use."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """A tile has three coordinates."""
        if self.tiles_url and not ("{x}" in self.tiles_url and "{y}" in self.tiles_url):
            yield BrokenRule("tilesUrl", "must hold {x} and {y} beside {z}")
        yield from userinfo_rule("tilesUrl", self.tiles_url, TILES_ACCOUNT)


class IngressTls(SpecModel):
    """TLS at the ingress: a certificate that exists, or one that cert-manager makes."""

    secret_name: ObjectName | None = None
    """Secret with `tls.crt` and `tls.key`; with `clusterIssuer` cert-manager writes it."""
    cluster_issuer: ObjectName | None = None
    """cert-manager's ClusterIssuer that makes the certificate."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """A certificate comes from somewhere."""
        if self.secret_name is None and self.cluster_issuer is None:
            yield BrokenRule("secretName", "is missing: TLS needs secretName, or clusterIssuer to make a certificate")


class ParentRef(SpecModel):
    """The Gateway (of the Gateway API) that an HTTPRoute belongs to."""

    name: ObjectName
    """Name of the Gateway."""
    namespace: ObjectName | None = None
    """Its namespace; left out: the tracker's."""
    section_name: ObjectName | None = None
    """One of its listeners; left out: all."""


class GatewayApi(SpecModel):
    """An HTTPRoute instead of an Ingress."""

    parent_ref: ParentRef
    """The Gateway that the route belongs to."""


class Ingress(SpecModel):
    """The way to the page and the gateways from outside the cluster."""

    enabled: bool = False
    """Whether there is one; without it `kubectl port-forward` shows the page."""
    class_name: ObjectName | None = None
    """IngressClass; left out: the cluster's default."""
    host: Host | None = None
    """Host name under which people reach the page, or a wildcard such as "*.example.org"; left out: any."""
    annotations: Texts = Field(default={})
    """Added to those that the controller needs for WebSockets; the same key overrides."""
    tls: IngressTls | None = None
    """TLS; left out: plain HTTP."""
    gateway_api: GatewayApi | None = None
    """An HTTPRoute instead of an Ingress."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """A certificate is for a host, and an HTTPRoute has neither a class nor a certificate."""
        if self.tls is not None and self.host is None:
            yield BrokenRule("host", "is missing: TLS needs the host that the certificate is for")
        if self.gateway_api is not None:
            for name, value in (("className", self.class_name), ("tls", self.tls)):
                if value is not None:
                    yield BrokenRule(name, "must be left out: with gatewayApi the Gateway decides it")
