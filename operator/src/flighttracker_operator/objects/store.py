"""In-memory store of the live trackers and their children. Pure.

Watches, the resync and responses to applies fill it. Bodies are compressed JSON without managedFields and
last-applied-configuration; 500 trackers with 25 children each need about 15 MB. The newest version of an object wins.
Resource versions of an object are compared as numbers, which every API server since 2015 uses, and Kubernetes
guarantees since 1.35.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec

from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import TRACKER_LABEL
from flighttracker_operator.objects.kinds import TRACKER, Kind
from flighttracker_operator.objects.nesting import may_be_deep, shallow

COMPRESSION: Final = 1
LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


class TrackerKey(NamedTuple):
    """Namespace and name of a tracker."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class ObjectKey(NamedTuple):
    """Kind (without a version), namespace and name of an object."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Entry:
    """A live object.

    Attributes:
        key: kind, namespace and name.
        uid: `metadata.uid`.
        version: `metadata.resourceVersion`.
        tracker: name of the tracker in its label; for a tracker, its own name.
        owners: UIDs of its owners.
        deleting: whether it has a deletionTimestamp.
        packed: the body as compressed JSON.
    """

    key: ObjectKey
    uid: str
    version: str
    tracker: str
    owners: tuple[str, ...]
    deleting: bool
    packed: bytes

    @property
    def body(self) -> Manifest:
        """The live object without managedFields; a new copy each time."""
        return msgspec.json.decode(zlib.decompress(self.packed), type=dict[str, Any])

    def belongs_to(self, uid: str) -> bool:
        """Return whether its tracker, with this UID, is its owner, or it is a volume claim without an owner."""
        return uid in self.owners or (not self.owners and self.key.kind == "PersistentVolumeClaim")

    @property
    def tracker_key(self) -> TrackerKey:
        """The tracker to which it belongs."""
        return TrackerKey(self.key.namespace, self.tracker)


def entry_of(kind: Kind, live: Mapping[str, Any]) -> Entry:
    """Return the entry of a live object; `kind` is needed because items of a list do not name theirs."""
    metadata = live["metadata"]
    annotations = {name: text for name, text in (metadata.get("annotations") or {}).items() if name != LAST_APPLIED}
    kept = {key: value for key, value in metadata.items() if key not in ("managedFields", "annotations")}
    named = {"apiVersion": kind.api_version, "kind": kind.name}
    body = {**live, **named, "metadata": {**kept, **({"annotations": annotations} if annotations else {})}}
    encoded = msgspec.json.encode(body)
    if may_be_deep(encoded):
        encoded = msgspec.json.encode(shallow(body))
    name = metadata["name"]
    intern = sys.intern  # strings that many entries share are stored once
    return Entry(
        key=ObjectKey(kind.name, intern(metadata.get("namespace", "")), intern(name)),
        uid=metadata["uid"],
        version=metadata["resourceVersion"],
        tracker=intern(name if kind is TRACKER else (metadata.get("labels") or {}).get(TRACKER_LABEL, "")),
        owners=tuple(intern(owner["uid"]) for owner in metadata.get("ownerReferences") or ()),
        deleting="deletionTimestamp" in metadata,
        packed=zlib.compress(encoded, COMPRESSION),
    )


class Store:
    """Live objects by key and by tracker."""

    def __init__(self) -> None:
        self._entries: dict[ObjectKey, Entry] = {}
        self._children: dict[TrackerKey, set[ObjectKey]] = {}
        self._trackers: dict[TrackerKey, Entry] = {}
        self._intents: dict[ObjectKey, str] = {}

    def put(self, entry: Entry) -> bool:
        """Add or update an object; return whether this version is new."""
        if self.knows(entry.key, entry.uid, entry.version):
            return False
        known = self._entries.get(entry.key)
        if known is not None and known.tracker != entry.tracker:
            self._forget(known)
        self._entries[entry.key] = entry
        self._intents.pop(entry.key, None)
        if entry.key.kind == TRACKER.name:
            self._trackers[entry.tracker_key] = entry
        elif entry.tracker:
            self._children.setdefault(entry.tracker_key, set()).add(entry.key)
        return True

    def knows(self, key: ObjectKey, uid: str, version: str) -> bool:
        """Return whether the store has this version of an object or a newer one. Thread-safe."""
        known = self._entries.get(key)
        return known is not None and known.uid == uid and not _is_newer(version, known.version)

    def remove(self, key: ObjectKey, uid: str | None = None) -> Entry | None:
        """Remove and return an object, unless it has another UID by now."""
        known = self._entries.get(key)
        if known is None or (uid is not None and known.uid != uid):
            return None
        del self._entries[key]
        self._intents.pop(key, None)
        self._forget(known)
        return known

    def get(self, key: ObjectKey) -> Entry | None:
        """Return the entry of an object, or None."""
        return self._entries.get(key)

    def tracker(self, key: TrackerKey) -> Entry | None:
        """Return the entry of a tracker, or None."""
        return self._trackers.get(key)

    def trackers(self) -> Iterable[TrackerKey]:
        """Return the keys of all trackers."""
        return list(self._trackers)

    def children(self, key: TrackerKey) -> Iterator[Entry]:
        """Yield all objects with a tracker's label."""
        for child in sorted(self._children.get(key, ())):
            yield self._entries[child]

    def mark_current(self, key: ObjectKey, intent: str) -> None:
        """Record that the stored version of an object matches the manifest with this digest."""
        self._intents[key] = intent

    def is_current(self, key: ObjectKey, intent: str) -> bool:
        """Return whether the stored version of an object is known to match the manifest with this digest."""
        return self._intents.get(key) == intent

    def of_kind(self, kind: str, namespace: str | None) -> dict[ObjectKey, Entry]:
        """Return all objects of a kind in a namespace; None for all namespaces."""
        return {
            key: entry
            for key, entry in self._entries.items()
            if key.kind == kind and namespace in (None, key.namespace)
        }

    def __len__(self) -> int:
        return len(self._entries)

    def _forget(self, entry: Entry) -> None:
        if entry.key.kind == TRACKER.name:
            self._trackers.pop(entry.tracker_key, None)
            return
        children = self._children.get(entry.tracker_key)
        if children is not None:
            children.discard(entry.key)
            if not children:
                del self._children[entry.tracker_key]


class Bodies(Mapping[tuple[str, str], Manifest]):
    """Read-only bodies of objects by kind and name, each decompressed on first access."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {(entry.key.kind, entry.key.name): entry for entry in entries}
        self._unpacked: dict[tuple[str, str], Manifest] = {}

    def __getitem__(self, key: tuple[str, str]) -> Manifest:
        """Return the body of an object; callers must not change it."""
        if key not in self._unpacked:
            self._unpacked[key] = self._entries[key].body
        return self._unpacked[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield kind and name of each object."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of objects."""
        return len(self._entries)

    def of_kind(self, kind: str) -> list[Manifest]:
        """Return the bodies of one kind."""
        return [self[key] for key in self._entries if key[0] == kind]


def _is_newer(new: str, old: str) -> bool:
    if new.isdecimal() and old.isdecimal():
        return int(new) > int(old)
    return new != old
