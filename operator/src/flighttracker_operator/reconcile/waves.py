"""Upgrades in waves: a new release of the operator replaces the pods of a few trackers at a time. Pure; time is given.

A tracker takes a place before its pods are replaced, and gives it back when it is Ready again. If it is not Ready in
time, no other tracker starts until it is. The condition `Upgrading` of each tracker has its state, so an operator that
restarts continues. `Reconciler` is the only caller.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flighttracker_operator.objects.store import TrackerKey
from flighttracker_operator.status import State
from flighttracker_operator.status.upgrade import FAILED, ROLLING_UNREADY, UPGRADING, failed, held, rolling, waiting

_logger = logging.getLogger(__name__)


class WaveSettings(NamedTuple):
    """How a new release of the operator upgrades the trackers.

    Attributes:
        trackers: trackers whose pods are replaced at the same time, at most; 0 for any number.
        ready_s: how long a tracker may take until it is Ready again, seconds.
    """

    trackers: int = 3
    ready_s: float = 600.0


@dataclass(slots=True)
class _Place:
    """A tracker whose pods are being replaced.

    Attributes:
        since: when that began.
        was_ready: whether the tracker was Ready before; if not, the release is not to blame if it is not Ready later.
        has_failed: whether it was not Ready in time.
    """

    since: datetime
    was_ready: bool
    has_failed: bool = False


class Waves:
    """The trackers that are upgraded, and those that wait.

    Args:
        settings: the number of places, and the time to be Ready again.
        wake: called with a tracker that should have a pass, and in how many seconds.
        show: called with the number of trackers by state, after a change.
    """

    def __init__(
        self,
        settings: WaveSettings,
        wake: Callable[[TrackerKey, float], None],
        show: Callable[[Mapping[str, int]], None] = lambda _: None,
    ) -> None:
        self._most, self._ready_s = settings
        self._wake = wake
        self._show = show
        self._places: dict[TrackerKey, _Place] = {}
        self._waiting: dict[TrackerKey, None] = {}

    def resume(self, key: TrackerKey, status: Mapping[str, Any]) -> None:
        """Give a tracker the place that its status says it has, after a restart of the operator."""
        last = next((one for one in status.get("conditions", ()) if one["type"] == UPGRADING), None)
        if last is None or key in self._places:
            return
        if last["status"] == "True":
            since = datetime.fromisoformat(last["lastTransitionTime"])
            self._places[key] = _Place(since, was_ready=last["reason"] != ROLLING_UNREADY)
        elif last["reason"] == FAILED:
            self._places[key] = _Place(datetime.fromisoformat(last["lastTransitionTime"]), True, has_failed=True)
        if key in self._places:
            _logger.info("%s: resumed the upgrade of an earlier process", key)
        self._changed()

    def start(self, key: TrackerKey, now: datetime, *, was_ready: bool) -> bool:
        """Take a place for a tracker; return False if it must wait. A tracker that has a place starts again."""
        known = self._places.get(key)
        if known is None and (self._failed() is not None or (self._most and len(self._places) >= self._most)):
            self._waiting[key] = None
            self._changed()
            return False
        self._waiting.pop(key, None)
        _logger.info("%s: a new release replaces its pods", key)
        self._places[key] = _Place(now, was_ready=was_ready or (known is not None and known.was_ready))
        self._changed()
        return True

    def leave(self, key: TrackerKey) -> None:
        """Give back what a tracker has: it is deleted, paused, changed by its user, or another operator's."""
        self._waiting.pop(key, None)
        if self._places.pop(key, None) is not None:
            self._wake_others()
        self._changed()

    def state(self, key: TrackerKey, release: str, ready: State | None, now: datetime) -> State | None:
        """Return the condition `Upgrading` of a tracker after a pass, or None if it is not being upgraded.

        Args:
            key: the tracker.
            release: the release to which it is upgraded.
            ready: its condition Ready.
            now: the time, UTC.
        """
        if key in self._waiting:
            other = self._failed()
            return waiting(release, self._most) if other is None else held(release, str(other))
        place = self._places.get(key)
        if place is None:
            return None
        if ready is not None and ready.is_true and ready.reason == "Ready":
            _logger.info("%s: is Ready after the upgrade to release %s", key, release)
            self.leave(key)
            return None
        if (now - place.since).total_seconds() >= self._ready_s and not place.has_failed:
            if not place.was_ready:
                self.leave(key)
                return None
            place.has_failed = True
            _logger.warning(
                "%s: was not Ready in time after the upgrade to release %s: no other tracker is upgraded until it is",
                key,
                release,
            )
            for other in self._waiting:
                self._wake(other, 0.0)
            self._changed()
        if place.has_failed:
            return failed(release, self._ready_s, ready.message if ready is not None else "")
        self._wake(key, self._ready_s - (now - place.since).total_seconds())
        return rolling(release, self._ready_s, was_ready=place.was_ready)

    def _failed(self) -> TrackerKey | None:
        return next((key for key, place in self._places.items() if place.has_failed), None)

    def _wake_others(self) -> None:
        """Wake the trackers that may start now; all, if their conditions named the tracker that failed."""
        if self._failed() is None:
            for other in list(self._waiting):
                self._wake(other, 0.0)

    def _changed(self) -> None:
        failures = sum(place.has_failed for place in self._places.values())
        blocked = "held" if failures else "waiting"
        counts = {"rolling": len(self._places) - failures, "failed": failures, "waiting": 0, "held": 0}
        self._show({**counts, blocked: len(self._waiting)})
