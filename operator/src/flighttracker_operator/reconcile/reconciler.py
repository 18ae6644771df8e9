"""One pass over one tracker: gather facts, render manifests, apply, prune, and write the status if it changed.

Level-based: a pass depends on the present state, not on the event that caused it. So a lost event, a killed operator,
or two operators at once lead to the same objects. The next pass continues after a failure. For a paused tracker, only
the status is written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from flighttracker.errors import SpecError
from flighttracker.spec import FlightTracker, read_tracker, warnings_of
from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import RejectedError
from flighttracker_operator.cluster.sync import Cluster
from flighttracker_operator.manifests import Refusal, claim_names, desired, refusals, retained_claims
from flighttracker_operator.metrics import show_problems
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.images import TAG, Images
from flighttracker_operator.model.names import COMPONENT_LABEL
from flighttracker_operator.model.policy import Policy
from flighttracker_operator.model.releases import release_of, version_problem
from flighttracker_operator.model.runbooks import RUNBOOK_URL
from flighttracker_operator.objects.hosts import Hosts
from flighttracker_operator.objects.immutable import IMMUTABLE, keep_immutable
from flighttracker_operator.objects.leases import Identity
from flighttracker_operator.objects.outdated_pods import next_to_replace
from flighttracker_operator.objects.rollout import has_new_secrets, replaces_pods
from flighttracker_operator.objects.store import Bodies, Entry, ObjectKey, Store, TrackerKey
from flighttracker_operator.policy import Verdict, verdict
from flighttracker_operator.probing.probe import Prober
from flighttracker_operator.reconcile.adopt import adopt
from flighttracker_operator.reconcile.apply import Applier, NamespaceGoneError, Outcome
from flighttracker_operator.reconcile.deleted import DeletedTrackers
from flighttracker_operator.reconcile.gather import EVENT_AGE_S, Warnings, gather, is_pending
from flighttracker_operator.reconcile.own_secrets import OwnSecrets
from flighttracker_operator.reconcile.status_writer import StatusWriter
from flighttracker_operator.reconcile.waves import Waves
from flighttracker_operator.status import (
    View,
    has_gateways,
    invalid_status,
    powerless_status,
    ready_state,
    tracker_status,
    with_upgrade,
)

_logger = logging.getLogger(__name__)


class Turn(Enum):
    """What a pass may change, while a new release upgrades the trackers in waves."""

    APPLIES = "applies"
    """Everything: the tracker has this release already, is new, or was changed by its user."""
    STARTS = "starts"
    """Everything, which replaces the tracker's pods."""
    WAITS = "waits"
    """Only missing objects are created."""


OF_WORKLOADS: Final = frozenset({"Pod", "PersistentVolumeClaim"})
ROUTE_KINDS: Final = frozenset({"Ingress", "HTTPRoute"})


