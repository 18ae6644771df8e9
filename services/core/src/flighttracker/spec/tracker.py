"""`FlightTracker`, the whole resource, in every version of its API. `spec: {}` is a complete, working tracker.

This module also has the rules that span several parts. The operator reads the resource from the API server, the
command line from a file, both with `flighttracker.spec.parse`. `flighttracker.plan` derives settings from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from flighttracker.spec.aircraft_table import AircraftTableSpec
from flighttracker.spec.feeds import ONE_LISTENS, UNIQUE_PORTS
from flighttracker.spec.fields import (
    NAME,
    RELEASE,
    TRACKER_NAME,
    BrokenRule,
    Resources,
    SpecModel,
    WebUrl,
    userinfo_rule,
)
from flighttracker.spec.gateway import Gateway
from flighttracker.spec.history import History
from flighttracker.spec.http_access import HttpAccess, merged_keys
from flighttracker.spec.outgoing import OutgoingSpec
from flighttracker.spec.page import Ingress, Web
from flighttracker.spec.pod_template import TOPICS_CONTAINER, Image, PodTemplate, common_template_rules, template_rules
from flighttracker.spec.servers import Kafka, Redis, SchemaRegistrySpec
from flighttracker.spec.source import MAX_SOURCES, NOT_BOTH, UNIQUE_NAMES, NamedSource, Source

GROUP: Final = "flighttracker.io"
VERSIONS: Final = ("v1beta1", "v1alpha1")
"""Versions of the API that are served, newest first. All have the same fields, so none needs a conversion
(docs/adr/0005)."""
STORED_VERSION: Final = "v1alpha1"
"""The version in which the API server stores trackers; the operator reads and watches only this one."""
API_VERSION: Final = f"{GROUP}/{VERSIONS[0]}"
"""Group and version of resources that are written today."""
API_VERSIONS: Final = tuple(f"{GROUP}/{version}" for version in VERSIONS)
STORED_API_VERSION: Final = f"{GROUP}/{STORED_VERSION}"
KIND: Final = "FlightTracker"

NAME_CHARACTERS: Final = 40
"""Longest name of a tracker: names of its objects add up to 23 characters, and Kubernetes allows 63."""

COLLECTOR_ACCOUNT: Final = "traces are sent without an account; use a collector in the cluster that has one"
"""Why there is no account for the collector."""

Version = Annotated[str, Field(pattern=RELEASE.regex, max_length=64)]


class Generator(SpecModel):
    """Reads positions from the source and writes them to Kafka."""

    replicas: int = Field(default=1, ge=1, le=32)
    """Number of generators. They share simulated aircraft; each real source is read by one of them."""
    resources: Resources = Resources()
    """CPU and memory of each generator."""
    pod_template: PodTemplate | None = None
    """Settings of the generators' pods, whose containers are `generator` and, with the builtin Kafka, the init
    container `topics`."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield what a template must not change."""
        yield from template_rules(self.pod_template, "generator", TOPICS_CONTAINER)


class Monitoring(SpecModel):
    """Monitoring of the tracker. Each option needs its own CRDs, Grafana or a collector in the cluster."""

    service_monitor: bool = False
    """Whether to create a ServiceMonitor for the Prometheus Operator."""
    prometheus_rule: bool = False
    """Whether to create a PrometheusRule with the tracker's alerts."""
    grafana_dashboard: bool = False
    """Whether to create a ConfigMap with a dashboard, labelled for Grafana's sidecar."""
    otlp_endpoint: WebUrl | None = None
    """URL of the OpenTelemetry collector (OTLP over HTTP) that receives traces. If unset, tracing is off."""
    trace_sample_ratio: float = Field(default=0.0001, ge=0, le=1)
    """Share of the positions that are traced from the source to the frame, 0 to 1."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a URL with a user name or password."""
        yield from userinfo_rule("otlpEndpoint", self.otlp_endpoint, COLLECTOR_ACCOUNT)


class ImageOverrides(SpecModel):
    """Container images. Each defaults to the image of the operator's release."""

    generator: Image | None = None
    """Image of the generator."""
    gateway: Image | None = None
    """Image of the gateways."""
    historian: Image | None = None
    """Image of the historians."""
    web: Image | None = None
    """Image of the page."""
    kafka: Image | None = None
    """Image of the builtin Kafka."""
    redis: Image | None = None
    """Image of the builtin Redis."""
    schema_registry: Image | None = None
    """Image of the builtin schema registry."""


class CommonPodTemplate(PodTemplate):
    """Settings of every pod of the tracker. The `podTemplate` of a part completes and overrides them."""

    image_overrides: ImageOverrides = ImageOverrides()
    """Container images that replace those of the operator's release."""


