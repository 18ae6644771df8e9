"""Volumes that outlive their pods: they go with the tracker, never with a StatefulSet, and they only grow.

A claim names the tracker as its owner in the template already (Elastic's operator does the same), so that a StatefulSet
that somebody deletes finds its data again, and a tracker that is deleted leaves nothing behind.

The template of a StatefulSet can never change. When the resource asks for more, the template keeps what it says, and
the claims themselves are asked for more; the storage class must allow it, else the API server says so.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker.spec.fields import Storage
from flighttracker.spec.quantities import in_units
from flighttracker_operator.manifests.metadata import child, owner_reference
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import Component, child_name, labels

CLAIM: Final = "data"


def claim_template(tracker: FlightTracker, facts: Facts, component: Component, storage: Storage) -> dict[str, Any]:
    """Return the claim template of a StatefulSet; a live one keeps its size."""
    live = facts.workloads.get(child_name(tracker, component))
    size = live.volume_claims.get(CLAIM, storage.size) if live else storage.size
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": size}},
    }
    if storage.class_name:
        spec["storageClassName"] = storage.class_name
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            "name": CLAIM,
            "labels": labels(tracker, component),
            "ownerReferences": [owner_reference(tracker, facts, controller=False)],
        },
        "spec": spec,
    }


def grown_claims(
    tracker: FlightTracker, facts: Facts, component: Component, storage: Storage, replicas: int
) -> list[Manifest]:
    """Return the claims that exist, with at least the size that the resource asks for; none shrinks."""
    claims = []
    for number in range(replicas):
        name = f"{CLAIM}-{child_name(tracker, component)}-{number}"
        size = facts.volume_claims.get(name)
        if size is not None:
            claim = child(
                tracker,
                facts,
                component,
                kind="PersistentVolumeClaim",
                name=name,
                spec={"resources": {"requests": {"storage": max(size, storage.size, key=in_units)}}},
            )
            claim["metadata"]["ownerReferences"] = [owner_reference(tracker, facts, controller=False)]
            claims.append(claim)
    return claims
