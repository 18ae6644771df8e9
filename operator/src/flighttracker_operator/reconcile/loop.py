"""The loop: what happened → the queue → a few passes at a time; and the resync round about once a minute.

There is one way in, `touch(tracker)`, and one thing done with it, a pass. Passes at once are bounded, each has a time
limit, and what fails comes back later, further away each time.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Sequence
from typing import Final

from flighttracker.backoff import Backoff
from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import NO_ANSWER, ApiError, RefusedError
from flighttracker_operator.cluster.sync import Scope, Sync
from flighttracker_operator.metrics import LAST_SUCCESS, OBJECTS, PASS_SECONDS, PASSES, TRACKERS, WAITING
from flighttracker_operator.model.images import Images
from flighttracker_operator.model.policy import Policy
from flighttracker_operator.objects.hosts import Hosts
from flighttracker_operator.objects.kinds import TRACKER, Kind
from flighttracker_operator.objects.store import Entry, ObjectKey, Store, TrackerKey
from flighttracker_operator.probing.probe import Prober
from flighttracker_operator.reconcile.health import Health
from flighttracker_operator.reconcile.queue import Queue
from flighttracker_operator.reconcile.reconciler import Reconciler

_logger = logging.getLogger(__name__)

PASSES_AT_ONCE: Final = 8
RESYNC_S: Final = 60.0
RESYNC_JITTER: Final = 0.2
"""Share of the interval by which a round comes earlier or later, so that operators of many clusters do not agree."""
LONGEST_WAIT_S: Final = 300.0
"""How long a round may wait for trackers that are to be looked at: it costs the API server a list of everything."""
INCOMPLETE_S: Final = 10.0
"""Time between two rounds while something that every tracker needs cannot be listed."""
SETTLE_S: Final = 0.1
"""How long after a change of a child its tracker is looked at: what comes together is seen together."""
PASS_S: Final = 120.0
"""A pass that takes longer hangs; it is ended and tried again."""
ROUND_BACKOFF: Final = Backoff(first_s=1.0, longest_s=30.0)
"""Pauses after failed rounds."""
QUIET_CONFLICTS: Final = 5
"""Conflicts of one tracker in a row that are logged at debug level only."""


class Loop:
    """Everything that reconciles, for one API server.

    Args:
        api: the API server.
        scopes: the namespaces that are looked after, or only None for all of them.
        images: those of the operator's release.
        policy: what authors of trackers may ask for.
        resync_s: seconds between two rounds.
        watch: called after each round with the kinds that can be watched.

    Attributes:
        health: what `/health` shows.
    """

    def __init__(
        self,
        api: Api,
        scopes: Sequence[Scope],
        images: Images,
        policy: Policy,
        *,
        resync_s: float = RESYNC_S,
        watch: Callable[[frozenset[Kind]], None] = lambda _: None,
    ) -> None:
        self.health = Health(time.monotonic())
        self._store = Store()
        self._hosts = Hosts()
        self._queue = Queue()
        self._news = asyncio.Event()
        self._started = asyncio.Event()
        self._slots = asyncio.Semaphore(PASSES_AT_ONCE)
        self._prober = Prober(self.touch)
        self._sync = Sync(api, self._store, scopes, self._changed)
        self._reconciler = Reconciler(
            api, self._store, self._hosts, self._prober, images, policy, lambda: self._sync.cluster, self.heard
        )
        self._resync_s = resync_s
        self._watch = watch
        self._random = random.Random()  # noqa: S311 - spreads retries, keeps no secret
        self._versions: dict[TrackerKey, str] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._resync(), name="resync")
                await self._started.wait()
                while True:
                    await self._slots.acquire()
                    key = await self._next()
                    tasks.create_task(self._pass(key), name=f"pass {key}")
        finally:
            await self._prober.close()

    def is_known(self, key: ObjectKey, uid: str, version: str) -> bool:
        """Return whether a version of an object is no news; any thread may ask."""
        return self._store.knows(key, uid, version)

    def heard(self, entry: Entry) -> None:
        """Take what a watch said about an object that exists."""
        if self._reconciler.takes(entry):
            return
        if self._store.put(entry) and entry.tracker:
            self._changed(entry.tracker_key, delay_s=0.0 if entry.key.kind == TRACKER.name else SETTLE_S)

    def gone(self, key: ObjectKey, uid: str) -> None:
        """Take what a watch said about an object that is gone."""
        entry = self._store.remove(key, uid)
        if entry is not None and entry.tracker:
            self._changed(entry.tracker_key)

    def touch(self, key: TrackerKey, *, delay_s: float = 0.0) -> None:
        """Ask for a look at a tracker."""
        self._queue.add(key, time.monotonic() + delay_s)
        self._news.set()

    def _changed(self, key: TrackerKey, *, delay_s: float = 0.0) -> None:
        """Look at a tracker, and at those whose way in depends on it."""
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
        """Return the next tracker that is due."""
        while True:
            self._news.clear()
            now_s = time.monotonic()
            key = self._queue.take(now_s)
            if key is not None:
                return key
            due_s = self._queue.next_due_s()
            try:
                async with asyncio.timeout(None if due_s is None else max(0.0, due_s - now_s)):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _pass(self, key: TrackerKey) -> None:
        """Look at one tracker; whatever goes wrong stays with this tracker."""
        started_s = time.monotonic()
        try:
            result = await self._try(key)
        finally:
            self._slots.release()
            self._news.set()
        PASSES.labels(result).inc()
        PASS_SECONDS.observe(time.monotonic() - started_s)
        WAITING.set(len(self._queue))

    async def _try(self, key: TrackerKey) -> str:
        try:
            missing = self._sync.missing(key.namespace)
            if missing is not None:
                _logger.debug("%s waits: %s", key, missing)
                self._queue.done(key)  # the round that finds it looks at everything again
                return "held"
            async with asyncio.timeout(PASS_S):
                outcome = await self._reconciler.reconcile(key)
        except ApiError as error:
            return self._failed(key, error)
        except TimeoutError:
            self._failed(key, ApiError(NO_ANSWER, "Timeout", f"a pass took longer than {PASS_S:.0f} s"))
            return "retry"
        except Exception:
            delay_s = self._queue.failed(key, time.monotonic(), random=self._random.random())
            _logger.exception("%s: a pass failed, which is a bug; the next is in %.1f s", key, delay_s)
            return "error"
        self._succeeded()
        self._queue.done(key)
        if self._store.tracker(key) is None:
            self._queue.forget(key)
        return "refused" if outcome.refused or outcome.foreign else "ok"

    def _failed(self, key: TrackerKey, error: ApiError) -> str:
        number = self._queue.failures(key)
        delay_s = self._queue.failed(
            key, time.monotonic(), random=self._random.random(), retry_after_s=error.retry_after_s
        )
        # A conflict is how two writers notice each other; it says nothing to a person unless it lasts.
        quiet = error.is_conflict and number < QUIET_CONFLICTS
        _logger.log(logging.DEBUG if quiet else logging.WARNING, "%s: %s; again in %.1f s", key, error, delay_s)
        self._note(error)
        return "refused" if isinstance(error, RefusedError) else "retry"

    async def _resync(self) -> None:
        failures = 0
        while True:
            try:
                await self._sync.round()
            except ApiError as error:
                failures += 1
                pause_s = error.retry_after_s or ROUND_BACKOFF.wait_s(failures)
                _logger.warning("the cluster cannot be read: %s; again in %.0f s", error, pause_s)
                self._note(error)
                await asyncio.sleep(pause_s)
                continue
            first, failures = self._versions == {} or failures > 0, 0
            self._succeeded()
            self._started.set()
            self._watch(self._sync.watched)
            self._look_at_everything(at_once=first)
            await asyncio.sleep(self._pause_s())
            await self._until_kept_up()

    async def _until_kept_up(self) -> None:
        for _ in range(round(LONGEST_WAIT_S)):
            if self._queue.overdue(time.monotonic()) <= PASSES_AT_ONCE:
                return
            await asyncio.sleep(1.0)

    def _look_at_everything(self, *, at_once: bool) -> None:
        """Touch every tracker, spread over the time until the next round."""
        trackers = list(self._store.trackers())
        for key in trackers:
            self.touch(key, delay_s=0.0 if at_once else self._random.uniform(0, 0.8 * self._resync_s))
        TRACKERS.set(len(trackers))
        OBJECTS.set(len(self._store))

    def _pause_s(self) -> float:
        longest_s = self._resync_s if self._sync.is_complete else min(INCOMPLETE_S, self._resync_s)
        return longest_s * self._random.uniform(1 - RESYNC_JITTER, 1 + RESYNC_JITTER)

    def _succeeded(self) -> None:
        self.health.succeeded(time.monotonic())
        LAST_SUCCESS.set_to_current_time()

    def _note(self, error: ApiError) -> None:
        if error.code == NO_ANSWER:
            self.health.failed(str(error))
        else:
            self.health.answered(time.monotonic(), str(error))
