"""Applies the manifests of a tracker: creates missing objects, applies those that differ, and prunes the others.

Objects are written one at a time, in the order of the list. An unchanged object costs no request. A new object is
created, not applied: creation fails if the name is taken, so a foreign object is never overwritten. Of two operators,
one wins, and the other reads what it wrote, such as the random password. Foreign objects are reported and not changed.
An object that the API server rejects is reported, and the pass continues; any other error (overload, no response,
conflict) ends the pass, which is retried.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import ApiError, RejectedError
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.objects.diff import APPLIED_ANNOTATION, drift, fingerprint, stamped
from flighttracker_operator.objects.kinds import Kind
from flighttracker_operator.objects.ownership import (
    Owner,
    describe_owner,
    gives_up_replicas,
    owner_of,
    owners_after_adoption,
)
from flighttracker_operator.objects.store import Entry, ObjectKey, Store, TrackerKey, entry_of

_logger = logging.getLogger(__name__)

PREDECESSOR_RETRY_S: Final = 1.0


class NamespaceGoneError(Exception):
    """The tracker's namespace is being deleted, so nothing can be created in it."""


@dataclass(slots=True)
class Outcome:
    """The result of one apply of a tracker's objects.

    Attributes:
        written: objects that were created or applied.
        pruned: objects that were deleted.
        foreign: owners of objects that do not belong to the tracker.
        rejected: errors of objects that the API server rejected.
        again_s: when to run another pass without an event, seconds; None for the next resync.
    """

    written: list[ObjectKey] = field(default_factory=list)
    pruned: list[ObjectKey] = field(default_factory=list)
    foreign: dict[ObjectKey, str] = field(default_factory=dict)
    rejected: dict[ObjectKey, str] = field(default_factory=dict)
    again_s: float | None = None


