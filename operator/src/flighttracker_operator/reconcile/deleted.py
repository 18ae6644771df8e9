"""What a deleted tracker leaves: says what stays, and deletes empty volume claims that nothing would use or delete.

The garbage collector deletes the children of a tracker. It may delete the claim of a pending pod before the pod: the
StatefulSet controller then creates the claim once more, without an owner, so it would stay forever. Only a claim is
deleted that has no volume yet, and which the tracker did not retain. The operator remembers what the last pass saw, so
a claim of a tracker that was deleted while no operator ran stays.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flighttracker.plan_history import history_prefix
from flighttracker.spec import FlightTracker
from flighttracker_operator.cluster.api import Api
from flighttracker_operator.manifests import claim_names, retained_claims
from flighttracker_operator.objects.kinds import BUILTIN
from flighttracker_operator.objects.ownership import CLAIM, is_retained_claim
from flighttracker_operator.objects.store import Store, TrackerKey
from flighttracker_operator.reconcile.events import create_events
from flighttracker_operator.status import Transition

_logger = logging.getLogger(__name__)

MOST_DELETED: Final = 1_000
"""Deleted trackers that are remembered; the oldest are forgotten first."""
KEPT: Final = "HistoryKept"
VOLUMES_KEPT: Final = "VolumesKept"
_CLAIMS: Final = next(kind for kind in BUILTIN if kind.name == CLAIM)
_USERS: Final = frozenset({"StatefulSet", "Pod"})
"""Kinds whose objects cause new claims, or use them."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the last pass saw of a tracker: its UID, claims that it does not retain, and what stays after it."""

    uid: str
    claims: frozenset[str]
    stays: tuple[Transition, ...]


class DeletedTrackers:
    """Remembers trackers, and cleans up after those that are deleted.

    Args:
        api: the API server.
        store: the live objects.
    """

    def __init__(self, api: Api, store: Store) -> None:
        self._api = api
        self._store = store
        self._present: dict[TrackerKey, _Seen] = {}
        self._deleted: OrderedDict[TrackerKey, _Seen] = OrderedDict()

    def remember(self, key: TrackerKey, uid: str, tracker: FlightTracker) -> None:
        """Note what a tracker would leave; called in each of its passes."""
        retained = retained_claims(tracker)
        seen = _Seen(uid, frozenset(claim_names(tracker)) - retained, tuple(_what_stays(tracker, retained)))
        self._present[key] = seen
        self._deleted.pop(key, None)

    async def clean(self, key: TrackerKey, now: str) -> None:
        """Create the events about what stays, once, and delete the empty claims that were created again.

        Args:
            key: a tracker that does not exist any more.
            now: the time, RFC 3339.

        Raises:
            ApiError: a request failed.
        """
        seen = self._present.pop(key, None)
        if seen is not None:
            self._deleted[key] = seen
            if len(self._deleted) > MOST_DELETED:
                self._deleted.popitem(last=False)
            await create_events(self._api, key, seen.uid, seen.stays, now)
        seen = self._deleted.get(key)
        children = list(self._store.children(key))
        if seen is None or any(child.key.kind in _USERS for child in children):
            return  # their deletion leads to another pass
        for child in children:
            if child.key.kind == CLAIM and child.key.name in seen.claims and _is_empty_orphan(child.body, key):
                _logger.info("%s: deleting %s, an empty claim of the deleted tracker", key, child.key)
                await self._api.delete(_CLAIMS, key.namespace, child.key.name, child.uid)


def _is_empty_orphan(claim: Mapping[str, Any], key: TrackerKey) -> bool:
    """Return whether a claim has no owner and no volume, and none was chosen for it, as a restored backup does."""
    spec = claim["spec"]
    is_empty = claim.get("status", {}).get("phase") == "Pending" and not spec.get("volumeName")
    is_new = not spec.get("dataSource") and not spec.get("dataSourceRef")
    is_orphan = is_retained_claim(CLAIM, claim["metadata"], key.name) and "deletionTimestamp" not in claim["metadata"]
    return is_empty and is_new and is_orphan


def _what_stays(tracker: FlightTracker, retained: frozenset[str]) -> list[Transition]:
    """Return the events about what a deleted tracker leaves."""
    stays = []
    bucket = tracker.spec.history.storage.s3 if tracker.spec.history.enabled else None
    if bucket is not None:
        place = f"s3://{bucket.bucket}/{history_prefix(tracker, bucket)}"
        stays.append(Transition("Normal", KEPT, f"the tracker was deleted; its history stays in {place}"))
    if retained:
        names = ", ".join(sorted(retained))
        message = f"the tracker was deleted; its volume claims with reclaim: Retain stay: {names}"
        stays.append(Transition("Normal", VOLUMES_KEPT, message))
    return stays
