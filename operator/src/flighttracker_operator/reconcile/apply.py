"""What is wanted → what the API server has: make what is missing, apply what differs, prune what is not wanted.

One object after the other, in the order of the list. An object that is unchanged since it was last applied costs no
request. A new one is created, not applied: a creation fails when the name is taken, so nothing is ever taken over, and
of two operators one wins and the other reads what it wrote, a random password for example. What exists and belongs to
somebody else is left alone and reported. What the API server refuses is reported and the rest goes on; anything else
(overload, no answer, a conflict) ends the pass, which is tried again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import ApiError, RefusedError
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.objects.diff import APPLIED_ANNOTATION, drift, fingerprint, stamped
from flighttracker_operator.objects.kinds import Kind
from flighttracker_operator.objects.ownership import Owner, owner_of, person_behind
from flighttracker_operator.objects.store import Entry, ObjectKey, Store, TrackerKey, entry_of

_logger = logging.getLogger(__name__)

LEAVING_RETRY_S: Final = 1.0


class NamespaceGoneError(Exception):
    """The tracker's namespace is being deleted: nothing can be made in it, and nothing needs to be."""


@dataclass(slots=True)
class Outcome:
    """What became of the wanted objects of one tracker.

    Attributes:
        written: objects that were created or applied.
        pruned: objects that were deleted.
        foreign: objects that belong to somebody else, and to whom.
        refused: objects that the API server refused, and its words.
    """

    written: list[ObjectKey] = field(default_factory=list)
    pruned: list[ObjectKey] = field(default_factory=list)
    foreign: dict[ObjectKey, str] = field(default_factory=dict)
    refused: dict[ObjectKey, str] = field(default_factory=dict)


class Applier:
    """Writes the objects of trackers.

    Args:
        api: the API server.
        store: what is remembered of the live objects.
        heard: called with what a watch said about an object while it was being written, when it is news afterwards.
    """

    def __init__(self, api: Api, store: Store, heard: Callable[[Entry], None]) -> None:
        self._api = api
        self._store = store
        self._heard = heard
        self._writing: dict[ObjectKey, Entry | None] = {}
        self._accepted: dict[ObjectKey, tuple[str, str]] = {}
        self._occupied: set[ObjectKey] = set()

    async def apply(
        self, key: TrackerKey, uid: str, manifests: Iterable[Manifest], kinds: Mapping[str, Kind]
    ) -> Outcome:
        """Make the live objects of a tracker what they should be, and return what became of them.

        Raises:
            ApiError: something that may be better in a while.
            NamespaceGoneError: the namespace is being deleted.
        """
        outcome = Outcome()
        for manifest in manifests:
            kind = kinds[manifest["kind"]]
            wanted = ObjectKey(kind.name, key.namespace, manifest["metadata"]["name"])
            try:
                await self._apply_one(key, uid, wanted, kind, manifest, outcome)
            except RefusedError as error:
                if error.reason == "Forbidden" and "being terminated" in str(error):
                    raise NamespaceGoneError(key.namespace) from error
                outcome.refused[wanted] = str(error)
            except ApiError as error:
                if error.is_missing and 'namespaces "' in str(error):
                    raise NamespaceGoneError(key.namespace) from error
                raise
        return outcome

    async def prune(
        self, key: TrackerKey, uid: str, wanted: set[ObjectKey], kinds: Mapping[str, Kind]
    ) -> list[ObjectKey]:
        """Delete what carries a tracker's label and names it as its owner, and is no longer wanted."""
        pruned = []
        for entry in list(self._store.children(key)):
            kind = kinds.get(entry.key.kind)
            if kind is None or not kind.pruned or entry.key in wanted or entry.deleting or uid not in entry.owners:
                continue
            _logger.info("%s: %s is no longer wanted and is deleted", key, entry.key)
            await self._api.delete(kind, entry.key.namespace, entry.key.name, entry.uid)
            pruned.append(entry.key)
        return pruned

    def takes(self, entry: Entry) -> bool:
        """Take what a watch says about an object that is being written; return whether it is.

        Mostly it is the echo of the write, which comes before the answer. Without this each would cost another pass.
        """
        if entry.key not in self._writing:
            return False
        self._writing[entry.key] = entry
        return True

    @contextmanager
    def echoes_held(self, wanted: ObjectKey) -> Iterator[None]:
        """Hold what a watch says about an object while it is written; what is news then is told afterwards."""
        self._writing[wanted] = None
        try:
            yield
        finally:
            echo = self._writing.pop(wanted)
            if echo is not None:
                self._heard(echo)

    def forget(self) -> None:
        """Drop what is remembered of objects that are gone."""
        self._accepted = {key: seen for key, seen in self._accepted.items() if self._store.get(key) is not None}
        self._occupied.clear()

    async def _apply_one(
        self, key: TrackerKey, uid: str, wanted: ObjectKey, kind: Kind, manifest: Manifest, outcome: Outcome
    ) -> None:
        stamp = stamped(manifest)
        known = self._store.get(wanted)
        if known is not None and uid in known.owners and known.tracker == key.name:
            if known.deleting:
                return  # its deletion is an event, and then it is made anew
            if not self._differs(wanted, stamp, known):
                return
            await self._write(key, wanted, kind, stamp, outcome)
            return
        if known is None and wanted not in self._occupied and await self._created(key, wanted, kind, stamp, outcome):
            return
        found = await self._api.get_metadata(kind, key.namespace, wanted.name)
        if found is None:
            await self._created(key, wanted, kind, stamp, outcome)  # else somebody was faster: the next pass sees whom
            return
        match owner_of(found["metadata"], uid, key.name):
            case Owner.OURS:
                await self._write(key, wanted, kind, stamp, outcome)
            case Owner.LEAVING:
                told = f"{wanted} of a deleted tracker of the same name is not gone yet"
                raise ApiError(HTTPStatus.CONFLICT, "Leaving", told, retry_after_s=LEAVING_RETRY_S)
            case Owner.FOREIGN:
                self._occupied.add(wanted)
                outcome.foreign[wanted] = person_behind(found["metadata"])

    async def _created(self, key: TrackerKey, wanted: ObjectKey, kind: Kind, stamp: Manifest, outcome: Outcome) -> bool:
        """Create an object; return whether there was none."""
        with self.echoes_held(wanted):
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
        """Apply the whole intent for an object of ours."""
        with self.echoes_held(wanted):
            await self._api.own_by_apply(kind, key.namespace, wanted.name)
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
            # The API server stores it in other words than ours: this is what "unchanged" looks like.
            _logger.debug("%s: %s reads back differently at %s", key, wanted, where)
            self._accepted[wanted] = (stamp["metadata"]["annotations"][APPLIED_ANNOTATION], fingerprint(entry.body))

    def _differs(self, wanted: ObjectKey, stamp: Manifest, known: Entry) -> bool:
        intent = stamp["metadata"]["annotations"][APPLIED_ANNOTATION]
        if self._store.is_as(wanted, intent):
            return False
        live = known.body
        where = drift(stamp, live)
        if where is None or self._accepted.get(wanted) == (intent, fingerprint(live)):
            self._store.note_as(wanted, intent)
            return False
        if where == f"metadata.annotations.{APPLIED_ANNOTATION}":
            _logger.debug("%s changed as the tracker did", wanted)
        else:
            _logger.info("%s was changed by somebody at %s and is set right", wanted, where)
        return True