class Reconciler:
    """Reconciles trackers with their objects.

    Args:
        api: the API server.
        store: the store of live objects.
        hosts: the assignment of ingress hosts.
        prober: probes pods for the numbers in the status.
        images: the images of the operator's release.
        policy: limits for authors of trackers.
        cluster: returns the result of the last resync.
        on_change: called after a write with the last event of a watch about the object during the write.
        now: returns the time, UTC.
        operator: returns this operator, and another one that stands by for a namespace.
        waves: the places of trackers whose pods a new release replaces.
        runbook_url: address of the page about an alert.
    """

    def __init__(
        self,
        api: Api,
        store: Store,
        hosts: Hosts,
        prober: Prober,
        images: Images,
        policy: Policy,
        cluster: Callable[[], Cluster],
        on_change: Callable[[Entry], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        operator: Callable[[str], tuple[Identity, str]],
        waves: Waves,
        runbook_url: str = RUNBOOK_URL,
    ) -> None:
        self._api = api
        self._store = store
        self._hosts = hosts
        self._prober = prober
        self._images = images
        self._policy = policy
        self._cluster = cluster
        self._now = now
        self._operator = operator
        self._waves = waves
        self._runbook_url = runbook_url
        self._release = release_of(TAG, images)
        self._applier = Applier(api, store, on_change)
        self._status = StatusWriter(api, store, self._applier, on_change, self._time)
        self._warnings = Warnings(api)
        self._secrets = OwnSecrets(api, store)
        self._deleted = DeletedTrackers(api, store)

    def defer(self, entry: Entry) -> bool:
        """Defer an event of a watch if its object is being written; return whether it is."""
        return self._applier.defer(entry)

    def resume(self) -> None:
        """Continue the upgrades that an earlier process of this operator began; called once, before the first pass."""
        for key in self._store.trackers():
            entry = self._store.tracker(key)
            if entry is not None:
                self._waves.resume(key, entry.body.get("status") or {})

    async def reconcile(self, key: TrackerKey) -> Outcome:
        """Run one pass over a tracker and return the result of its apply.

        Raises:
            ApiError: the pass failed and must be retried.
        """
        entry = self._store.tracker(key)
        if entry is None or entry.deleting:
            # The garbage collector deletes its children.
            self._prober.forget(key)
            show_problems(key.namespace, key.name, {})
            self._applier.forget()
            self._waves.leave(key)
            self._warnings.forget([child.uid for child in self._store.children(key)])
            self._secrets.forget(key)
            if entry is None:
                await self._deleted.clean(key, self._time())
            return Outcome()
        resource = entry.body
        generation: int = resource["metadata"]["generation"]
        before: Mapping[str, Any] = resource.get("status") or {}
        ignored: list[str] = []
        try:
            tracker = read_tracker(resource, ignored=ignored)
        except SpecError as error:
            await self._status.write(entry, before, invalid_status(error, generation, before, self._time()))
            return Outcome()
        if ignored and before.get("observedGeneration") != generation:
            _logger.info("%s: ignores fields of a newer CRD, unknown to this release: %s", key, ", ".join(ignored))
        try:
            return await self._reconcile(key, entry, tracker, generation, before)
        except NamespaceGoneError:
            _logger.debug("%s: the namespace is being deleted", key)
            return Outcome()

    async def hold(self, key: TrackerKey, missing: str) -> None:
        """Say in the status of a tracker which right the operator lacks.

        Raises:
            ApiError: the status could not be written.
        """
        entry = self._store.tracker(key)
        if entry is not None and not entry.deleting:
            before: Mapping[str, Any] = entry.body.get("status") or {}
            await self._status.write(entry, before, powerless_status(missing, before, self._time()))

    async def _reconcile(
        self, key: TrackerKey, entry: Entry, tracker: FlightTracker, generation: int, before: Mapping[str, Any]
    ) -> Outcome:
        cluster = self._cluster()
        self._deleted.remember(key, entry.uid, tracker)
        await self._secrets.read(key, tracker)
        if not tracker.spec.paused:
            retained = retained_claims(tracker)
            used = claim_names(tracker).keys()
            await adopt(self._api, self._store, self._applier, key, entry.uid, cluster.kinds, retained, used)
        facts = await gather(
            self._api,
            cluster,
            tracker,
            uid=entry.uid,
            generation=generation,
            images=self._images.at(tracker.spec.version),
            policy=self._policy,
            runbook_url=self._runbook_url,
            live=list(self._store.children(key)),
        )
        holder = self._hosts.holder(key, cluster.default_ingress_class, self._has_route)
        wanted = [
            manifest
            for manifest in desired(tracker, facts)
            if manifest["kind"] in cluster.kinds and (holder is None or manifest["kind"] not in ROUTE_KINDS)
        ]
        wanted, kept = self._keep_immutable(key, entry.uid, wanted)
        judged = verdict(tracker, facts, wanted)
        turn = self._turn(key, tracker, generation, before, wanted)
        if turn is Turn.STARTS:  # announced first: an operator that is killed now continues with the same trackers
            started = {**before, "release": self._release}
            announced = self._with_upgrade(started, key, before, generation, is_pass_over=False)
            await self._status.write(entry, before, announced)
            before = announced
        outcome = Outcome()
        if not tracker.spec.paused:
            outcome = await self._apply(key, entry.uid, wanted, judged, cluster, only_missing=turn is Turn.WAITS)
            await self._replace_outdated(key, entry.uid, cluster, outcome)
        live = Bodies(self._own_children(key, entry.uid))
        claims = live.of_kind("PersistentVolumeClaim")
        # No watch reports the event of a provisioner that fails.
        outcome.again_s = EVENT_AGE_S if any(is_pending(claim) for claim in claims) else None
        own, rival = self._operator(key.namespace)
        view = View(
            operator=own.name,
            operator_version=own.version,
            rival=rival,
            tracker=tracker,
            facts=facts,
            live=live,
            refusals=[*judged.refusals(), *refusals(tracker, facts), *kept],
            foreign=outcome.foreign,
            rejected=outcome.rejected,
            failures=await self._warnings.of_sets(key.namespace, live.of_kind("StatefulSet")),
            claim_warnings=await self._warnings.of_claims(key.namespace, claims),
            class_known=cluster.ingress_classes is not None,
            host_holder=str(holder) if holder else None,
            numbers=self._prober.numbers(key),
            before=before,
            version=before.get("version", "") if turn is Turn.WAITS else tracker.spec.version or TAG,
            release=before.get("release", "") if turn is Turn.WAITS else self._release,
        )
        status = self._with_upgrade(tracker_status(view, wanted, self._time()), key, before, generation)
        await self._status.write(entry, before, status, warnings_of(tracker))
        self._prober.probe(key, live.of_kind("Pod"), has_gateways=has_gateways(view))
        return outcome

    async def _apply(
        self,
        key: TrackerKey,
        uid: str,
        wanted: list[Manifest],
        judged: Verdict,
        cluster: Cluster,
        *,
        only_missing: bool,
    ) -> Outcome:
        """Apply the objects that are allowed and delete the others; during a wait, only create what is missing."""
        named = {ObjectKey(one["kind"], key.namespace, one["metadata"]["name"]): one for one in wanted}
        allowed = [
            one
            for name, one in named.items()
            if not judged.holds(one) and not (only_missing and self._store.get(name) is not None)
        ]
        outcome = await self._applier.apply(key, uid, allowed, cluster.kinds)
        if not only_missing:
            held = {child.key for child in self._store.children(key) if judged.held and judged.holds(child.body)}
            outcome.pruned = await self._applier.prune(key, uid, {*named, *held}, cluster.kinds)
        return outcome

    def _turn(
        self,
        key: TrackerKey,
        tracker: FlightTracker,
        generation: int,
        before: Mapping[str, Any],
        wanted: Iterable[Manifest],
    ) -> Turn:
        """Return whether a tracker gets its objects now, or waits for the upgrade of others."""
        if version_problem(tracker.spec.version, TAG):
            self._waves.leave(key)
            return Turn.WAITS
        if before.get("release") == self._release and not tracker.spec.paused:
            return Turn.APPLIES
        names = ((one, ObjectKey(one["kind"], key.namespace, one["metadata"]["name"])) for one in wanted)
        live = [(one, entry.body) for one, name in names if (entry := self._store.get(name)) is not None]
        is_users = before.get("observedGeneration") != generation or any(has_new_secrets(*pair) for pair in live)
        if tracker.spec.paused or is_users or not any(replaces_pods(*pair) for pair in live):
            self._waves.leave(key)
            return Turn.APPLIES
        ready = ready_state(before)
        starts = self._waves.start(key, self._now(), was_ready=ready is not None and ready.is_true)
        return Turn.STARTS if starts else Turn.WAITS

    def _with_upgrade(
        self,
        status: Mapping[str, Any],
        key: TrackerKey,
        before: Mapping[str, Any],
        generation: int,
        *,
        is_pass_over: bool = True,
    ) -> dict[str, Any]:
        ready = ready_state(status) if is_pass_over else None
        state = self._waves.state(key, self._release, ready, self._now())
        return with_upgrade(status, state, before, generation, self._time())

    def _keep_immutable(
        self, key: TrackerKey, uid: str, wanted: Iterable[Manifest]
    ) -> tuple[list[Manifest], list[Refusal]]:
        """Return the manifests with the immutable fields of live workloads, and what therefore cannot be fulfilled."""
        manifests, refused = [], []
        for manifest in wanted:
            name = manifest["metadata"]["name"]
            live = self._store.get(ObjectKey(manifest["kind"], key.namespace, name))
            if manifest["kind"] in IMMUTABLE and live is not None and uid in live.owners:
                manifest, kept = keep_immutable(manifest, live.body, uid)
                component = manifest["metadata"]["labels"][COMPONENT_LABEL]
                refused += [Refusal(component, "ImmutableField", message, stops=False) for message in kept]
            manifests.append(manifest)
        return manifests, refused

    async def _replace_outdated(self, key: TrackerKey, uid: str, cluster: Cluster, outcome: Outcome) -> None:
        """Evict one outdated pod of each StatefulSet whose pods this operator replaces."""
        live = Bodies(self._own_children(key, uid))
        for workload in live.of_kind("StatefulSet"):
            pod = next_to_replace(workload, live.of_kind("Pod"))
            if pod is None:
                continue
            name = pod["metadata"]["name"]
            try:
                if await self._api.evict(cluster.kinds["Pod"], key.namespace, name, pod["metadata"]["uid"]):
                    _logger.info("%s: replacing pod %s, which has old settings", key, name)
            except RejectedError as error:
                outcome.rejected[ObjectKey("StatefulSet", key.namespace, workload["metadata"]["name"])] = str(error)

    def _own_children(self, key: TrackerKey, uid: str) -> list[Entry]:
        """Return the live children that affect the status: the tracker's own, and pods and volumes of its workloads."""
        return [child for child in self._store.children(key) if uid in child.owners or child.key.kind in OF_WORKLOADS]

    def _has_route(self, key: TrackerKey) -> bool:
        entry = self._store.tracker(key)
        return entry is not None and any(
            child.key.kind in ROUTE_KINDS and entry.uid in child.owners for child in self._store.children(key)
        )

    def _time(self) -> str:
        return self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
