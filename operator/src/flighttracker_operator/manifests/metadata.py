"""What every child has: a name, the labels by which it is found, and the tracker as its owner.

Children go with the tracker through the owner reference, without a finalizer. A builder returns a new object each time
and never changes what it was given; the same tracker and the same facts give the same objects, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flighttracker.spec import API_VERSION, KIND, FlightTracker
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import Component, child_name, labels, selector

CONFIG_ANNOTATION: Final = "flighttracker.io/config"
"""On a pod template: digest of the configuration that the pods mount; a change rolls them."""


def owner_reference(tracker: FlightTracker, facts: Facts, *, controller: bool = True) -> dict[str, Any]:
    """Return the reference that makes the garbage collector remove a child with its tracker.

    `blockOwnerDeletion` is left out: some clusters let only those set it who may write finalizers of the owner.
    """
    reference = {"apiVersion": API_VERSION, "kind": KIND, "name": tracker.metadata.name, "uid": facts.uid}
    return {**reference, "controller": True} if controller else reference


def child(
    tracker: FlightTracker,
    facts: Facts,
    component: Component,
    *,
    kind: str,
    api_version: str = "v1",
    name: str | None = None,
    annotations: Mapping[str, str] | None = None,
    extra_labels: Mapping[str, str] | None = None,
    **fields: Any,
) -> Manifest:
    """Return an object of a tracker.

    Args:
        tracker: the resource.
        facts: what is known of the cluster.
        component: what the child is part of; it says the labels.
        kind: kind of the object.
        api_version: group and version of the kind.
        name: its name; None is that of the component, `TRACKER-gateway`.
        annotations: its annotations.
        extra_labels: labels beside ours.
        fields: the rest: `spec`, `data`, `type`.
    """
    metadata: dict[str, Any] = {
        "name": name or child_name(tracker, component),
        "namespace": facts.namespace,
        "labels": {**(extra_labels or {}), **labels(tracker, component)},
        "ownerReferences": [owner_reference(tracker, facts)],
    }
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def service(
    tracker: FlightTracker,
    facts: Facts,
    component: Component,
    ports: Mapping[str, int],
    *,
    name: str | None = None,
    headless: bool = False,
    not_ready_too: bool = False,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """Return a Service in front of the pods of a component.

    Args:
        tracker: the resource.
        facts: what is known of the cluster.
        component: whose pods.
        ports: number by name; the pods name the same port.
        name: of the Service, None for that of the component.
        headless: no address of its own: DNS gives those of the pods.
        not_ready_too: DNS knows pods that are not ready; for members that must find each other to become it.
        annotations: of the Service.
    """
    spec: dict[str, Any] = {
        "selector": selector(tracker, component),
        "ports": [
            {"name": port, "port": number, "targetPort": port, "protocol": "TCP"} for port, number in ports.items()
        ],
    }
    if headless:
        spec["clusterIP"] = "None"
    if not_ready_too:
        spec["publishNotReadyAddresses"] = True
    return child(tracker, facts, component, kind="Service", name=name, annotations=annotations, spec=spec)


def config_map(
    tracker: FlightTracker, facts: Facts, component: Component, data: Mapping[str, str], *, name: str | None = None
) -> Manifest:
    """Return a ConfigMap of a component."""
    return child(tracker, facts, component, kind="ConfigMap", name=name, data=dict(data))


def disruption_budget(tracker: FlightTracker, facts: Facts, component: Component) -> Manifest:
    """Return a PodDisruptionBudget: a drain of nodes takes one pod of a component at a time.

    A pod that is not healthy may always go, so that a broken tracker never keeps a node from being drained.
    """
    return child(
        tracker,
        facts,
        component,
        api_version="policy/v1",
        kind="PodDisruptionBudget",
        spec={
            "maxUnavailable": 1,
            "selector": {"matchLabels": selector(tracker, component)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    )
