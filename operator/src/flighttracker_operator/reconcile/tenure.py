"""Decides which trackers this operator manages, when several operators run: it holds a Lease for each of its scopes.

`Loop` asks before each pass. Without the Lease, the operator stands by, says so in its log and `/health`, and shows
itself to the holder, which reports it in a condition. An operator keeps its name across restarts, so it continues at
once. If it is not allowed to use Leases, it works without them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import ApiError, RejectedError
from flighttracker_operator.cluster.sync import Scope
from flighttracker_operator.objects import leases
from flighttracker_operator.objects.kinds import LEASES
from flighttracker_operator.objects.leases import DURATION_S, RENEW_S, Identity, Sightings

_logger = logging.getLogger(__name__)

SETTLE_S: Final = 1.5 * RENEW_S
"""Wait before managing what another operator managed: one of the whole cluster notices the Lease when it renews its."""
RETRY_S: Final = 2.0
STOP_S: Final = 5.0
SELECTOR: Final = ",".join(f"{name}={value}" for name, value in leases.LABELS.items())


class Tenure:
    """The Leases of one operator.

    Args:
        api: the API server.
        scopes: the operator's namespaces, or only None for the whole cluster.
        own: this operator.
        on_change: called when the managed namespaces or the rivals changed.
    """

    def __init__(self, api: Api, scopes: Sequence[Scope], own: Identity, on_change: Callable[[], None]) -> None:
        self.own = own
        self.known = asyncio.Event()
        self._api = api
        self._scopes = tuple(scopes)
        self._on_change = on_change
        self._until_s: dict[Scope, float] = {}
        self._since_s: dict[Scope, float] = {}
        self._holders: dict[Scope, Identity] = {}
        self._rivals: dict[Scope, str] = {}
        self._without: set[Scope] = set()
        self._sightings = Sightings()

    async def run(self) -> None:
        """Take and renew the Leases until cancelled."""
        while True:
            pause_s = RENEW_S
            before = (dict(self._holders), dict(self._rivals), frozenset(self._since_s))
            try:
                for scope in self._scopes:
                    await self._renew(scope)
                if None in self._scopes:
                    await self._look_at_namespaces()
                self.known.set()
            except ApiError as error:
                _logger.warning("the Lease cannot be renewed: %s; retrying in %.0f s", error, RETRY_S)
                pause_s = RETRY_S
            if before != (self._holders, self._rivals, frozenset(self._since_s)):
                self._on_change()
            await asyncio.sleep(pause_s)

    async def release(self) -> None:
        """Give up the held Leases, so that another operator can continue at once."""
        try:
            async with asyncio.timeout(STOP_S):
                for scope in set(self._since_s) - self._without:
                    live = await self._get(scope)
                    if live is not None and leases.holder(live).name == self.own.name:
                        await self._api.patch(LEASES, *leases.place(scope), leases.release(live))
        except (ApiError, TimeoutError) as error:
            _logger.debug("a Lease could not be given up, and expires: %s", error)

    def obstacle(self, namespace: str, last: str) -> tuple[str, float | None]:
        """Return why a tracker must not be changed, and when to ask again in seconds; empty if it may be changed.

        Args:
            namespace: namespace of the tracker.
            last: name of the operator in its status.
        """
        scope = None if None in self._scopes else namespace
        holder = self._holders.get(namespace) or self._holders.get(scope)
        if holder is not None:
            return f"operator {holder} manages {namespace}", None
        now_s = time.monotonic()
        if scope not in self._without and now_s > self._until_s.get(scope, 0.0):
            return "the Lease is not renewed", None
        wait_s = self._since_s.get(scope, now_s) + SETTLE_S - now_s
        if last not in ("", self.own.name) and scope not in self._without and wait_s > 0:
            return f"waiting for operator {last} to notice the Lease", wait_s
        return "", None

    def rival(self, namespace: str) -> str:
        """Return the other operator that stands by for a namespace; empty if there is none."""
        return self._rivals.get(None if None in self._scopes else namespace, "")

    def standby(self) -> dict[str, str]:
        """Return the other operators for which this one stands by, by scope."""
        return {scope or "the whole cluster": str(other) for scope, other in self._holders.items()}

    @property
    def is_useful(self) -> bool:
        """Whether this operator manages at least one of its scopes."""
        return any(scope not in self._holders for scope in self._scopes)

    async def _renew(self, scope: Scope) -> None:
        try:
            await self._take(scope)
            self._without.discard(scope)
        except RejectedError as error:
            if scope not in self._without:
                _logger.warning("%s: this operator works without a Lease, and does not notice others", error)
            self._without.add(scope)
            self._holders.pop(scope, None)
        except ApiError as error:
            if error.is_missing:  # the namespace does not exist yet
                self._until_s[scope] = time.monotonic() + DURATION_S
            elif not error.is_conflict:  # after a conflict, the next round reads who was faster
                raise

    async def _take(self, scope: Scope) -> None:
        live, started_s = await self._get(scope), time.monotonic()
        if live is None:
            await self._api.create(LEASES, leases.lease(scope, self.own))
        else:
            other = self._other(scope, live)
            if other is not None:
                self._stand_by(scope, other)
                await self._api.patch(LEASES, *leases.place(scope), leases.announcement(self.own, datetime.now(UTC)))
                return
            self._note_rival(scope, live)
            await self._api.patch(LEASES, *leases.place(scope), leases.renewal(live, self.own))
        if self._holders.pop(scope, None) is not None:
            _logger.warning("the Lease of %s is free: this operator manages it now", _named(scope))
        self._since_s.setdefault(scope, started_s)
        self._until_s[scope] = started_s + DURATION_S

    async def _look_at_namespaces(self) -> None:
        """Find the namespaces that have an operator of their own."""
        found = set()
        async for page in self._api.pages(LEASES, None, selector=SELECTOR):
            for live in page:
                namespace, name = live["metadata"]["namespace"], live["metadata"]["name"]
                other = self._other(namespace, live) if name == leases.NAMESPACE_LEASE else None
                if other is not None:
                    found.add(namespace)
                    self._stand_by(namespace, other)
                    patch = leases.announcement(self.own, datetime.now(UTC))
                    await self._api.patch(LEASES, namespace, name, patch)
        for scope in set(self._holders) - found - {None}:
            _logger.warning("namespace %s has no operator of its own any more: this operator manages it now", scope)
            del self._holders[scope]

    def _other(self, scope: Scope, live: Mapping[str, Any]) -> Identity | None:
        """Return who else holds a Lease; None if it is ours, free or expired."""
        holder = leases.holder(live)
        age_s = self._sightings.age_s(("lease", scope), live.get("spec"), time.monotonic())
        is_free = holder.name in ("", self.own.name) or age_s > leases.duration_s(live)
        return None if is_free else holder

    def _stand_by(self, scope: Scope, other: Identity) -> None:
        if self._holders.get(scope) != other:
            self._holders[scope] = other
            self._since_s.pop(scope, None)
            _logger.warning(
                "operator %s manages %s, so this operator, %s, stands by for it: uninstall one of them, or give them "
                "different namespaces (watchNamespaces)",
                other,
                _named(scope),
                self.own,
            )

    def _note_rival(self, scope: Scope, live: Mapping[str, Any]) -> None:
        text = leases.rival(live)
        is_present = (
            text
            and not leases.is_announced_by(self.own, live)
            and self._sightings.age_s(("rival", scope), text, time.monotonic()) < DURATION_S
        )
        rival = text.partition(" since ")[0] if is_present else ""
        if rival != self._rivals.get(scope, ""):
            if rival:
                _logger.warning("operator %s also wants to manage %s and stands by", rival, _named(scope))
            self._rivals[scope] = rival

    async def _get(self, scope: Scope) -> Mapping[str, Any] | None:
        return await self._api.get(LEASES, *leases.place(scope))


def _named(scope: Scope) -> str:
    return f"namespace {scope}" if scope else "the whole cluster"
