"""Decides who owns a live object. Pure. The operator never writes to foreign objects, even under a child's name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from flighttracker.spec import GROUP, KIND
from flighttracker_operator.model.names import MANAGED_BY_LABEL, MANAGER, TRACKER_LABEL
from flighttracker_operator.objects.diff import APPLIED_ANNOTATION


class Owner(Enum):
    """The owner of a live object, relative to a tracker."""

    OURS = "ours"
    """The tracker, or the object was written by this operator and has no owner."""
    PREDECESSOR = "predecessor"
    """A tracker of the same name with another UID, which does not exist any more: deleted, or restored from a backup.
    The garbage collector will delete the object soon, unless the tracker adopts it."""
    FOREIGN = "foreign"
    """Anyone else."""


CLAIM: Final = "PersistentVolumeClaim"


def is_retained_claim(kind: str, metadata: Mapping[str, Any], tracker: str) -> bool:
    """Return whether an object is a volume claim without an owner that a StatefulSet of the tracker made."""
    labels = metadata.get("labels") or {}
    marks = (labels.get(TRACKER_LABEL), labels.get(MANAGED_BY_LABEL))
    return kind == CLAIM and not metadata.get("ownerReferences") and marks == (tracker, MANAGER)


def owner_of(kind: str, metadata: Mapping[str, Any], uid: str, tracker: str) -> Owner:
    """Return the owner of an object.

    Args:
        kind: its kind.
        metadata: metadata of the live object, with managedFields.
        uid: UID of the tracker that needs an object of this name.
        tracker: name of that tracker.
    """
    owners = metadata.get("ownerReferences") or ()
    if any(owner["uid"] == uid for owner in owners):
        return Owner.OURS
    if any(_is_predecessor(owner, uid, tracker) for owner in owners):
        return Owner.PREDECESSOR
    if any(owner.get("controller") for owner in owners):
        return Owner.FOREIGN
    if is_retained_claim(kind, metadata, tracker):
        return Owner.OURS
    fields = metadata.get("managedFields") or ()
    applied = any(field.get("manager") == MANAGER and field.get("operation") == "Apply" for field in fields)
    created = any(field.get("manager") == MANAGER for field in fields)
    return Owner.OURS if applied or created or _is_marked(metadata, tracker) else Owner.FOREIGN


def owners_after_adoption(
    metadata: Mapping[str, Any], kind: str, reference: Mapping[str, Any]
) -> list[Mapping[str, Any]] | None:
    """Return the owner references with which a child belongs to a tracker; None if it must not be adopted.

    Args:
        metadata: metadata of a live object with the tracker's label; managedFields are not needed.
        kind: its kind.
        reference: the owner reference to the tracker.
    """
    uid, tracker = reference["uid"], reference["name"]
    owners = metadata.get("ownerReferences") or ()
    others = [owner for owner in owners if not _is_predecessor(owner, uid, tracker)]
    if len(others) == len(owners):  # an orphan: `kubectl delete --cascade=orphan` removes the references
        if any(owner.get("controller") for owner in others):
            return None
        labels = metadata.get("labels") or {}
        # StatefulSets create volume claims, so these have the labels of the claim template and nothing else.
        is_claim = kind == CLAIM and labels.get(MANAGED_BY_LABEL) == MANAGER
        if not (is_claim or _is_marked(metadata, tracker)):
            return None
    return [*others, reference]


def owners_of_retained(metadata: Mapping[str, Any], tracker: str) -> list[Mapping[str, Any]] | None:
    """Return the owner references with which a claim outlives its tracker; None if it has these already."""
    owners = metadata.get("ownerReferences") or ()
    others = [owner for owner in owners if not _is_predecessor(owner, "", tracker)]
    return None if len(others) == len(owners) else others


def _is_predecessor(owner: Mapping[str, Any], uid: str, tracker: str) -> bool:
    group = owner.get("apiVersion", "").rpartition("/")[0]
    return (group, owner.get("kind"), owner.get("name")) == (GROUP, KIND, tracker) and owner["uid"] != uid


def _is_marked(metadata: Mapping[str, Any], tracker: str) -> bool:
    """Return whether labels and annotations are those of a child, which a backup keeps while it drops managedFields."""
    labels = metadata.get("labels") or {}
    marks = (labels.get(TRACKER_LABEL), labels.get(MANAGED_BY_LABEL))
    return marks == (tracker, MANAGER) and APPLIED_ANNOTATION in (metadata.get("annotations") or {})


def describe_owner(metadata: Mapping[str, Any]) -> str:
    """Return a description of a foreign object's owner: its controller, Helm release, or the tool that wrote it."""
    for owner in metadata.get("ownerReferences") or ():
        if owner.get("controller"):
            return f"{owner['kind']} {owner['name']}"
    annotations = metadata.get("annotations") or {}
    if "meta.helm.sh/release-name" in annotations:
        return f"Helm release {annotations['meta.helm.sh/release-name']}"
    managers = sorted({field.get("manager", "") for field in metadata.get("managedFields") or ()} - {""})
    return f"created by {managers[0]}" if managers else "owner unknown"


def gives_up_replicas(manifest: Mapping[str, Any], metadata: Mapping[str, Any]) -> bool:
    """Return whether a manifest leaves out `spec.replicas`, which the operator owns on the live object."""
    if manifest["kind"] != "Deployment" or "replicas" in manifest["spec"]:
        return False
    own = (field for field in metadata.get("managedFields") or () if field.get("manager") == MANAGER)
    return any("f:replicas" in ((field.get("fieldsV1") or {}).get("f:spec") or {}) for field in own)
