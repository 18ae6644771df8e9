"""Watches of all kinds, run by kopf.

kopf gets one `on.event` handler for each kind, and no create, update or field handlers or timers, so it adds no
annotations and no finalizers. It runs in a thread with its own event loop, because it cancels every task of its loop
when it stops. It stops when a watch is rejected, and is then restarted, as it is when the watched kinds change. Its
first lists and the resync find what was missed in between.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import kopf
from kubernetes.aio import client

from flighttracker_operator.cluster.stateless import NoDiffBase, NoMemories, NoProgress
from flighttracker_operator.cluster.sync import Scope
from flighttracker_operator.metrics import WATCH_RESTARTS
from flighttracker_operator.model.names import TRACKER_LABEL
from flighttracker_operator.objects.kinds import TRACKER, Kind
from flighttracker_operator.objects.nesting import STACK_BYTES
from flighttracker_operator.objects.store import Entry, ObjectKey, entry_of

_logger = logging.getLogger(__name__)

RESTARTS_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Pauses before restarts; the last one repeats."""
STEADY_S: Final = 60.0
"""Watches that lasted longer restart after the first pause."""
STOP_S: Final = 10.0


class Watch:
    """Watches that run until `stop`.

    Args:
        configuration: address and credentials of the API server.
        scopes: the operator's namespaces, or only None for the whole cluster.
        on_change: called in the event loop of `follow` with a new or changed object.
        on_deletion: called there with the key and the UID of a deleted object.
        is_known: whether the store already has a version of an object; called in the watches' thread.
    """

    def __init__(
        self,
        configuration: client.Configuration,
        scopes: Sequence[Scope],
        on_change: Callable[[Entry], None],
        on_deletion: Callable[[ObjectKey, str], None],
        is_known: Callable[[ObjectKey, str, str], bool],
    ) -> None:
        self._configuration = configuration
        self._scopes = scopes
        self._on_change = on_change
        self._on_deletion = on_deletion
        self._is_known = is_known
        self._kinds: frozenset[Kind] = frozenset()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._replaced: asyncio.Task[None] | None = None

    def follow(self, kinds: frozenset[Kind]) -> None:
        """Watch these kinds from now on; does nothing if they are watched already."""
        if kinds != self._kinds:
            self._kinds = kinds
            _logger.debug("watching %s", ", ".join(sorted(kind.resource for kind in kinds)))
            self._replaced = asyncio.get_running_loop().create_task(self._replace(kinds, self._replaced))

    async def stop(self) -> None:
        """Stop the watches."""
        if self._replaced is not None:
            await self._replaced
        await asyncio.to_thread(self._join)

    async def _replace(self, kinds: frozenset[Kind], earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await earlier
        await asyncio.to_thread(self._join)
        if kinds:
            self._stop = threading.Event()
            run = _Run(self, kinds, asyncio.get_running_loop(), self._stop)
            self._thread = threading.Thread(target=run.forever, name="watches", daemon=True)
            before = threading.stack_size(STACK_BYTES)
            self._thread.start()
            threading.stack_size(before)

    def _join(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_S)
            self._thread = None


class _Run:
    """One thread of watches: runs kopf, and restarts it until it is told to stop."""

    def __init__(
        self, watch: Watch, kinds: frozenset[Kind], loop: asyncio.AbstractEventLoop, stop: threading.Event
    ) -> None:
        self._watch = watch
        self._kinds = kinds
        self._loop = loop
        self._stop = stop

    def forever(self) -> None:
        """Watch until told to stop."""
        failures = 0
        while not self._stop.is_set():
            started_s = self._loop.time()
            try:
                self._once()
            except Exception as error:
                _logger.debug("the watches stopped", exc_info=error)
                reason = f"{type(error).__name__}: {error}"
            else:
                reason = "kopf stopped"
            if self._stop.is_set():
                return
            failures = 0 if self._loop.time() - started_s > STEADY_S else failures + 1
            pause_s = RESTARTS_S[min(failures, len(RESTARTS_S)) - 1] if failures else RESTARTS_S[0]
            WATCH_RESTARTS.inc()
            _logger.warning("the watches stopped (%s); restarting in %.0f s", reason, pause_s)
            self._stop.wait(pause_s)

    def _once(self) -> None:
        namespaces = [scope for scope in self._watch._scopes if scope is not None]
        kopf.run(
            registry=self._registry(),
            settings=_settings(self._kinds),
            memories=NoMemories(),
            standalone=True,
            clusterwide=not namespaces,
            namespaces=namespaces,
            stop_flag=self._stop,
        )

    def _registry(self) -> kopf.OperatorRegistry:
        registry = kopf.OperatorRegistry()
        kopf.on.login(registry=registry, retries=3, backoff=1.0)(self._login)
        for kind in sorted(self._kinds, key=lambda kind: kind.resource):
            decorate = kopf.on.event(
                kind.group, kind.version, kind.plural, id=kind.resource, param=kind, registry=registry
            )
            decorate(self._event)
        return registry

    async def _event(self, **given: Any) -> None:
        event: Mapping[str, Any] = given["event"]
        kind: Kind = given["param"]
        metadata = event["object"]["metadata"]
        key = ObjectKey(kind.name, metadata["namespace"], metadata["name"])
        if event["type"] == "DELETED":
            self._loop.call_soon_threadsafe(self._watch._on_deletion, key, metadata["uid"])
        elif not self._watch._is_known(key, metadata["uid"], metadata["resourceVersion"]):
            self._loop.call_soon_threadsafe(self._watch._on_change, entry_of(kind, event["object"]))

    async def _login(self, **_: object) -> kopf.ConnectionInfo:
        found = self._watch._configuration
        header = await found.get_api_key_with_prefix("BearerToken", alias="authorization")
        scheme, _separator, token = (header or "").rpartition(" ")
        return kopf.ConnectionInfo(
            server=found.host,
            ca_path=found.ssl_ca_cert,
            ca_data=found.ca_cert_data,
            insecure=not found.verify_ssl,
            username=found.username or None,
            password=found.password or None,
            scheme=scheme.capitalize() or None,
            token=token or None,
            certificate_path=found.cert_file,
            private_key_path=found.key_file,
            proxy_url=found.proxy,
        )


def _settings(kinds: frozenset[Kind]) -> kopf.OperatorSettings:
    """Return kopf's settings, with the reasons for values that are not its defaults."""
    settings = kopf.OperatorSettings()
    settings.posting.enabled = False  # the operator creates events itself, on transitions
    settings.scanning.disabled = True  # the resync discovers served kinds, with fewer permissions
    settings.persistence.diffbase_storage = NoDiffBase()
    settings.persistence.progress_storage = NoProgress()
    settings.process.ultimate_exiting_timeout = None  # it would kill the whole process, not only the thread
    settings.watching.server_timeout = 600
    settings.watching.client_timeout = 660
    settings.watching.connect_timeout = 10
    settings.watching.chunk_size = 250
    settings.networking.request_timeout = 30
    settings.networking.connect_timeout = 10
    settings.networking.enforce_retry_after = True
    settings.queueing.idle_timeout = 0.05  # an idle worker for each object would waste memory
    for kind in kinds - {TRACKER}:
        settings.watching.label_selectors[kind.group, kind.version, kind.plural] = TRACKER_LABEL
    return settings
