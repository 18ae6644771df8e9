"""`spec.web` and `spec.ingress`: the page, and how it is reached from outside the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from flighttracker.spec.feeds import ReceiverPlace
from flighttracker.spec.fields import (
    BASE_PATH,
    FILE_URL,
    HOST,
    MAP_URL,
    PHOTO_URL,
    PREFIXED_NAME,
    TILES_URL,
    BrokenRule,
    Network,
    ObjectName,
    Resources,
    ShortText,
    SpecModel,
    Texts,
    networks_rule,
    userinfo_rule,
)
from flighttracker.spec.pod_template import PodTemplate, template_rules

TILES_ACCOUNT: Final = "every viewer's browser would show them; use a key that the provider limits to your host"
"""Why there is no account for tiles."""

OWN_PATHS: Final = ("api", "ws", "schema", "health", "healthz", "ready", "metrics")
"""First parts of the paths that the gateways and the page's server answer themselves."""
NOT_OWN_PATH: Final = f"must not begin with {', '.join(f'/{path}' for path in OWN_PATHS[:-1])} or /{OWN_PATHS[-1]}"

BasePath = Annotated[str, Field(pattern=BASE_PATH.regex, max_length=200)]
LoadBalancerClass = Annotated[str, Field(pattern=PREFIXED_NAME.regex, max_length=316)]
Host = Annotated[str, Field(pattern=HOST.regex, max_length=253)]


OF_LOAD_BALANCERS: Final = "must be left out, because type is not LoadBalancer"
OF_OUTSIDE: Final = "must be left out, because type is ClusterIP: only traffic from outside the cluster has this policy"


class View(SpecModel):
    """A section of the map: its centre and its zoom."""

    latitude: float = Field(default=30.0, ge=-85, le=85)
    """Latitude of the centre, degrees north. The map's projection ends at 85."""
    longitude: float = Field(default=5.0, ge=-180, le=180)
    """Longitude of the centre, degrees east."""
    zoom: float = Field(default=3.0, ge=1, le=18)
    """Zoom level: 1 shows the world, 10 a city, 18 a building."""


class Receiver(ReceiverPlace):
    """Place of the receiver, with a name for the map."""

    name: Annotated[str, Field(max_length=64)] = ""
    """Name that the map shows."""


class BaseMap(SpecModel):
    """A map below the aircraft."""

    name: str = Field(min_length=1, max_length=64)
    """Name in the page's list of maps."""
    url: str = Field(pattern=MAP_URL.regex, max_length=2048)
    """URL of tiles or of a PMTiles file, as `tilesUrl`, or a path on the page's host."""
    attribution: ShortText = ""
    """Attribution, as `tilesAttribution`."""


class Overlay(SpecModel):
    """A file that is drawn above the map."""

    name: str = Field(min_length=1, max_length=64)
    """Name in the page's list of overlays."""
    url: str = Field(pattern=FILE_URL.regex, max_length=2048)
    """URL of a GeoJSON or KML file, or its path on the page's host."""


PhotoUrl = Annotated[str, Field(pattern=PHOTO_URL.regex, max_length=2048)]


class Photos(SpecModel):
    """A server of photos of aircraft."""

    url: PhotoUrl
    """URL of a photo, with `{icao24}` (lower case) or `{registration}`. Browsers ask it for each selected aircraft."""
    page_url: PhotoUrl | None = None
    """URL of the page about the photo, to which it links."""
    attribution: ShortText = ""
    """Attribution below the photo, as text."""


class WebService(SpecModel):
    """The Service of the page. The page's server forwards the WebSocket and the API to the gateways, so this Service
    alone is a way in: without an ingress, or behind a proxy or load balancer of yours."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"] = "ClusterIP"
    """Type of the Service. `LoadBalancer` and `NodePort` open the map to everybody who reaches the address."""
    port: int = Field(default=8080, ge=1, le=65535)
    """Port of the Service, which a load balancer opens."""
    annotations: Texts = Field(default={})
    """Annotations, for example for external-dns or the load balancer of a cloud."""
    load_balancer_class: LoadBalancerClass | None = None
    """Implementation of the load balancer, such as `service.k8s.aws/nlb`. Defaults to the cluster's. It cannot change
    while the type is LoadBalancer."""
    load_balancer_source_ranges: tuple[Network, ...] = Field(default=(), max_length=64)
    """Networks whose clients the load balancer accepts. If empty, everybody's."""
    external_traffic_policy: Literal["Cluster", "Local"] | None = None
    """`Local` keeps the address of the client, and uses only nodes that have a pod of the page. Defaults to Cluster."""
    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = None
    """Whether the Service has IPv4 and IPv6 addresses. Defaults to the cluster's choice."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield settings of another type of Service."""
        if self.type != "LoadBalancer":
            if self.load_balancer_class is not None:
                yield BrokenRule("loadBalancerClass", OF_LOAD_BALANCERS)
            if self.load_balancer_source_ranges:
                yield BrokenRule("loadBalancerSourceRanges", OF_LOAD_BALANCERS)
        if self.type == "ClusterIP" and self.external_traffic_policy is not None:
            yield BrokenRule("externalTrafficPolicy", OF_OUTSIDE)
        yield from networks_rule("loadBalancerSourceRanges", self.load_balancer_source_ranges)


