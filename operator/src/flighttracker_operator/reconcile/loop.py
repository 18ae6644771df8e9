"""The control loop: changes add trackers to the queue, and a bounded number of passes reconcile them.

A resync round runs about once a minute. Every change ends in `touch(tracker)`, which leads to a pass. Each pass has a
timeout, and a failed pass is retried with backoff.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from flighttracker.backoff import Backoff
from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import NO_ANSWER, ApiError, RejectedError
from flighttracker_operator.cluster.sync import Scope, Sync
from flighttracker_operator.metrics import LAST_SUCCESS, OBJECTS, PASS_SECONDS, PASSES, TRACKERS, UPGRADES, WAITING
from flighttracker_operator.model.images import Images
from flighttracker_operator.model.policy import Policy
from flighttracker_operator.model.runbooks import RUNBOOK_URL
from flighttracker_operator.objects.hosts import Hosts
from flighttracker_operator.objects.kinds import TRACKER, Kind
from flighttracker_operator.objects.leases import Identity
from flighttracker_operator.objects.store import Entry, ObjectKey, Store, TrackerKey
from flighttracker_operator.probing.probe import Prober
from flighttracker_operator.reconcile.health import Health
from flighttracker_operator.reconcile.queue import Queue
from flighttracker_operator.reconcile.reconciler import Reconciler
from flighttracker_operator.reconcile.tenure import Tenure
from flighttracker_operator.reconcile.waves import Waves, WaveSettings

_logger = logging.getLogger(__name__)

PASSES_AT_ONCE: Final = 8
RESYNC_S: Final = 60.0
RESYNC_JITTER: Final = 0.2
"""Random share of the interval that is added or subtracted, to keep several operators from synchronizing."""
LONGEST_WAIT_S: Final = 300.0
"""How long a round, which lists everything, is postponed while many trackers are overdue."""
INCOMPLETE_S: Final = 10.0
"""Time between rounds while a kind that every tracker needs cannot be listed."""
SETTLE_S: Final = 0.1
"""Delay of a pass after a change of a child, to handle several changes in one pass."""
PASS_S: Final = 120.0
"""Timeout of a pass; it is then retried."""
ROUND_BACKOFF: Final = Backoff(first_s=1.0, longest_s=30.0)
"""Pauses after failed rounds."""
QUIET_CONFLICTS: Final = 5
"""Consecutive conflicts of a tracker that are only logged at level debug."""


class Loop:
    """The control loop for one API server.

    Args:
        api: the API server.
        scopes: the operator's namespaces, or only None for the whole cluster.
        images: the images of the operator's release.
        policy: limits for authors of trackers.
        own: this operator, as others see it.
        without: optional API groups, and `ingressclasses`, that the operator has no rights for.
        resync_s: seconds between resync rounds.
        waves: how a new release upgrades the trackers.
        runbook_url: address of the page about an alert.
        watch: called after each round with the kinds that can be watched.

    Attributes:
        health: the state for `/health`.
    """

    def __init__(
        self,
        api: Api,
        scopes: Sequence[Scope],
        images: Images,
        policy: Policy,
        own: Identity,
        *,
        without: AbstractSet[str] = frozenset(),
        resync_s: float = RESYNC_S,
        waves: WaveSettings,
        runbook_url: str = RUNBOOK_URL,
        watch: Callable[[frozenset[Kind]], None] = lambda _: None,
    ) -> None:
        self.health = Health(time.monotonic())
        self._store = Store()
        self._hosts = Hosts()
        self._queue = Queue()
        self._wake = asyncio.Event()
        self._started = asyncio.Event()
        self._slots = asyncio.Semaphore(PASSES_AT_ONCE)
        self._prober = Prober(self.touch)
        self._sync = Sync(api, self._store, scopes, self._changed, without)
        self._tenure = Tenure(api, scopes, own, self._tenure_changed)
        self._waves = Waves(waves, lambda key, delay_s: self.touch(key, delay_s=delay_s), _show)
        self._reconciler = Reconciler(
            api,
            self._store,
            self._hosts,
            self._prober,
            images,
            policy,
            lambda: self._sync.cluster,
            self.on_change,
            operator=lambda namespace: (own, self._tenure.rival(namespace)),
            waves=self._waves,
            runbook_url=runbook_url,
        )
        self._resync_s = resync_s
        self._watch = watch
        self._random = random.Random()  # noqa: S311 - spreads retries, keeps no secret
        self._versions: dict[TrackerKey, str] = {}

    async def run(self) -> None:
        """Run until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._resync(), name="resync")
                tasks.create_task(self._tenure.run(), name="tenure")
                await self._tenure.known.wait()
                await self._started.wait()
                while True:
                    await self._slots.acquire()
                    key = await self._next()
                    tasks.create_task(self._pass(key), name=f"pass {key}")
        finally:
            await self._prober.close()
            await self._tenure.release()

    def is_known(self, key: ObjectKey, uid: str, version: str) -> bool:
        """Return whether the store has this version of an object or a newer one. Thread-safe."""
        return self._store.knows(key, uid, version)

    def on_change(self, entry: Entry) -> None:
        """Handle a new or changed object from a watch."""
        if self._reconciler.defer(entry):
            return
        if self._store.put(entry) and entry.tracker:
            self._changed(entry.tracker_key, delay_s=0.0 if entry.key.kind == TRACKER.name else SETTLE_S)

    def on_deletion(self, key: ObjectKey, uid: str) -> None:
        """Handle a deleted object from a watch."""
        entry = self._store.remove(key, uid)
        if entry is not None and entry.tracker:
            self._changed(entry.tracker_key)

    def touch(self, key: TrackerKey, *, delay_s: float = 0.0) -> None:
        """Add a tracker to the queue."""
        self._queue.add(key, time.monotonic() + delay_s)
        self._wake.set()

    def _changed(self, key: TrackerKey, *, delay_s: float = 0.0) -> None:
        """Add a tracker to the queue, and after a change of the tracker those that request the same ingress host."""
        entry = self._store.tracker(key)
        version = entry.version if entry is not None else ""
        if self._versions.get(key, "") != version:
            rivals = self._hosts.remove(key) if entry is None else self._hosts.put(key, entry.body)
            for rival in rivals:
                self.touch(rival)
            if entry is None:
                del self._versions[key]
            else:
                self._versions[key] = version
        self.touch(key, delay_s=delay_s)

    async def _next(self) -> TrackerKey:
        """Wait for the next due tracker and return it."""
        while True:
            self._wake.clear()
            now_s = time.monotonic()
            key = self._queue.take(now_s)
            if key is not None:
                return key
            due_s = self._queue.next_due_s()
            try:
                async with asyncio.timeout(None if due_s is None else max(0.0, due_s - now_s)):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _pass(self, key: TrackerKey) -> None:
        """Reconcile one tracker; an error does not affect others."""
        started_s = time.monotonic()
        try:
            result = await self._try(key)
        finally:
            self._slots.release()
            self._wake.set()
        PASSES.labels(result).inc()
        PASS_SECONDS.observe(time.monotonic() - started_s)
        WAITING.set(len(self._queue))

    async def _try(self, key: TrackerKey) -> str:
        try:
            tracker = self._store.tracker(key)
            last = (tracker.body.get("status") or {}).get("operator", "") if tracker is not None else ""
            obstacle, again_s = self._tenure.obstacle(key.namespace, last)
            if obstacle:
                _logger.debug("%s is not managed: %s", key, obstacle)
                self._queue.done(key)  # a change of the Leases adds all trackers again
                self._waves.leave(key)
                if again_s is not None:
                    self.touch(key, delay_s=again_s)
                return "standby"
            missing = self._sync.missing(key.namespace)
            if missing is not None:
                _logger.debug("%s is postponed: %s", key, missing)
                await self._reconciler.hold(key, f"{missing}; until then, nothing is changed")
                self._queue.done(key)  # the next successful round adds all trackers again
                return "held"
            async with asyncio.timeout(PASS_S):
                outcome = await self._reconciler.reconcile(key)
        except ApiError as error:
            if error.lacks_right:
                await self._say_what_is_missing(key, error)
            return self._failed(key, error)
        except TimeoutError:
            self._failed(key, ApiError(NO_ANSWER, "Timeout", f"a pass took longer than {PASS_S:.0f} s"))
            return "retry"
        except Exception:
            delay_s = self._queue.failed(key, time.monotonic(), random=self._random.random())
            _logger.exception("%s: a pass failed, which is a bug; retrying in %.1f s", key, delay_s)
            return "error"
        self._succeeded()
        self._queue.done(key)
        if self._store.tracker(key) is None:
            self._queue.forget(key)
        elif outcome.again_s is not None:
            self.touch(key, delay_s=outcome.again_s)
        return "refused" if outcome.rejected or outcome.foreign else "ok"

    async def _say_what_is_missing(self, key: TrackerKey, error: ApiError) -> None:
        """Write the status of a tracker whose pass ended before it was written, because the operator lacks a right."""
        try:
            await self._reconciler.hold(key, f"the operator lacks a right ({error}): grant it the chart's Role")
        except ApiError as other:
            _logger.debug("%s: the missing right cannot be written to the status: %s", key, other)

    def _failed(self, key: TrackerKey, error: ApiError) -> str:
        number = self._queue.failures(key)
        delay_s = self._queue.failed(
            key, time.monotonic(), random=self._random.random(), retry_after_s=error.retry_after_s
        )
        # Conflicts between writers are normal, and only worth a warning if they persist.
        quiet = error.is_conflict and number < QUIET_CONFLICTS
        _logger.log(logging.DEBUG if quiet else logging.WARNING, "%s: %s; retrying in %.1f s", key, error, delay_s)
        self._record(error)
        return "refused" if isinstance(error, RejectedError) else "retry"

    async def _resync(self) -> None:
        failures = 0
        while True:
            try:
                await self._sync.round()
            except ApiError as error:
                failures += 1
                pause_s = error.retry_after_s or ROUND_BACKOFF.wait_s(failures)
                _logger.warning("the resync failed: %s; retrying in %.0f s", error, pause_s)
                self._record(error)
                await asyncio.sleep(pause_s)
                continue
            first, failures = self._versions == {} or failures > 0, 0
            self._succeeded()
            if not self._started.is_set():
                self._reconciler.resume()
            self._started.set()
            self._watch(self._sync.watched)
            self._touch_all(at_once=first)
            await asyncio.sleep(self._pause_s())
            await self._wait_for_overdue()

    async def _wait_for_overdue(self) -> None:
        """Wait until few trackers are overdue, for at most `LONGEST_WAIT_S`."""
        for _ in range(round(LONGEST_WAIT_S)):
            if self._queue.overdue(time.monotonic()) <= PASSES_AT_ONCE:
                return
            await asyncio.sleep(1.0)

    def _touch_all(self, *, at_once: bool) -> None:
        """Add every tracker to the queue, at once or spread over the time until the next round."""
        trackers = list(self._store.trackers())
        for key in trackers:
            self.touch(key, delay_s=0.0 if at_once else self._random.uniform(0, 0.8 * self._resync_s))
        TRACKERS.set(len(trackers))
        OBJECTS.set(len(self._store))

    def _tenure_changed(self) -> None:
        self.health.standby = self._tenure.standby()
        self.health.is_useful = self._tenure.is_useful
        self._touch_all(at_once=True)

    def _pause_s(self) -> float:
        longest_s = self._resync_s if self._sync.is_complete else min(INCOMPLETE_S, self._resync_s)
        return longest_s * self._random.uniform(1 - RESYNC_JITTER, 1 + RESYNC_JITTER)

    def _succeeded(self) -> None:
        self.health.succeeded(time.monotonic())
        LAST_SUCCESS.set_to_current_time()

    def _record(self, error: ApiError) -> None:
        if error.code == NO_ANSWER:
            self.health.failed(str(error))
        else:
            self.health.answered(time.monotonic(), str(error))


def _show(upgrades: Mapping[str, int]) -> None:
    for state, count in upgrades.items():
        UPGRADES.labels(state).set(count)
