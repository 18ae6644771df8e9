"""Whose an object is. Pure. What belongs to somebody else is never written to, whatever its name."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flighttracker.spec import GROUP, KIND
from flighttracker_operator.model.names import MANAGER


class Owner(Enum):
    """Whose an object is."""

    OURS = "ours"
    """The tracker's, or made by this operator and left without an owner."""
    LEAVING = "leaving"
    """Of a tracker with the same name that is gone; the garbage collector takes it away soon."""
    FOREIGN = "foreign"
    """Somebody else's."""


def owner_of(metadata: Mapping[str, Any], uid: str, tracker: str) -> Owner:
    """Return whose an object is.

    Args:
        metadata: of the live object, with managedFields.
        uid: UID of the tracker that wants an object of this name.
        tracker: name of that tracker.
    """
    owners = metadata.get("ownerReferences") or ()
    if any(owner["uid"] == uid for owner in owners):
        return Owner.OURS
    for owner in owners:
        group = owner.get("apiVersion", "").rpartition("/")[0]
        if (group, owner.get("kind"), owner.get("name")) == (GROUP, KIND, tracker):
            return Owner.LEAVING
    if any(owner.get("controller") for owner in owners):
        return Owner.FOREIGN
    fields = metadata.get("managedFields") or ()
    applied = any(field.get("manager") == MANAGER and field.get("operation") == "Apply" for field in fields)
    created = any(field.get("manager") == MANAGER for field in fields)
    return Owner.OURS if applied or created else Owner.FOREIGN


def person_behind(metadata: Mapping[str, Any]) -> str:
    """Return who an object seems to belong to, in words: its owner, its chart, or the tool that wrote it."""
    for owner in metadata.get("ownerReferences") or ():
        if owner.get("controller"):
            return f"{owner['kind']} {owner['name']}"
    annotations = metadata.get("annotations") or {}
    if "meta.helm.sh/release-name" in annotations:
        return f"Helm release {annotations['meta.helm.sh/release-name']}"
    managers = sorted({field.get("manager", "") for field in metadata.get("managedFields") or ()} - {""})
    return f"{managers[0]} made it" if managers else "somebody else made it"
