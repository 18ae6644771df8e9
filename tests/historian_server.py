"""The HTTP interface of a historian under its real server, for tests that ask it through a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from flighttracker.clock import Clock
from flighttracker.listening import listening
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.http.server import serve


@asynccontextmanager
async def serving_history(folder: Path, clock: Clock) -> AsyncIterator[str]:
    """Serve the history in a folder; yields the URL for `history_url`."""
    started = asyncio.Event()
    with listening("127.0.0.1", 0) as listeners:
        serving = asyncio.create_task(
            serve(HistorianSettings(folder=str(folder)), FolderStore(folder), clock, listeners, started.set)
        )
        waiting = asyncio.create_task(started.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            waiting.cancel()
            serving.result()
        try:
            yield f"http://127.0.0.1:{listeners[0].getsockname()[1]}"
        finally:
            serving.cancel()
            await asyncio.wait({serving})
