"""Builders of a tracker's objects (its children): name, labels and owner reference.

The owner reference makes the garbage collector delete children with their tracker, so no finalizer is needed. A builder
returns a new object each time and does not change its arguments. The same tracker and the same facts give the same
objects, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flighttracker.spec import KIND, STORED_API_VERSION, FlightTracker
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import Component, child_name, labels, selector

CONFIG_ANNOTATION: Final = "flighttracker.io/config"
"""Annotation of a pod template: digest of the configuration that the pods mount; a change restarts them."""

APP_PROTOCOLS: Final = {"http": "http", "metrics": "http", "management": "http"}
"""Protocols of ports by name, which a service mesh would otherwise guess; the others are TCP."""


def owner_reference(tracker: FlightTracker, facts: Facts, *, controller: bool = True) -> dict[str, Any]:
    """Return the reference that makes the garbage collector delete a child with its tracker.

    `blockOwnerDeletion` is left out: some clusters require permission to update the owner's finalizers to set it.
    """
    return reference_to(tracker.metadata.name, facts.uid, controller=controller)


def reference_to(name: str, uid: str, *, controller: bool) -> dict[str, Any]:
    """Return an owner reference to a tracker."""
    reference = {"apiVersion": STORED_API_VERSION, "kind": KIND, "name": name, "uid": uid}
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
        facts: the state of the cluster.
        component: the component to which the child belongs; sets its labels.
        kind: kind of the object.
        api_version: group and version of the kind.
        name: its name; None for the component's default, such as `TRACKER-gateway`.
        annotations: its annotations.
        extra_labels: labels added to the component's.
        fields: the other fields: `spec`, `data`, `type`.
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
    publish_not_ready: bool = False,
    annotations: Mapping[str, str] | None = None,
    is_encrypted: bool = False,
    **fields: Any,
) -> Manifest:
    """Return a Service in front of the pods of a component.

    Args:
        tracker: the resource.
        facts: the state of the cluster.
        component: the component whose pods are selected.
        ports: port numbers by name; the pods have ports of the same names.
        name: name of the Service; None for the component's default.
        headless: no cluster IP: DNS returns the addresses of the pods.
        publish_not_ready: DNS also returns pods that are not ready, for members that must find each other first.
        annotations: annotations of the Service.
        is_encrypted: whether the port `http` expects TLS.
        fields: the other fields of its spec.
    """
    spec: dict[str, Any] = {
        **fields,
        "selector": selector(tracker, component),
        "ports": [
            {
                "name": port,
                "port": number,
                "targetPort": port,
                "protocol": "TCP",
                "appProtocol": "https" if is_encrypted and port == "http" else APP_PROTOCOLS.get(port, "tcp"),
            }
            for port, number in ports.items()
        ],
    }
    if headless:
        spec["clusterIP"] = "None"
    if publish_not_ready:
        spec["publishNotReadyAddresses"] = True
    return child(tracker, facts, component, kind="Service", name=name, annotations=annotations, spec=spec)


def config_map(
    tracker: FlightTracker, facts: Facts, component: Component, data: Mapping[str, str], *, name: str | None = None
) -> Manifest:
    """Return a ConfigMap of a component."""
    return child(tracker, facts, component, kind="ConfigMap", name=name, data=dict(data))


def disruption_budget(tracker: FlightTracker, facts: Facts, component: Component) -> Manifest:
    """Return a PodDisruptionBudget with which draining nodes evicts one pod of a component at a time.

    Unhealthy pods can always be evicted, so a broken tracker never blocks a drain.
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
