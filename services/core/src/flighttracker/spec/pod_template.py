"""`podTemplate`: settings of pods in Kubernetes' own words, for all pods or for those of one part.

They are merged as `kubectl patch` would: lists by name, mappings by key. The operator completes `spec.podTemplate` with
the template of the part, and its own pods with both. Kubernetes' large types are copied unchanged, and its API server
validates them. What would break a part, such as another command, is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from flighttracker.spec.fields import IMAGE, NAME, BrokenRule, LongText, ObjectName, ShortText, SpecModel, Texts
from flighttracker.spec.pod_shape import (
    AFFINITY,
    CONTAINER,
    HOST_ALIAS,
    SECURITY_CONTEXT,
    SPREAD,
    VOLUME,
    Listed,
    shape_rules,
)

MAX_CONTAINERS: Final = 16
MAX_SHOWN: Final = 8
"""Parts of a wrong type that are reported in one field: a list in Kubernetes' format can have any number of them."""
PRESERVED: Final[JsonDict] = {"x-kubernetes-preserve-unknown-fields": True}
BY_NAME: Final[JsonDict] = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}

Image = Annotated[str, Field(pattern=IMAGE.regex, max_length=512)]
KubernetesObject = Annotated[dict[str, Any], Field(max_length=64, json_schema_extra=PRESERVED)]
"""A part of a pod in Kubernetes' format, which only the API server validates."""
ContainerName = Annotated[str, Field(pattern=NAME.regex, max_length=63)]

OWN_FIELDS: Final = ("image", "command", "args")
"""Fields of the operator's own containers that a template cannot set."""
OF_A_PART: Final = (
    "must have an image if additional, else no image, command or args (see spec.podTemplate.imageOverrides)"
)
OF_ALL_PODS: Final = (
    "must have an image, and not the name of a container of one part: change that in the podTemplate of the part"
)
TOPICS_CONTAINER: Final = "topics"
"""The operator's init container that creates topics."""
OWN_CONTAINERS: Final = ("gateway", "generator", "historian", "kafka", "redis", "registry", "web", TOPICS_CONTAINER)


class Toleration(SpecModel):
    """A taint that the pods tolerate."""

    key: ShortText | None = None
    """Key of the taint. If unset, `operator` must be Exists and every key matches."""
    operator: Literal["Exists", "Equal"] = "Equal"
    """`Equal`: key and value must match. `Exists`: the key must match."""
    value: ShortText | None = None
    """Value of the taint."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """Effect of the taint. If unset, every effect matches."""
    toleration_seconds: int | None = Field(default=None, ge=0, le=2_147_483_647)
    """How long a NoExecute taint is tolerated, seconds. If unset, it is tolerated forever."""


class Container(SpecModel):
    """A container as in a Kubernetes pod; other fields than these are validated by the API server."""

    model_config = ConfigDict(extra="allow", json_schema_extra=PRESERVED)

    name: ContainerName
    """Name. With the name of one of the operator's containers, the other fields are merged into that container."""
    image: Image | None = None
    """Image of an additional container."""
    command: tuple[LongText, ...] | None = Field(default=None, max_length=256)
    """Command of an additional container."""
    args: tuple[LongText, ...] | None = Field(default=None, max_length=256)
    """Arguments of an additional container."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield further fields whose type is wrong."""
        for name, value in (self.model_extra or {}).items():
            if name in CONTAINER:
                yield from islice(shape_rules(name, value, CONTAINER[name]), MAX_SHOWN)


