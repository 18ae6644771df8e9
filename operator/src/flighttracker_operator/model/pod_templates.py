"""The `podTemplate`s of a resource, by the component whose pods they change."""

from __future__ import annotations

from typing import Final, NamedTuple

from flighttracker.spec import FlightTracker
from flighttracker.spec.pod_template import PodTemplate
from flighttracker_operator.model.names import Component

WITH_PODS: Final[tuple[Component, ...]] = (
    "generator",
    "gateway",
    "historian",
    "web",
    "kafka",
    "redis",
    "schema-registry",
)


class PathTemplate(NamedTuple):
    """A `podTemplate` of the resource.

    Attributes:
        path: its path, such as `spec.gateway.podTemplate`.
        template: its fields.
    """

    path: str
    template: PodTemplate


def pod_templates(tracker: FlightTracker, component: Component) -> tuple[PathTemplate, ...]:
    """Return the templates of a component's pods that the resource sets; the template of all pods is the first."""
    spec = tracker.spec
    parts: dict[Component, tuple[str, PodTemplate | None]] = {
        "generator": ("generator", spec.generator.pod_template),
        "gateway": ("gateway", spec.gateway.pod_template),
        "historian": ("history", spec.history.pod_template),
        "web": ("web", spec.web.pod_template),
        "kafka": ("kafka", spec.kafka.pod_template),
        "redis": ("redis", spec.redis.pod_template),
        "schema-registry": ("schemaRegistry", spec.schema_registry.pod_template),
    }
    name, part = parts[component]
    found = (("spec.podTemplate", spec.pod_template), (f"spec.{name}.podTemplate", part))
    return tuple(PathTemplate(path, template) for path, template in found if template and template.is_set)
