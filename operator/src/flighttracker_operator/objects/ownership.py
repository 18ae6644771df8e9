"""Decides who owns a live object. Pure. The operator never writes to foreign objects, even under a child's name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flighttracker.spec import GROUP, KIND
from flighttracker_operator.model.names import MANAGER


class Owner(Enum):
    """The owner of a live object, relative to a tracker."""

    OURS = "ours"
    """The tracker, or the object was written by this operator and has no owner."""
    PREDECESSOR = "predecessor"
    """A deleted tracker of the same name; the garbage collector will delete the object soon."""
    FOREIGN = "foreign"
    """Anyone else."""


def owner_of(metadata: Mapping[str, Any], uid: str, tracker: str) -> Owner:
    """Return the owner of an object.

    Args:
        metadata: metadata of the live object, with managedFields.
        uid: UID of the tracker that needs an object of this name.
        tracker: name of that tracker.
    """
    owners = metadata.get("ownerReferences") or ()
    if any(owner["uid"] == uid for owner in owners):
        return Owner.OURS
    for owner in owners:
        group = owner.get("apiVersion", "").rpartition("/")[0]
        if (group, owner.get("kind"), owner.get("name")) == (GROUP, KIND, tracker):
            return Owner.PREDECESSOR
    if any(owner.get("controller") for owner in owners):
        return Owner.FOREIGN
    fields = metadata.get("managedFields") or ()
    applied = any(field.get("manager") == MANAGER and field.get("operation") == "Apply" for field in fields)
    created = any(field.get("manager") == MANAGER for field in fields)
    return Owner.OURS if applied or created else Owner.FOREIGN


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
