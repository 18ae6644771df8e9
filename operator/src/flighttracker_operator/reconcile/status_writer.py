"""Writes the status of a tracker if it changed, and creates an event for each change that a person should see."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flighttracker.spec import KIND, STORED_API_VERSION
from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import ApiError, RejectedError
from flighttracker_operator.metrics import show_problems
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.objects.diff import fingerprint
from flighttracker_operator.objects.kinds import TRACKER
from flighttracker_operator.objects.store import Entry, Store, entry_of
from flighttracker_operator.reconcile.apply import Applier
from flighttracker_operator.reconcile.events import create_events
from flighttracker_operator.status import new_warnings, transitions

_logger = logging.getLogger(__name__)


class StatusWriter:
    """Writes statuses.

    Args:
        api: the API server.
        store: the store of live objects.
        applier: defers events of watches about what is being written.
        on_change: called with a tracker that was changed while its status was written.
        time: returns the time, RFC 3339.
    """

    def __init__(
        self, api: Api, store: Store, applier: Applier, on_change: Callable[[Entry], None], time: Callable[[], str]
    ) -> None:
        self._api = api
        self._store = store
        self._applier = applier
        self._on_change = on_change
        self._time = time

    async def write(
        self, entry: Entry, before: Mapping[str, Any], status: dict[str, Any], warnings: Iterable[str] = ()
    ) -> None:
        """Write a status that differs from the one before, and its events.

        Args:
            entry: the tracker.
            before: its present status.
            status: its new status.
            warnings: about its spec; each becomes an event once for each generation.

        Raises:
            ApiError: the status could not be written.
        """
        show_problems(entry.key.namespace, entry.key.name, status)
        if status == before:
            return
        manifest: Manifest = {
            "apiVersion": STORED_API_VERSION,
            "kind": KIND,
            # With the UID, the status of a deleted tracker is never written to a new one of the same name.
            "metadata": {"name": entry.key.name, "namespace": entry.key.namespace, "uid": entry.uid},
            "status": status,
        }
        try:
            with self._applier.writing(entry.key):
                written = entry_of(TRACKER, await self._api.apply(TRACKER, manifest, subresource="status"))
                is_unchanged = fingerprint(written.body) == fingerprint(entry.body)
                if is_unchanged:
                    self._store.put(written)
            if not is_unchanged:
                self._on_change(written)  # the resource was changed during this pass, so it needs another one
        except RejectedError as error:
            _logger.error("%s: the status cannot be written: %s", entry.tracker_key, error)  # noqa: TRY400 - no bug
            raise
        except ApiError as error:
            if error.is_missing:  # deleted a moment ago
                return
            raise
        events = (*transitions(before, status), *new_warnings(before, status, warnings))
        await create_events(self._api, entry.tracker_key, entry.uid, events, self._time())
