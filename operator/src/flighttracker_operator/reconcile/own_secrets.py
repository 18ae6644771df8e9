"""Reads the Secrets that the operator made, by name, because it may neither list nor watch Secrets.

The store then has them like every other child, so they are adopted, compared, written and pruned in the same way. Only
a change that somebody else makes is noticed later: by the first pass that is `READ_AGE_S` after the last read, and the
resync causes one a minute. Pods that lack a Secret change their status, which causes a pass, too.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from flighttracker.spec import FlightTracker
from flighttracker_operator.cluster.api import Api
from flighttracker_operator.manifests import own_secrets
from flighttracker_operator.objects.kinds import BUILTIN
from flighttracker_operator.objects.store import ObjectKey, Store, TrackerKey, entry_of

READ_AGE_S: Final = 10.0
"""Time for which passes use the Secrets that an earlier pass has read or written."""
_SECRET: Final = next(kind for kind in BUILTIN if kind.name == "Secret")


class OwnSecrets:
    """The generated Secrets of all trackers, in the store of live objects.

    Args:
        api: the API server.
        store: the store of live objects.
        now_s: monotonic time, seconds.
    """

    def __init__(self, api: Api, store: Store, now_s: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._store = store
        self._now_s = now_s
        self._read_s: dict[TrackerKey, float] = {}

    async def read(self, key: TrackerKey, tracker: FlightTracker) -> None:
        """Bring a tracker's generated Secrets in the store up to date, unless they were read a moment ago.

        Raises:
            ApiError: a request failed.
        """
        now_s = self._now_s()
        if now_s - self._read_s.get(key, -math.inf) < READ_AGE_S:
            return
        for name in sorted(own_secrets(tracker)):
            live = await self._api.get(_SECRET, key.namespace, name)
            entry = entry_of(_SECRET, live) if live is not None else None
            if entry is not None and entry.tracker == key.name:
                self._store.put(entry)
            else:
                self._store.remove(ObjectKey(_SECRET.name, key.namespace, name))
        self._read_s[key] = now_s

    def forget(self, key: TrackerKey) -> None:
        """Drop the Secrets of a deleted tracker; the garbage collector deletes them, and no watch reports it."""
        self._read_s.pop(key, None)
        for child in list(self._store.children(key)):
            if child.key.kind == _SECRET.name:
                self._store.remove(child.key)
