"""`spec.web` and `spec.ingress`: the page, and how it is reached from outside the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from flighttracker.spec.fields import (
    BASE_PATH,
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
from flighttracker.spec.pod_template import PodTemplate, template_rules

TILES_ACCOUNT: Final = "every viewer's browser would show them; use a key that the provider limits to your host"
"""Why there is no account for tiles."""

OWN_PATHS: Final = ("api", "ws", "schema", "health", "healthz", "ready", "metrics")
"""First parts of the paths that the gateways and the page's server answer themselves."""
NOT_OWN_PATH: Final = f"must not begin with {', '.join(f'/{path}' for path in OWN_PATHS[:-1])} or /{OWN_PATHS[-1]}"

BasePath = Annotated[str, Field(pattern=BASE_PATH.regex, max_length=200)]
Host = Annotated[str, Field(pattern=HOST.regex, max_length=253)]


class View(SpecModel):
    """A section of the map: its centre and its zoom."""

    latitude: float = Field(default=30.0, ge=-85, le=85)
    """Latitude of the centre, degrees north. The map's projection ends at 85."""
    longitude: float = Field(default=5.0, ge=-180, le=180)
    """Longitude of the centre, degrees east."""
    zoom: float = Field(default=3.0, ge=1, le=18)
    """Zoom level: 1 shows the world, 10 a city, 18 a building."""


class Web(SpecModel):
    """The page."""

    enabled: bool = True
    """Whether the page is served. If false, only the API of the gateways is available."""
    replicas: int = Field(default=1, ge=0, le=100)
    """Number of pods that serve the page."""
    base_path: BasePath = ""
    """Path of the host below which page, WebSocket and API are found, such as `/maps/north`, so that several trackers
    can share a host. Proxies may keep the path or remove it. If empty, they are at the root of the host."""
    tiles_url: str = Field(default="", pattern=TILES_URL.regex, max_length=2048)
    """URL of map tiles: `https://…/{z}/{x}/{y}.png`. If empty, the page shows its built-in world map, which needs no
    internet access."""
    tiles_attribution: ShortText = ""
    """Attribution of the tiles, which most providers require: text, and links as `<a href="https://…">…</a>`."""
    default_view: View = View()
    """Section of the map that the page shows first."""
    resources: Resources = Resources()
    """CPU and memory of each pod."""
    pod_template: PodTemplate | None = None
    """Settings of the page's pods, whose container is `web`."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a base path that hides another path, and a URL of tiles without all three coordinates."""
        if self.base_path[1:].partition("/")[0] in OWN_PATHS:
            yield BrokenRule("basePath", NOT_OWN_PATH)
        if self.tiles_url and not ("{x}" in self.tiles_url and "{y}" in self.tiles_url):
            yield BrokenRule("tilesUrl", "must contain {x} and {y} as well as {z}")
        yield from userinfo_rule("tilesUrl", self.tiles_url, TILES_ACCOUNT)
        yield from template_rules(self.pod_template, "web")


class IngressTls(SpecModel):
    """TLS at the ingress, with an existing certificate or one that cert-manager issues."""

    secret_name: ObjectName | None = None
    """Secret with `tls.crt` and `tls.key`. With `clusterIssuer`, cert-manager writes it."""
    cluster_issuer: ObjectName | None = None
    """ClusterIssuer of cert-manager that issues the certificate."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a missing source of the certificate."""
        if self.secret_name is None and self.cluster_issuer is None:
            yield BrokenRule("secretName", "is missing: TLS needs secretName, or clusterIssuer to issue a certificate")


class ParentRef(SpecModel):
    """The Gateway (of the Gateway API) that an HTTPRoute attaches to."""

    name: ObjectName
    """Name of the Gateway."""
    namespace: ObjectName | None = None
    """Namespace of the Gateway. Defaults to the namespace of the tracker."""
    section_name: ObjectName | None = None
    """Listener of the Gateway. Defaults to all its listeners."""


class GatewayApi(SpecModel):
    """An HTTPRoute instead of an Ingress."""

    parent_ref: ParentRef
    """The Gateway that the route attaches to."""


class Ingress(SpecModel):
    """Access to the page and the gateways from outside the cluster."""

    enabled: bool = False
    """Whether to create an Ingress or HTTPRoute. Without one, use `kubectl port-forward` to open the page."""
    class_name: ObjectName | None = None
    """IngressClass of the Ingress. Defaults to the cluster's default IngressClass."""
    host: Host | None = None
    """Host name of the page, or a wildcard such as "*.example.org". If unset, any host name is accepted."""
    annotations: Texts = Field(default={})
    """Annotations, added to those that the ingress controller needs for WebSockets. They override the same keys."""
    tls: IngressTls | None = None
    """TLS at the ingress. If unset, the page is served over plain HTTP."""
    gateway_api: GatewayApi | None = None
    """Creates an HTTPRoute of the Gateway API instead of an Ingress."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield TLS without a host, and settings of an Ingress beside an HTTPRoute."""
        if self.tls is not None and self.host is None:
            yield BrokenRule("host", "is missing: TLS needs the host name of the certificate")
        if self.gateway_api is not None:
            for name, value in (("className", self.class_name), ("tls", self.tls)):
                if value is not None:
                    yield BrokenRule(name, "must be left out, because with gatewayApi the Gateway sets it")
