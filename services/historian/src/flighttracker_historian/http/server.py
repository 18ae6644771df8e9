"""Serves the HTTP interface of a historian until cancelled."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import uvicorn

from flighttracker.clock import Clock
from flighttracker.listening import BACKLOG
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.damage import SetAside
from flighttracker_historian.files.store import Store
from flighttracker_historian.http.app import create_app
from flighttracker_historian.http.bounds import bounded_http
from flighttracker_historian.http.leaving import EndsWithClient
from flighttracker_historian.http.shares import FairShares
from flighttracker_historian.reading.past_sky import Presence
from flighttracker_historian.reading.reader import HistoryReader

STRETCHES: Final = 2
"""Silences after which two rows have no straight line between them; a source may report once between two rows."""
MAX_CONNECTIONS: Final = 256
STOP_S: Final = 5


class _Server(uvicorn.Server):
    """uvicorn without signal handlers: the caller owns the process."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and report it."""
        await super().startup(sockets)
        self._on_started()


def presence_of(settings: HistorianSettings) -> Presence:
    """Return how long a kept position counts."""
    return Presence(round(settings.time_to_live_s * 1000), round(STRETCHES * settings.max_silence_s * 1000))


async def serve(
    settings: HistorianSettings,
    store: Store,
    clock: Clock,
    listeners: Sequence[socket.socket],
    on_started: Callable[[], None] = lambda: None,
    set_aside: SetAside | None = None,
) -> None:
    """Answer questions until cancelled.

    Args:
        settings: how long a position counts.
        store: the files.
        clock: the present.
        listeners: bound sockets, which are closed at the end.
        on_started: called when connections are accepted.
        set_aside: damaged files of the store; None for a list of its own.
    """
    reader = HistoryReader(store, presence_of(settings), clock, set_aside)
    config = uvicorn.Config(
        FairShares(EndsWithClient(create_app(reader))),
        http=bounded_http(),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=STOP_S,
    )
    server = _Server(config, on_started)
    serving = asyncio.create_task(server.serve(sockets=list(listeners)), name="historian: server")
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.wait({serving})
        reader.close()
