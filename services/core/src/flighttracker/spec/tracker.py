"""`FlightTracker`, the whole resource: `flighttracker.io/v1alpha1`. `spec: {}` is a tracker that works.

Rules that span several parts stand here. The operator reads it from the API server, the command line from a file,
both through `flighttracker.spec.parse`; `flighttracker.plan` turns it into settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from flighttracker.spec.fields import (
    IMAGE,
    NAME,
    BrokenRule,
    ObjectName,
    Resources,
    ShortText,
    SpecModel,
    Texts,
    WebUrl,
    userinfo_rule,
)
from flighttracker.spec.gateway import Gateway
from flighttracker.spec.page import Ingress, Web
from flighttracker.spec.servers import Kafka, Redis, SchemaRegistrySpec
from flighttracker.spec.source import OpenSky, Source

GROUP: Final = "flighttracker.io"
VERSION: Final = "v1alpha1"
API_VERSION: Final = "flighttracker.io/v1alpha1"
KIND: Final = "FlightTracker"

NAME_CHARACTERS: Final = 40
"""Longest name of a tracker: its children add up to 23 characters, and Kubernetes allows 63."""

COLLECTOR_ACCOUNT: Final = "traces are sent without an account; use a collector in the cluster that has one"
"""Why there is no account for the collector."""

Image = Annotated[str, Field(pattern=IMAGE.regex, max_length=512)]


class Generator(SpecModel):
    """What asks the source for positions and writes them to Kafka."""

    replicas: int = Field(default=1, ge=1, le=32)
    """How many generators share the fleet."""
    resources: Resources = Resources()
    """What each generator asks for and may use."""


class Monitoring(SpecModel):
    """What watches the tracker; each needs the CRDs or the collector that it speaks to."""

    service_monitor: bool = False
    """Create a ServiceMonitor for the Prometheus operator."""
    prometheus_rule: bool = False
    """Create a PrometheusRule with the tracker's alerts."""
    grafana_dashboard: bool = False
    """Create a ConfigMap with a dashboard, labelled for Grafana's sidecar."""
    otlp_endpoint: WebUrl | None = None
    """OpenTelemetry collector that receives traces; left out: none are made."""
    trace_sample_ratio: float = Field(default=0.0001, ge=0, le=1)
    """Share of the positions that are followed from source to socket."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Traces are sent without an account."""
        yield from userinfo_rule("otlpEndpoint", self.otlp_endpoint, COLLECTOR_ACCOUNT)


class Toleration(SpecModel):
    """A taint that the pods tolerate."""

    key: ShortText | None = None
    """Key of the taint; left out: any, with operator Exists."""
    operator: Literal["Exists", "Equal"] = "Equal"
    """Whether the value counts."""
    value: ShortText | None = None
    """Value of the taint."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint; left out: any."""
    toleration_seconds: int | None = Field(default=None, ge=0, le=2_147_483_647)
    """How long NoExecute is tolerated, seconds. Default: forever."""


class ImageOverrides(SpecModel):
    """Images instead of the operator's own; left out: those of its release."""

    generator: Image | None = None
    """The generator."""
    gateway: Image | None = None
    """The gateways."""
    web: Image | None = None
    """The page."""
    kafka: Image | None = None
    """The builtin Kafka."""
    redis: Image | None = None
    """The builtin Redis."""
    schema_registry: Image | None = None
    """The builtin schema registry."""


class PodTemplate(SpecModel):
    """What every pod of the tracker gets beside what it needs."""

    tolerations: tuple[Toleration, ...] = Field(default=(), max_length=32)
    """Taints that the pods tolerate."""
    node_selector: Texts = Field(default={})
    """Labels that a node must have."""
    affinity: dict[str, Any] = Field(
        default={}, max_length=3, json_schema_extra={"x-kubernetes-preserve-unknown-fields": True}
    )
    """Kubernetes' own `affinity`, passed on as it is and checked by the API server."""
    priority_class_name: ObjectName | None = None
    """PriorityClass of the pods."""
    annotations: Texts = Field(default={})
    """Added to every pod."""
    labels: Texts = Field(default={})
    """Added to every pod; the operator's own win."""
    image_overrides: ImageOverrides = ImageOverrides()
    """Images instead of the operator's own."""
    image_pull_secrets: tuple[ObjectName, ...] = Field(default=(), max_length=16)
    """Secrets with which the images are pulled."""


class FlightTrackerSpec(SpecModel):
    """What a tracker should be. Every field has a default."""

    source: Source = Source()
    """Where positions come from."""
    generator: Generator = Generator()
    """What asks the source."""
    kafka: Kafka = Kafka()
    """The log of positions."""
    redis: Redis = Redis()
    """Passes frames between gateways."""
    schema_registry: SchemaRegistrySpec = SchemaRegistrySpec()
    """Keeps the Avro schemas."""
    gateway: Gateway = Gateway()
    """What browsers connect to."""
    web: Web = Web()
    """The page."""
    ingress: Ingress = Ingress()
    """The way in from outside the cluster."""
    monitoring: Monitoring = Monitoring()
    """What watches the tracker."""
    paused: bool = False
    """Leave everything as it is: the operator changes nothing until this is false again."""
    pod_template: PodTemplate = PodTemplate()
    """What every pod gets."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Aircraft outlive the interval, the log outlives the aircraft, and credits are spent once."""
        source = self.source.chosen
        if self.gateway.time_to_live_seconds <= source.interval_seconds:
            allowed = f"must be more than the source's interval of {source.interval_seconds:g} s: aircraft would blink"
            yield BrokenRule("gateway.timeToLiveSeconds", allowed)
        if self.kafka.retention_minutes * 60 < self.gateway.time_to_live_seconds:
            allowed = "must cover gateway.timeToLiveSeconds: a gateway rebuilds the map from what is kept"
            yield BrokenRule("kafka.retentionMinutes", allowed)
        if isinstance(source, OpenSky) and self.generator.replicas > 1:
            allowed = "must be 1 with opensky: each generator would spend credits of its own"
            yield BrokenRule("generator.replicas", allowed)


class Metadata(SpecModel):
    """What the resource is called. The API server adds fields of its own, so others are let through."""

    model_config = ConfigDict(extra="ignore")

    name: str = Field(pattern=NAME.regex, max_length=NAME_CHARACTERS)
    """Name of the tracker; a prefix of the names of everything that belongs to it."""
    namespace: str | None = Field(default=None, pattern=NAME.regex, max_length=63)
    """Namespace of the tracker; left out: that of the command."""
    labels: dict[str, str] = Field(default={})
    """Labels of the resource; Kubernetes bounds them."""
    annotations: dict[str, str] = Field(default={})
    """Annotations of the resource; Kubernetes bounds them."""


class FlightTracker(SpecModel):
    """A live flight map."""

    api_version: Literal["flighttracker.io/v1alpha1"]
    """Group and version."""
    kind: Literal["FlightTracker"]
    """Always FlightTracker."""
    metadata: Metadata
    """What it is called."""
    spec: FlightTrackerSpec = FlightTrackerSpec()
    """What it should be."""
    status: dict[str, Any] | None = Field(default=None, exclude=True)
    """What the operator last saw; nothing here reads it."""