class Web(SpecModel):
    """The page."""

    enabled: bool = True
    """Whether the page is served. If false, only the API of the gateways is available."""
    replicas: int = Field(default=1, ge=0, le=100)
    """Number of pods that serve the page."""
    base_path: BasePath = ""
    """Path of page, WebSocket and API, such as `/maps/north`; trackers of one namespace can share a host. Proxies may
    keep the path or remove it. If empty, the root of the host."""
    tiles_url: str = Field(default="", pattern=TILES_URL.regex, max_length=2048)
    """URL of map tiles: `https://…/{z}/{x}/{y}.png`, or of a PMTiles file with raster tiles or a Protomaps map. If
    empty, the page shows its built-in world map, which needs no internet access."""
    tiles_attribution: ShortText = ""
    """Attribution of the tiles, which most providers require: text, and links as `<a href="https://…">…</a>`."""
    base_maps: tuple[BaseMap, ...] = Field(default=(), max_length=16)
    """Further maps that viewers can choose, beside the built-in one and `tilesUrl`."""
    overlays: tuple[Overlay, ...] = Field(default=(), max_length=16)
    """Files that viewers can show above the map. Browsers load them, as maps: a server on another host must allow the
    page's origin (CORS)."""
    default_view: View = View()
    """Section of the map that the page shows first."""
    receiver: Receiver | None = None
    """Place that the page measures distances from. Every viewer sees it; without it, viewers can use their own."""
    photos: Photos | None = None
    """Photos in the card of an aircraft. If unset, the page asks no server for any."""
    service: WebService = WebService()
    """The Service of the page."""
    resources: Resources = Resources()
    """CPU and memory of each pod."""
    pod_template: PodTemplate | None = None
    """Settings of the page's pods, whose container is `web`."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a base path that hides another path, and a URL of tiles without all three coordinates."""
        if self.base_path[1:].partition("/")[0] in OWN_PATHS:
            yield BrokenRule("basePath", NOT_OWN_PATH)
        is_file = ".pmtiles" in self.tiles_url
        if self.tiles_url and not is_file and not ("{x}" in self.tiles_url and "{y}" in self.tiles_url):
            yield BrokenRule("tilesUrl", "must contain {x} and {y} as well as {z}")
        yield from userinfo_rule("tilesUrl", self.tiles_url, TILES_ACCOUNT)
        yield from template_rules(self.pod_template, "web")


class IngressTls(SpecModel):
    """TLS at the ingress, with an existing certificate or one that cert-manager issues."""

    secret_name: ObjectName | None = None
    """Secret with `tls.crt` and `tls.key`. With `clusterIssuer`, cert-manager writes it."""
    cluster_issuer: ObjectName | None = None
    """ClusterIssuer of cert-manager that issues the certificate. For an Issuer of the namespace, set `secretName` and
    the annotation `cert-manager.io/issuer` instead. Leave both out if the Secret has a Certificate of yours."""

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


class BackendTls(SpecModel):
    """How the Gateway verifies gateways that serve TLS (`spec.gateway.tls`)."""

    hostname: Host | None = None
    """Host name in their certificate. Defaults to that of their Service, `TRACKER-gateway.NAMESPACE.svc`."""
    ca_config_map: ObjectName | None = None
    """ConfigMap with the CA's certificate as `ca.crt`. If unset, the public CAs that the Gateway knows."""


class GatewayApi(SpecModel):
    """An HTTPRoute instead of an Ingress, and a BackendTLSPolicy if the gateways serve TLS."""

    parent_ref: ParentRef
    """The Gateway that the route attaches to."""
    backend_tls: BackendTls = BackendTls()
    """How the Gateway verifies gateways that serve TLS."""


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
