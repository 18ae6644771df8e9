"""Runs one historian until it is cancelled: it writes files, keeps the store in order, and answers
questions.

The entry point of a pod and `flighttracker local` call `run` with the same arguments. When cancelled, it stores what is
waiting, and then stops.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import ExitStack

from flighttracker.bus.base import PositionLog
from flighttracker.clock import Clock
from flighttracker.listening import listening
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.damage import SetAside
from flighttracker_historian.files.opening import store_of
from flighttracker_historian.files.store import FolderStore, Store
from flighttracker_historian.http.server import serve
from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_historian.writing.historian import Historian
from flighttracker_historian.writing.keeper import Keeper

_logger = logging.getLogger(__name__)


async def run(
    settings: HistorianSettings,
    log: PositionLog,
    clock: Clock,
    *,
    metrics: HistorianMetrics | None = None,
    schemas: SchemaRegistry | None = None,
    store: Store | None = None,
    listeners: Sequence[socket.socket] = (),
) -> None:
    """Keep the history until cancelled.

    Args:
        settings: the settings of the historian.
        log: the position log; the caller closes it.
        clock: the wall clock.
        metrics: the historian's metrics; None creates new ones.
        schemas: the schema registry, opened; None: records have the packaged schema's local id.
        store: the files; None for what the settings name.
        listeners: bound sockets on which questions are answered, besides the port of the settings.

    Raises:
        StartError: the store cannot be used: its settings, or another historian writes into the folder; or the port.
    """
    metrics = metrics or HistorianMetrics()
    store = store or store_of(settings)
    with ExitStack() as stack:
        if isinstance(store, FolderStore):
            stack.enter_context(store.claimed())
        _logger.info("keeping the history in %s", store.name)
        port = stack.enter_context(listening(settings.host, settings.port)) if settings.port else []
        historian = Historian(settings, log, store, clock, metrics, schemas)
        set_aside = SetAside()
        keeper = Keeper(settings, store, historian, clock, metrics, set_aside)
        async with asyncio.TaskGroup() as parts:
            parts.create_task(historian.run(), name="historian: writing")
            parts.create_task(keeper.run(), name="historian: keeping")
            if port or listeners:
                serving = serve(settings, store, clock, [*port, *listeners], set_aside=set_aside)
                parts.create_task(serving, name="historian: answering")