class PodTemplate(SpecModel):
    """Settings of pods, named as in a Kubernetes pod and merged into the operator's: lists by name, mappings by key."""

    labels: Texts = Field(default={})
    """Labels of the pods. The labels that the operator sets cannot be overridden."""
    annotations: Texts = Field(default={})
    """Annotations of the pods."""
    node_selector: Texts = Field(default={})
    """Labels that a node must have to run the pods."""
    tolerations: tuple[Toleration, ...] = Field(default=(), max_length=32)
    """Taints that the pods tolerate."""
    affinity: dict[str, Any] = Field(default={}, max_length=3, json_schema_extra=PRESERVED)
    """The `affinity` of a Kubernetes pod, copied unchanged and validated by the API server."""
    topology_spread_constraints: tuple[KubernetesObject, ...] | None = Field(default=None, max_length=16)
    """How pods are spread, merged by `topologyKey`. A missing `labelSelector` selects the pods of the part."""
    priority_class_name: ObjectName | None = None
    """PriorityClass of the pods."""
    runtime_class_name: ObjectName | None = None
    """RuntimeClass of the pods."""
    scheduler_name: ObjectName | None = None
    """Scheduler of the pods."""
    service_account_name: ObjectName | None = None
    """ServiceAccount of the pods. Its token is not mounted, unless `automountServiceAccountToken` is true."""
    automount_service_account_token: bool | None = None
    """Whether the token of the ServiceAccount is mounted."""
    security_context: KubernetesObject | None = None
    """The `securityContext` of the pods."""
    host_aliases: tuple[KubernetesObject, ...] | None = Field(default=None, max_length=64)
    """Entries of the pods' /etc/hosts."""
    termination_grace_period_seconds: int | None = Field(default=None, ge=1, le=3600)
    """How long the pods may take to terminate, seconds; at least what the part needs."""
    image_pull_policy: Literal["Always", "IfNotPresent", "Never"] | None = None
    """When images are pulled. Defaults to that of the operator."""
    image_pull_secrets: tuple[ObjectName, ...] = Field(default=(), max_length=16)
    """Secrets with credentials for pulling the images."""
    volumes: tuple[KubernetesObject, ...] | None = Field(default=None, max_length=64)
    """Additional volumes."""
    init_containers: tuple[Container, ...] | None = Field(
        default=None, max_length=MAX_CONTAINERS, json_schema_extra=BY_NAME
    )
    """Additional init containers, which run before the operator's; with `restartPolicy: Always` they are sidecars."""
    containers: tuple[Container, ...] | None = Field(default=None, max_length=MAX_CONTAINERS, json_schema_extra=BY_NAME)
    """Additional containers, and additions to the operator's own: `env`, `envFrom`, `volumeMounts`, `lifecycle`,
    `securityContext`, and times of probes."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield parts in Kubernetes' format whose type is wrong."""
        parts = (
            ("affinity", self.affinity, AFFINITY),
            ("topologySpreadConstraints", self.topology_spread_constraints, Listed(SPREAD)),
            ("securityContext", self.security_context, SECURITY_CONTEXT),
            ("hostAliases", self.host_aliases, Listed(HOST_ALIAS)),
            ("volumes", self.volumes, Listed(VOLUME)),
        )
        for name, value, shape in parts:
            if value is not None:
                whole = [*value] if isinstance(value, tuple) else value
                yield from islice(shape_rules(name, whole, shape), MAX_SHOWN)

    @cached_property
    def is_set(self) -> bool:
        """Whether it sets anything. That of all pods always exists, because the API server adds defaults."""
        return any(getattr(self, name) not in (None, (), {}) for name in PodTemplate.model_fields)

    @property
    def secret_keys(self) -> dict[str, frozenset[str]]:
        """The Secrets that volumes and environments use, with the keys that they name."""
        found: dict[str, frozenset[str]] = {}
        for name, key in secret_references(self.model_dump(mode="json", exclude_unset=True)):
            found[name] = found.get(name, frozenset()) | ({key} if key else frozenset())
        return found


def template_rules(template: PodTemplate | None, *own: str) -> Iterator[BrokenRule]:
    """Yield changes of the operator's own containers that would break them, and containers without an image.

    Args:
        template: the template of a part.
        own: names of the operator's containers in its pods.
    """
    for field, containers in _containers_of(template):
        for container in containers:
            own_fields = any(getattr(container, name) is not None for name in OWN_FIELDS)
            if own_fields if container.name in own else container.image is None:
                yield BrokenRule(f"podTemplate.{field}", OF_A_PART)
                break


def common_template_rules(template: PodTemplate) -> Iterator[BrokenRule]:
    """Yield containers of single parts in the template of all pods, and containers without an image."""
    for field, containers in _containers_of(template):
        if any(container.name in OWN_CONTAINERS or container.image is None for container in containers):
            yield BrokenRule(f"podTemplate.{field}", OF_ALL_PODS)


def _containers_of(template: PodTemplate | None) -> Iterator[tuple[str, tuple[Container, ...]]]:
    if template is not None:
        yield "containers", template.containers or ()
        yield "initContainers", template.init_containers or ()


def secret_references(part: object) -> Iterator[tuple[str, str]]:
    """Yield name and key of each reference to a Secret in a part of a pod; an empty key stands for all keys."""
    if isinstance(part, dict):
        for field, value in part.items():
            if field in ("secretKeyRef", "secretRef", "secret") and isinstance(value, dict):
                name = value.get("secretName") or value.get("name")
                items = value.get("items")
                listed = items if isinstance(items, list) else []
                keys = [item.get("key") for item in listed if isinstance(item, dict)] or [value.get("key")]
                if isinstance(name, str):
                    yield from ((name, key if isinstance(key, str) else "") for key in keys)
            yield from secret_references(value)
    elif isinstance(part, list):
        for item in part:
            yield from secret_references(item)
