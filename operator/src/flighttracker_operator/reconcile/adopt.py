"""Adopts the children of an earlier tracker of the same name, and orphans, before the garbage collector deletes them.

After a restore from a backup, children name a tracker whose UID no longer exists; after `kubectl delete
--cascade=orphan`, they name none. Volume claims come first, because only they have something to lose. New claims are
adopted here, too: their templates name no owner, because a template cannot be changed when the UID changes. A claim
with `reclaim: Retain` loses its owner instead, so nothing deletes it with the tracker.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import ApiError
from flighttracker_operator.manifests.metadata import reference_to
from flighttracker_operator.objects.kinds import Kind
from flighttracker_operator.objects.ownership import CLAIM, owners_after_adoption, owners_of_retained
from flighttracker_operator.objects.store import Entry, Store, TrackerKey, entry_of
from flighttracker_operator.reconcile.apply import Applier

_logger = logging.getLogger(__name__)

FIRST: Final = (CLAIM, "Secret", "StatefulSet")
"""Kinds in the order of what is lost with them: data, passwords, running servers."""


async def adopt(
    api: Api,
    store: Store,
    applier: Applier,
    key: TrackerKey,
    uid: str,
    kinds: Mapping[str, Kind],
    retained: AbstractSet[str],
    used: AbstractSet[str],
) -> None:
    """Make a tracker the owner of its children that have none, or a predecessor.

    Args:
        api: the API server.
        store: the live objects.
        applier: defers events about the objects that are changed here.
        key: the tracker.
        uid: its UID.
        kinds: the kinds that the cluster serves.
        retained: names of the volume claims that must have no tracker as their owner.
        used: names of the volume claims that the tracker uses. Others without an owner were retained, and stay so.

    Raises:
        ApiError: a request failed, except for objects that were changed or deleted meanwhile.
    """
    strays = [
        entry
        for entry in store.children(key)
        if _may_be_stray(entry, uid, kinds, retained) and not _was_retained(entry, used)
    ]
    order = {name: number for number, name in enumerate(FIRST)}
    for entry in sorted(strays, key=lambda entry: order.get(entry.key.kind, len(FIRST))):
        kind, metadata = kinds[entry.key.kind], entry.body["metadata"]
        reference = reference_to(key.name, uid, controller=kind.name != CLAIM)
        is_kept = kind.name == CLAIM and entry.key.name in retained
        owners = (
            owners_of_retained(metadata, key.name) if is_kept else owners_after_adoption(metadata, kind.name, reference)
        )
        if owners is None:
            continue
        try:
            with applier.writing(entry.key):
                store.put(entry_of(kind, await api.set_owners(kind, metadata, owners)))
        except ApiError as error:
            if not (error.is_missing or error.is_conflict):
                raise
            _logger.debug("%s: %s changed before it was adopted", key, entry.key)  # its event leads to another pass
        else:
            _logger.info("%s: %s %s", key, "retains" if is_kept else "adopted", entry.key)


def _was_retained(entry: Entry, used: AbstractSet[str]) -> bool:
    """Return whether a claim has no owner and belongs to a server or a history that the tracker no longer has."""
    return entry.key.kind == CLAIM and not entry.owners and entry.key.name not in used


def _may_be_stray(entry: Entry, uid: str, kinds: Mapping[str, Kind], retained: AbstractSet[str]) -> bool:
    kind = kinds.get(entry.key.kind)
    is_kept = entry.key.kind == CLAIM and entry.key.name in retained
    return kind is not None and kind.applied and not entry.deleting and (is_kept or uid not in entry.owners)
