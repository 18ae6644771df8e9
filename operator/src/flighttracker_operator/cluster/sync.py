"""The resync: compares the store with the API server about once a minute.

Watches make the operator fast; the resync makes it correct. The next round finds what watches missed: a stalled watch,
an event lost during a reconnect, a newly installed kind. The first round reads all objects, so that no tracker is
reconciled before its children are known. Later rounds read metadata only, and the full objects that differ.

A kind that cannot be listed is logged once, and again when the reason changes. If every tracker needs that kind, no
tracker is reconciled until it can be listed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from flighttracker_operator.cluster.api import Api
from flighttracker_operator.cluster.errors import ApiError, RejectedError
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import TRACKER_LABEL
from flighttracker_operator.objects.kinds import ALSO_DISCOVERED, BUILTIN, INGRESS_CLASSES, OPTIONAL, TRACKER, Kind
from flighttracker_operator.objects.store import Entry, ObjectKey, Store, TrackerKey, entry_of

_logger = logging.getLogger(__name__)

Scope = str | None
"""A namespace, or None for the whole cluster."""

DEFAULT_CLASS: Final = "ingressclass.kubernetes.io/is-default-class"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Served kinds and IngressClasses of a cluster.

    Attributes:
        kinds: served kinds, by name.
        api_versions: optional API versions that are served.
        ingress_classes: controller of each IngressClass, by name; None if the operator is not allowed to list them.
        default_ingress_class: name of the default IngressClass.
    """

    kinds: dict[str, Kind] = field(default_factory=lambda: {kind.name: kind for kind in BUILTIN})
    api_versions: frozenset[str] = frozenset()
    ingress_classes: dict[str, str] | None = None
    default_ingress_class: str | None = None


