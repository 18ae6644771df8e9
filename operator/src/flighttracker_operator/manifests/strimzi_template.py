"""`podTemplate`s in Strimzi's words: `template.pod` and `template.kafkaContainer` of a Kafka or KafkaNodePool.

Strimzi has no template for some fields of a pod; `unsupported` names them, and a condition reports them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from flighttracker_operator.manifests.pod_merge import OS_LABEL, merge_templates
from flighttracker_operator.model.pod_templates import PathTemplate

COPIED: Final = (
    "securityContext",
    "terminationGracePeriodSeconds",
    "imagePullSecrets",
    "tolerations",
    "topologySpreadConstraints",
    "priorityClassName",
    "schedulerName",
    "hostAliases",
    "volumes",
    "enableServiceLinks",
)
"""Fields of a pod that have the same name and format in `template.pod`."""
UNSUPPORTED: Final = (
    "runtimeClassName",
    "serviceAccountName",
    "automountServiceAccountToken",
    "imagePullPolicy",
    "initContainers",
)
CONTAINER: Final = "kafka"
CONTAINER_FIELDS: Final = frozenset({"name", "env", "volumeMounts", "securityContext"})
"""Fields of `template.kafkaContainer`."""


def pod_template(templates: Sequence[PathTemplate], selector: Mapping[str, str]) -> dict[str, Any]:
    """Return `template.pod`, at the level `restricted`.

    Args:
        templates: the templates of the resource, the more specific ones last.
        selector: labels that select the pods, for topology spread constraints without a selector.
    """
    merged = _merged(templates, selector)
    spec = merged["spec"]
    pod = {name: spec[name] for name in COPIED if spec.get(name)}
    pod["enableServiceLinks"] = False
    # Strimzi has no node selector: https://strimzi.io/docs/operators/latest/configuring.html (PodTemplate).
    pod["affinity"] = _with_node_selector(spec.get("affinity") or {}, spec["nodeSelector"])
    metadata = {name: value for name, value in merged["metadata"].items() if value}
    return {**pod, "metadata": metadata} if metadata else pod


def container_template(templates: Sequence[PathTemplate] = ()) -> dict[str, Any]:
    """Return `template.kafkaContainer`; without templates, that of any container of Strimzi."""
    container = _merged(templates, {})["spec"]["containers"][0]
    return {name: container[name] for name in ("env", "securityContext", "volumeMounts") if container.get(name)}


def unsupported(templates: Sequence[PathTemplate]) -> Iterator[str]:
    """Yield what Strimzi has no words for, each with its path."""
    for path, template in templates:
        fields = template.model_dump(mode="json", exclude_unset=True)
        yield from (f"{path}.{name}" for name in UNSUPPORTED if fields.get(name))
        for container in fields.get("containers") or ():
            where = f"{path}.containers[{container['name']}]"
            if container["name"] != CONTAINER:
                yield where
            else:
                yield from (f"{where}.{name}" for name in sorted(container.keys() - CONTAINER_FIELDS))


def _merged(templates: Sequence[PathTemplate], selector: Mapping[str, str]) -> dict[str, Any]:
    restricted = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, **restricted}
    own = {
        "metadata": {},
        "spec": {
            "securityContext": restricted,
            "nodeSelector": {OS_LABEL: "linux"},
            "topologySpreadConstraints": [],
            "terminationGracePeriodSeconds": 0,
            "volumes": [],
            "containers": [{"name": CONTAINER, "securityContext": context, "volumeMounts": []}],
        },
    }
    return merge_templates(own, templates, selector).template


def _with_node_selector(affinity: dict[str, Any], node_selector: Mapping[str, str]) -> dict[str, Any]:
    """Return an affinity that also requires the labels of a node selector, in each of its terms."""
    labels = [{"key": key, "operator": "In", "values": [value]} for key, value in node_selector.items()]
    node = affinity.get("nodeAffinity") or {}
    required = node.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    terms = [
        {**term, "matchExpressions": [*(term.get("matchExpressions") or ()), *labels]}
        for term in required.get("nodeSelectorTerms") or [{}]
    ]
    return {
        **affinity,
        "nodeAffinity": {
            **node,
            "requiredDuringSchedulingIgnoredDuringExecution": {**required, "nodeSelectorTerms": terms},
        },
    }
