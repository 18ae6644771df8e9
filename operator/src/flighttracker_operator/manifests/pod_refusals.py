"""What of a resource's `podTemplate`s is left out, because it would break a part or Strimzi has no words for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.manifests.gateway import gateway
from flighttracker_operator.manifests.generator import generator
from flighttracker_operator.manifests.historian import historian
from flighttracker_operator.manifests.kafka import kafka
from flighttracker_operator.manifests.pod_merge import merge_templates
from flighttracker_operator.manifests.redis import redis
from flighttracker_operator.manifests.refusal import Refusal
from flighttracker_operator.manifests.registry import registry
from flighttracker_operator.manifests.strimzi_template import unsupported
from flighttracker_operator.manifests.web import web
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import Component, selector
from flighttracker_operator.model.pod_templates import pod_templates

BUILDERS: Final[dict[Component, Callable[[FlightTracker, Facts], list[Manifest]]]] = {
    "generator": generator,
    "gateway": gateway,
    "historian": historian,
    "web": web,
    "kafka": kafka,
    "redis": redis,
    "schema-registry": registry,
}


def pod_template_refusals(tracker: FlightTracker, facts: Facts) -> list[Refusal]:
    """Return a refusal for each component with a template of which something is left out."""
    return [
        Refusal(component, "PodTemplateConflict", f"{'; '.join(found)}: this is not used", stops=False)
        for component in BUILDERS
        if (found := list(_left_out(tracker, facts, component)))
    ]


def _left_out(tracker: FlightTracker, facts: Facts, component: Component) -> Iterator[str]:
    templates = pod_templates(tracker, component)
    if not templates:
        return
    if component == "kafka" and tracker.spec.kafka.provider == "strimzi":
        yield from (f"Strimzi has no template for {path}" for path in unsupported(templates))
        return
    plain = without_templates(tracker)
    for manifest in BUILDERS[component](plain, facts):
        if manifest["kind"] in ("Deployment", "StatefulSet"):
            yield from merge_templates(manifest["spec"]["template"], templates, selector(tracker, component)).left_out


def without_templates(tracker: FlightTracker) -> FlightTracker:
    """Return a tracker whose pods are the operator's own, with the images that it overrides."""
    spec = tracker.spec
    common = spec.pod_template
    changes = {
        name: getattr(spec, name).model_copy(update={"pod_template": None})
        for name in ("generator", "gateway", "history", "web", "kafka", "redis", "schema_registry")
    }
    changes["pod_template"] = type(common)(image_overrides=common.image_overrides)
    return tracker.model_copy(update={"spec": spec.model_copy(update=changes)})