class Sync:
    """Keeps a store equal to the API server.

    Args:
        api: the API server.
        store: the store of live objects.
        scopes: the operator's namespaces, or only None for the whole cluster.
        changed: called with each tracker for which a difference was found.
        without: optional API groups, and `ingressclasses`, that the operator has no rights for and does not request.

    Attributes:
        cluster: the result of the last round.
    """

    def __init__(
        self,
        api: Api,
        store: Store,
        scopes: Sequence[Scope],
        changed: Callable[[TrackerKey], None],
        without: AbstractSet[str] = frozenset(),
    ) -> None:
        self.cluster = Cluster()
        self._api = api
        self._store = store
        self._scopes = tuple(scopes)
        self._changed = changed
        self._without = without
        self._listed: set[tuple[str, Scope]] = set()
        self._unlisted: dict[str, str] = {}

    @property
    def watched(self) -> frozenset[Kind]:
        """The kinds that could be listed in every scope, and so can be watched."""
        return frozenset(
            kind
            for kind in _listable(self.cluster.kinds.values())
            if all((kind.name, scope) in self._listed for scope in self._scopes)
        )

    @property
    def is_complete(self) -> bool:
        """Whether every kind that trackers need could be listed."""
        return all(self._missing_in(scope) is None for scope in self._scopes)

    def missing(self, namespace: str) -> str | None:
        """Return why trackers of a namespace cannot be reconciled yet, or None if they can."""
        return self._missing_in(None if None in self._scopes else namespace)

    def _missing_in(self, scope: Scope) -> str | None:
        for kind in _listable(BUILTIN):
            if (kind.name, scope) not in self._listed:
                return self._unlisted.get(kind.name, f"{kind.resource} are not listed yet")
        return None

    async def round(self) -> None:
        """Compare everything once.

        Raises:
            ApiError: a request failed; what was compared before is kept.
        """
        await self._discover()
        for kind in _listable(self.cluster.kinds.values()):
            for scope in self._scopes:
                await self._compare_or_report(kind, scope)
        if INGRESS_CLASSES.plural not in self._without:
            await self._ingress_classes()

    async def _discover(self) -> None:
        served: dict[str, frozenset[str]] = {}
        optional = {kind.api_version for kind in OPTIONAL if kind.group not in self._without}
        for version in sorted(optional | set(ALSO_DISCOVERED)):
            served[version] = await self._api.discover(version)
        kinds = {kind.name: kind for kind in BUILTIN}
        for kind in OPTIONAL:
            if kind.name in served.get(kind.api_version, ()) and kind.name not in kinds:
                kinds[kind.name] = kind
        versions = frozenset(version for version, found in served.items() if found)
        for name in sorted(set(self.cluster.kinds) - set(kinds)):
            _logger.warning("%s is no longer served: its CustomResourceDefinition was deleted", name)
            self._forget_kind(name)
        for name in sorted(set(kinds) - set(self.cluster.kinds)):
            _logger.info("%s is served as %s", name, kinds[name].api_version)
        if versions != self.cluster.api_versions or kinds != self.cluster.kinds:
            for key in self._store.trackers():
                self._changed(key)
        self.cluster = Cluster(kinds, versions, self.cluster.ingress_classes, self.cluster.default_ingress_class)

    async def _compare_or_report(self, kind: Kind, scope: Scope) -> None:
        try:
            if (kind.name, scope) in self._listed:
                await self._compare(kind, scope)
            else:
                await self._read(kind, scope)
                self._listed.add((kind.name, scope))
            if self._unlisted.pop(kind.name, None):
                _logger.info("%s can be listed now", kind.resource)
        except ApiError as error:
            if not (isinstance(error, RejectedError) or error.is_missing):
                raise
            self._listed.discard((kind.name, scope))
            self._forget_kind(kind.name, scope)
            self._report(kind, scope, error)

    def _report(self, kind: Kind, scope: Scope, error: ApiError) -> None:
        where = f"in namespace {scope}" if scope else "in the cluster"
        if error.is_missing and kind is TRACKER:
            message = "this cluster does not serve FlightTrackers: install the chart's CustomResourceDefinition"
        elif error.is_missing:
            message = f"{kind.resource} are not served"
        else:
            message = f"the operator is not allowed to list {kind.resource} {where}: grant it the chart's Role"
        if self._unlisted.get(kind.name) != message:
            self._unlisted[kind.name] = message
            if kind.optional:
                _logger.warning("%s", message)
            else:
                _logger.error("%s; until then, trackers are not changed", message)

    async def _read(self, kind: Kind, scope: Scope) -> None:
        async for page in self._api.pages(kind, scope, selector=_selector(kind)):
            for live in page:
                self._put(entry_of(kind, live))

    async def _compare(self, kind: Kind, scope: Scope) -> None:
        before = self._store.of_kind(kind.name, scope)
        async for page in self._api.pages(kind, scope, selector=_selector(kind), metadata=True):
            for live in page:
                await self._compare_one(kind, live, before)
        for key, entry in before.items():
            # What is left was not listed; a newer version than before the list came from a watch or an apply.
            if (now := self._store.get(key)) is not None and now.version == entry.version:
                _logger.debug("%s of %s was deleted, and no watch reported it", key, entry.tracker_key)
                self._store.remove(key, entry.uid)
                self._changed(entry.tracker_key)

    async def _compare_one(self, kind: Kind, live: Manifest, before: dict[ObjectKey, Entry]) -> None:
        metadata = live["metadata"]
        key = ObjectKey(kind.name, metadata["namespace"], metadata["name"])
        known = before.pop(key, None)
        if known is None or known.version != metadata["resourceVersion"]:
            newest = self._store.get(key)
            if newest is not None and newest.version == metadata["resourceVersion"]:
                return
            whole = await self._api.get(kind, key.namespace, key.name)
            if whole is not None:
                self._put(entry_of(kind, whole))

    def _put(self, entry: Entry) -> None:
        if self._store.put(entry) and entry.tracker:
            self._changed(entry.tracker_key)

    def _forget_kind(self, name: str, scope: Scope = None) -> None:
        for key, entry in self._store.of_kind(name, scope).items():
            self._store.remove(key)
            self._changed(entry.tracker_key)

    async def _ingress_classes(self) -> None:
        classes: dict[str, str] | None = {}
        default = None
        try:
            async for page in self._api.pages(INGRESS_CLASSES, None):
                for live in page:
                    metadata = live["metadata"]
                    assert classes is not None
                    classes[metadata["name"]] = live["spec"].get("controller", "")
                    if (metadata.get("annotations") or {}).get(DEFAULT_CLASS) == "true":
                        default = metadata["name"]
        except RejectedError:
            classes = None  # a namespaced Role cannot grant it; conditions then ignore classes
        found = Cluster(self.cluster.kinds, self.cluster.api_versions, classes, default)
        if found != self.cluster:
            self.cluster = found
            for key in self._store.trackers():
                self._changed(key)


def _listable(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    """Return trackers, and the kinds that are listed and watched."""
    return (TRACKER, *(kind for kind in kinds if not kind.by_name))


def _selector(kind: Kind) -> str:
    return "" if kind is TRACKER else TRACKER_LABEL


def scopes_of(namespaces: Iterable[str]) -> tuple[Scope, ...]:
    """Return the scopes for a list of namespaces; an empty list means the whole cluster."""
    return tuple(dict.fromkeys(namespaces)) or (None,)
