"""Violations of the policy by fields of the resource: images, the Ingress and `podTemplate`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Final, NamedTuple

from flighttracker.spec import FlightTracker
from flighttracker.spec.tracker import Toleration
from flighttracker_operator.manifests import claim_names
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, Component
from flighttracker_operator.model.policy import Policy
from flighttracker_operator.policy.matching import allows_annotation, allows_host, allows_image, is_listed, repository

SHOWN_CHARACTERS: Final = 80
WITH_PODS: Final = frozenset({"Deployment", "StatefulSet", "Kafka", "KafkaNodePool"})
CONTROL_PLANE: Final = frozenset({"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"})
INGRESS: Final = frozenset[Component]({"ingress"})


class Violation(NamedTuple):
    """A field whose value the policy does not allow.

    Attributes:
        components: the parts that are held because of it.
        message: the field, its value, and the setting of the policy that would allow it.
    """

    components: frozenset[Component]
    message: str


def violation(components: frozenset[Component], path: str, value: str | None, setting: str) -> Violation:
    """Return the violation by a field; None if the field is left out."""
    shown = "is left out" if value is None else f"is {_quoted(value)}"
    return Violation(components, f"{path} {shown}, which policy.{setting} of the operator's chart does not allow")


def violations(tracker: FlightTracker, facts: Facts, wanted: Sequence[Manifest]) -> Iterator[Violation]:
    """Yield the violations by images, by the Ingress and by `podTemplate`."""
    with_pods = frozenset(_component(manifest) for manifest in wanted if manifest["kind"] in WITH_PODS)
    yield from _images(tracker, facts, wanted)
    if with_pods:
        yield from _pods(tracker, facts.policy, with_pods)
    if tracker.spec.ingress.enabled:
        yield from _ingress(tracker, facts.policy)


def claim_violations(tracker: FlightTracker, facts: Facts) -> Iterator[Violation]:
    """Yield a violation for each volume of others that a builtin server would use because of its name."""
    for name, component in claim_names(tracker).items():
        if name in facts.foreign_claims:
            message = (
                f"PersistentVolumeClaim {name} exists but was not made for this tracker, which needs a claim of this "
                "name: delete the claim, or rename the tracker"
            )
            yield Violation(frozenset({component}), message)


def _images(tracker: FlightTracker, facts: Facts, wanted: Sequence[Manifest]) -> Iterator[Violation]:
    allowed = (*facts.policy.images, *(repository(image) for image in astuple(facts.images)))
    overrides: Mapping[str, str | None] = tracker.spec.pod_template.image_overrides.model_dump()
    for field, image in overrides.items():
        if image is not None and not allows_image(image, allowed):
            users = frozenset(_component(manifest) for manifest in wanted if image in _images_of(manifest))
            if users:
                yield violation(users, f"spec.podTemplate.imageOverrides.{field}", image, "images")


def _images_of(manifest: Manifest) -> set[str]:
    pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
    return {container["image"] for container in (*pod.get("containers", ()), *pod.get("initContainers", ()))}


def _pods(tracker: FlightTracker, policy: Policy, with_pods: frozenset[Component]) -> Iterator[Violation]:
    extras = tracker.spec.pod_template
    path = "spec.podTemplate"
    for key, value in extras.annotations.items():
        if "/" in key and not is_listed(key, policy.pod_annotations):
            yield violation(with_pods, _at(f"{path}.annotations", key), value, "podAnnotations")
    for key, value in extras.labels.items():
        if not is_listed(key, policy.pod_labels):
            yield violation(with_pods, _at(f"{path}.labels", key), value, "podLabels")
    priority = extras.priority_class_name
    if priority is not None and not is_listed(priority, policy.priority_classes):
        yield violation(with_pods, f"{path}.priorityClassName", priority, "priorityClasses")
    for number, toleration in enumerate(extras.tolerations):
        if not policy.control_plane_nodes and _reaches_control_plane(toleration):
            yield violation(with_pods, f"{path}.tolerations[{number}].key", toleration.key, "controlPlaneNodes")


def _reaches_control_plane(toleration: Toleration) -> bool:
    return toleration.key in CONTROL_PLANE or (toleration.key is None and toleration.operator == "Exists")


def _ingress(tracker: FlightTracker, policy: Policy) -> Iterator[Violation]:
    wanted = tracker.spec.ingress
    if wanted.host is None:
        if not policy.any_host:
            yield violation(INGRESS, "spec.ingress.host", None, "anyHost")
    elif wanted.host.startswith("*.") and not policy.wildcard_hosts:
        yield violation(INGRESS, "spec.ingress.host", wanted.host, "wildcardHosts")
    elif not allows_host(wanted.host, policy.hosts):
        yield violation(INGRESS, "spec.ingress.host", wanted.host, "hosts")
    for key, value in wanted.annotations.items():
        if not allows_annotation(key, policy.ingress_annotations):
            yield violation(INGRESS, _at("spec.ingress.annotations", key), value, "ingressAnnotations")


def _component(manifest: Manifest) -> Component:
    component: Component = manifest["metadata"]["labels"][COMPONENT_LABEL]
    return component


def _at(path: str, key: str) -> str:
    return f"{path}[{_quoted(key)}]"


def _quoted(value: str) -> str:
    short = value if len(value) <= SHOWN_CHARACTERS else f"{value[:SHOWN_CHARACTERS]}…"
    return json.dumps(short)
