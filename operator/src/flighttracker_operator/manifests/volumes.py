"""Volume claims of StatefulSets: they are deleted with the tracker, not with the StatefulSet, and can only grow.

The operator makes the tracker the owner of each claim (`reconcile.adopt`). So a StatefulSet that was deleted finds its
data again, and a deleted tracker leaves no volumes behind. With `reclaim: Retain` a claim has no owner, and stays. The
StatefulSet's own retention policy is always Retain: with Delete, `kubectl delete statefulset` would delete the data.
The claim template names no owner, because it is immutable: a tracker that is created again has another UID, and the
garbage collector would delete every further claim.

The claim template of a StatefulSet is immutable. If the resource requests a larger size, the template keeps its size
and the existing claims are resized. The API server rejects that if the storage class does not allow it.
"""

from __future__ import annotations

from typing import Any, Final

from flighttracker.spec import FlightTracker
from flighttracker.spec.fields import Storage
from flighttracker.spec.quantities import in_units
from flighttracker.spec.servers import BuiltinKafka
from flighttracker_operator.manifests.metadata import child, owner_reference
from flighttracker_operator.model.facts import Facts, Manifest
from flighttracker_operator.model.names import Component, child_name, labels

CLAIM: Final = "data"


def claim_names(tracker: FlightTracker) -> dict[str, Component]:
    """Return the names of the claims that the StatefulSets of a tracker use, with their component."""
    spec = tracker.spec
    kafka = (spec.kafka.builtin or BuiltinKafka()).replicas if spec.kafka.provider == "builtin" else 0
    replicas: dict[Component, int] = {"kafka": kafka, "redis": int(spec.redis.provider == "builtin")}
    replicas["historian"] = int(spec.history.enabled and spec.history.volume is not None)
    return {
        f"{CLAIM}-{child_name(tracker, component)}-{number}": component
        for component, count in replicas.items()
        for number in range(count)
    }


def retained_claims(tracker: FlightTracker) -> frozenset[str]:
    """Return the names of the claims that stay when the tracker is deleted."""
    kafka, redis = tracker.spec.kafka.builtin, tracker.spec.redis.builtin
    volume = tracker.spec.history.storage.volume
    storages: dict[Component, Storage | None] = {
        "kafka": kafka.storage if kafka else None,
        "redis": redis.storage if redis else None,
    }
    kept = {component for component, storage in storages.items() if storage is not None and storage.reclaim == "Retain"}
    names = frozenset(name for name, component in claim_names(tracker).items() if component in kept)
    # While the history is off, no StatefulSet uses the claim, which still must not be deleted.
    is_kept = volume is not None and volume.reclaim == "Retain"
    return names | ({f"{CLAIM}-{child_name(tracker, 'historian')}-0"} if is_kept else frozenset())


def claim_template(tracker: FlightTracker, component: Component, storage: Storage) -> dict[str, Any]:
    """Return the claim template of a new StatefulSet; `keep_immutable` keeps that of a live one."""
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": storage.size}},
    }
    if storage.class_name:
        spec["storageClassName"] = storage.class_name
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": CLAIM, "labels": labels(tracker, component)},
        "spec": spec,
    }


def grown_claims(
    tracker: FlightTracker, facts: Facts, component: Component, storage: Storage, replicas: int
) -> list[Manifest]:
    """Return the existing claims, grown to the size that the resource requests; larger claims keep their size."""
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
            if storage.reclaim == "Retain":
                del claim["metadata"]["ownerReferences"]
            else:
                claim["metadata"]["ownerReferences"] = [owner_reference(tracker, facts, controller=False)]
            claims.append(claim)
    return claims