class Applier:
    """Writes the objects of trackers.

    Args:
        api: the API server.
        store: the store of live objects.
        on_change: called after a write with the last event of a watch about the object during the write.
    """

    def __init__(self, api: Api, store: Store, on_change: Callable[[Entry], None]) -> None:
        self._api = api
        self._store = store
        self._on_change = on_change
        self._writing: dict[ObjectKey, Entry | None] = {}
        self._accepted: dict[ObjectKey, tuple[str, str]] = {}
        self._occupied: set[ObjectKey] = set()

    async def apply(
        self, key: TrackerKey, uid: str, manifests: Iterable[Manifest], kinds: Mapping[str, Kind]
    ) -> Outcome:
        """Create or apply the objects of a tracker and return the result.

        Raises:
            ApiError: a temporary error; the pass must be retried.
            NamespaceGoneError: the namespace is being deleted.
        """
        outcome = Outcome()
        for manifest in manifests:
            kind = kinds[manifest["kind"]]
            wanted = ObjectKey(kind.name, key.namespace, manifest["metadata"]["name"])
            try:
                await self._apply_one(key, uid, wanted, kind, manifest, outcome)
            except RejectedError as error:
                if error.reason == "Forbidden" and "being terminated" in str(error):
                    raise NamespaceGoneError(key.namespace) from error
                outcome.rejected[wanted] = str(error)
            except ApiError as error:
                if error.is_missing and 'namespaces "' in str(error):
                    raise NamespaceGoneError(key.namespace) from error
                raise
        return outcome

    async def prune(
        self, key: TrackerKey, uid: str, wanted: set[ObjectKey], kinds: Mapping[str, Kind]
    ) -> list[ObjectKey]:
        """Delete objects with a tracker's label and owner reference that are no longer wanted."""
        pruned = []
        for entry in list(self._store.children(key)):
            kind = kinds.get(entry.key.kind)
            if kind is None or not kind.pruned or entry.key in wanted or entry.deleting or uid not in entry.owners:
                continue
            _logger.info("%s: deleting %s, which is no longer needed", key, entry.key)
            await self._api.delete(kind, entry.key.namespace, entry.key.name, entry.uid)
            if kind.by_name:
                self._store.remove(entry.key, entry.uid)  # no watch will report it
            pruned.append(entry.key)
        return pruned

    def defer(self, entry: Entry) -> bool:
        """Defer an event of a watch if its object is being written; return whether it is.

        Usually it is the result of the write itself, reported before the response. Otherwise each write would cause
        another pass.
        """
        if entry.key not in self._writing:
            return False
        self._writing[entry.key] = entry
        return True

    @contextmanager
    def writing(self, wanted: ObjectKey) -> Iterator[None]:
        """Mark an object as being written; the last event deferred meanwhile is handled afterwards."""
        self._writing[wanted] = None
        try:
            yield
        finally:
            deferred = self._writing.pop(wanted)
            if deferred is not None:
                self._on_change(deferred)

    def forget(self) -> None:
        """Drop the state of deleted objects."""
        self._accepted = {key: seen for key, seen in self._accepted.items() if self._store.get(key) is not None}
        self._occupied.clear()

    async def _apply_one(
        self, key: TrackerKey, uid: str, wanted: ObjectKey, kind: Kind, manifest: Manifest, outcome: Outcome
    ) -> None:
        stamp = stamped(manifest)
        known = self._store.get(wanted)
        if known is not None and known.belongs_to(uid) and known.tracker == key.name:
            if known.deleting:
                return  # once it is deleted, the watch triggers a pass that creates it again
            if not self._differs(wanted, stamp, known):
                return
            await self._write(key, wanted, kind, stamp, outcome)
            return
        if known is None and wanted not in self._occupied and await self._created(key, wanted, kind, stamp, outcome):
            return
        found = await self._api.get_metadata(kind, key.namespace, wanted.name)
        if found is None:
            await self._created(key, wanted, kind, stamp, outcome)  # on a conflict, the next pass finds its owner
            return
        match owner_of(kind.name, found["metadata"], uid, key.name):
            case Owner.OURS:
                await self._write(key, wanted, kind, stamp, outcome)
            case Owner.PREDECESSOR if "deletionTimestamp" in found["metadata"]:
                message = f"{wanted} still exists from a deleted tracker of the same name"
                raise ApiError(HTTPStatus.CONFLICT, "StillExists", message, retry_after_s=PREDECESSOR_RETRY_S)
            case Owner.PREDECESSOR:  # without the label that `adopt` looks for
                owners = owners_after_adoption(found["metadata"], kind.name, stamp["metadata"]["ownerReferences"][0])
                with self.writing(wanted):
                    await self._api.set_owners(kind, found["metadata"], owners or ())
                await self._write(key, wanted, kind, stamp, outcome)
            case Owner.FOREIGN:
                self._occupied.add(wanted)
                outcome.foreign[wanted] = describe_owner(found["metadata"])

    async def _created(self, key: TrackerKey, wanted: ObjectKey, kind: Kind, stamp: Manifest, outcome: Outcome) -> bool:
        """Create an object; return False if it exists already."""
        with self.writing(wanted):
            try:
                live = await self._api.create(kind, stamp)
            except ApiError as error:
                if error.is_conflict:
                    return False
                raise
            self._occupied.discard(wanted)
            self._remember(key, wanted, kind, stamp, live, outcome)
            return True

    async def _write(self, key: TrackerKey, wanted: ObjectKey, kind: Kind, stamp: Manifest, outcome: Outcome) -> None:
        """Apply an object that belongs to the tracker."""
        with self.writing(wanted):
            found = await self._api.adopt_created_fields(kind, key.namespace, wanted.name)
            if found is not None and gives_up_replicas(stamp, found["metadata"]):
                await self._api.keep_replicas(kind, key.namespace, wanted.name)
            live = await self._api.apply(kind, stamp)
            self._remember(key, wanted, kind, stamp, live, outcome)

    def _remember(
        self, key: TrackerKey, wanted: ObjectKey, kind: Kind, stamp: Manifest, live: Manifest, outcome: Outcome
    ) -> None:
        entry = entry_of(kind, live)
        self._store.put(entry)
        outcome.written.append(wanted)
        _logger.debug("%s: wrote %s", key, wanted)
        if (where := drift(stamp, live)) is not None:
            # The API server stores the object in a different form, which counts as unchanged from now on.
            _logger.debug("%s: the API server stores %s differently at %s", key, wanted, where)
            self._accepted[wanted] = (stamp["metadata"]["annotations"][APPLIED_ANNOTATION], fingerprint(entry.body))

    def _differs(self, wanted: ObjectKey, stamp: Manifest, known: Entry) -> bool:
        intent = stamp["metadata"]["annotations"][APPLIED_ANNOTATION]
        if self._store.is_current(wanted, intent):
            return False
        live = known.body
        where = drift(stamp, live)
        if where is None or self._accepted.get(wanted) == (intent, fingerprint(live)):
            self._store.mark_current(wanted, intent)
            return False
        if where == f"metadata.annotations.{APPLIED_ANNOTATION}":
            _logger.debug("applying %s, whose manifest changed", wanted)
        else:
            _logger.info("reverting a change of %s at %s", wanted, where)
        return True