class FlightTrackerSpec(SpecModel):
    """Desired state of a tracker. Every field has a default."""

    source: Source = Field(default=Source(), json_schema_extra={"deprecated": True})
    """Deprecated: list the source in `sources`, where it has a name. Where positions come from, if there is one source;
    without it and without `sources`, traffic is simulated."""
    sources: tuple[NamedSource, ...] = Field(
        default=(),
        max_length=MAX_SOURCES,
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]},
    )
    """Where positions come from. If empty, traffic is simulated. An aircraft that several sources hear is shown once,
    with its newest position. List the best source first: of positions at about the same time, it is preferred."""
    aircraft_table: AircraftTableSpec | None = None
    """Who an aircraft is: registration, type and operator by address. If unset, only what the sources send is known."""
    generator: Generator = Generator()
    """Reads positions from the source and writes them to Kafka."""
    kafka: Kafka = Kafka()
    """The log of positions."""
    redis: Redis = Redis()
    """Relays frames between gateways."""
    schema_registry: SchemaRegistrySpec = SchemaRegistrySpec()
    """Stores the Avro schemas of the positions."""
    gateway: Gateway = Gateway()
    """The servers that browsers connect to."""
    history: History = History()
    """What is kept of the past, for how long, and where."""
    web: Web = Web()
    """The page."""
    ingress: Ingress = Ingress()
    """Access from outside the cluster."""
    monitoring: Monitoring = Monitoring()
    """Metrics, alerts, dashboard and traces."""
    version: Version | None = None
    """Version of the generator, the gateways, the historians and the page, such as "1.4.2". It pins them: at most the
    version of the operator, and of the same minor version. Defaults to the version of the operator."""
    outgoing: OutgoingSpec | None = None
    """Proxies and certificates for connections to servers outside of the tracker."""
    paused: bool = False
    """Pauses reconciliation: while true, the operator changes nothing in the cluster."""
    pod_template: CommonPodTemplate = CommonPodTemplate()
    """Settings of every pod."""

    @property
    def used_sources(self) -> tuple[NamedSource, ...]:
        """The sources of the tracker: `sources`, or else `source`, named after its kind."""
        if self.sources:
            return self.sources
        kind = self.source.kind
        name = kind.replace("_", "-")
        return (NamedSource.model_validate({"name": name, kind: self.source.chosen}, by_name=True),)

    @property
    def source_secrets(self) -> dict[str, frozenset[str]]:
        """The keys that the sources read, by Secret; changes take effect without a restart."""
        used = (source.chosen for source in self.used_sources)
        return merged_keys(source.secret_keys for source in used if isinstance(source, HttpAccess))

    @property
    def generator_secrets(self) -> dict[str, frozenset[str]]:
        """The keys that generators read, by Secret: those of the sources and of the table of aircraft."""
        return merged_keys((self.source_secrets, self.aircraft_table.secret_keys if self.aircraft_table else {}))

    @property
    def feeder_ports(self) -> tuple[int, ...]:
        """Ports to which feeders connect."""
        used = (source.beast for source in self.used_sources)
        return tuple(beast.listen.port for beast in used if beast is not None and beast.listen is not None)

    @property
    def longest_interval_seconds(self) -> float:
        """Longest interval of the sources."""
        return max(source.chosen.interval_seconds for source in self.used_sources)

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a second definition of the sources, a time to live or a retention that is too short, and containers of
        single parts in the template of all.
        """
        yield from common_template_rules(self.pod_template)
        if self.sources and self.source.kinds:
            yield BrokenRule("source", NOT_BOTH)
        if len({source.name for source in self.sources}) < len(self.sources):
            yield BrokenRule("sources", UNIQUE_NAMES)
        if len(set(self.feeder_ports)) < len(self.feeder_ports):
            yield BrokenRule("sources", UNIQUE_PORTS)
        if self.feeder_ports and self.generator.replicas > 1:
            yield BrokenRule("generator.replicas", ONE_LISTENS)
        if self.gateway.time_to_live_seconds <= self.longest_interval_seconds:
            interval = f"{self.longest_interval_seconds:g} s"
            allowed = (
                f"must be more than the source's interval of {interval}, or aircraft disappear between two reports"
            )
            yield BrokenRule("gateway.timeToLiveSeconds", allowed)
        if self.kafka.retention_minutes * 60 < self.gateway.time_to_live_seconds:
            allowed = "must cover gateway.timeToLiveSeconds: a gateway rebuilds the map from the positions in Kafka"
            yield BrokenRule("kafka.retentionMinutes", allowed)


class Metadata(SpecModel):
    """Name and labels of the resource. Unknown fields are ignored: the API server adds its own."""

    model_config = ConfigDict(extra="ignore")

    name: str = Field(pattern=TRACKER_NAME.regex, max_length=NAME_CHARACTERS)
    """Name of the tracker, and the prefix of the names of all its objects."""
    namespace: str | None = Field(default=None, pattern=NAME.regex, max_length=63)
    """Namespace of the tracker. Defaults to the namespace of the command."""
    labels: dict[str, str] = Field(default={})
    """Labels of the resource; Kubernetes limits them."""
    annotations: dict[str, str] = Field(default={})
    """Annotations of the resource; Kubernetes limits them."""


class FlightTracker(SpecModel):
    """A live flight map."""

    api_version: Literal["flighttracker.io/v1beta1", "flighttracker.io/v1alpha1"]
    """Group and version."""
    kind: Literal["FlightTracker"]
    """Always FlightTracker."""
    metadata: Metadata
    """Name, namespace and labels."""
    spec: FlightTrackerSpec = FlightTrackerSpec()
    """Desired state."""
    status: dict[str, Any] | None = Field(default=None, exclude=True)
    """State that the operator last observed; the models do not read it."""
