"""HTTP server with `/health` and `/metrics` for a generator or a historian that runs in its own process.

`/health` succeeds as long as the event loop runs, because a restart repairs no other server. Its body
names the servers that are unavailable.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry

from flighttracker.exposition import exposition
from flighttracker.listening import listening
from flighttracker.settings import ALL_ADDRESSES
from flighttracker_generator.waits import Waits


@asynccontextmanager
async def serve_probes(
    port: int,
    registry: CollectorRegistry,
    waits: Waits,
    host: str = ALL_ADDRESSES,
) -> AsyncIterator[None]:
    """Serve until the context ends; port 0 serves nothing.

    Raises:
        StartError: the port is in use.
    """
    if port == 0:
        yield
        return

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive", "waits_for": waits.errors()})

    async def show_metrics(request: web.Request) -> web.Response:
        body, content_type = exposition(registry, request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    app = web.Application()
    app.add_routes([web.get("/health", health), web.get("/metrics", show_metrics)])
    runner = web.AppRunner(app, access_log=None)
    with listening(host, port) as listeners:
        await runner.setup()
        try:
            for listener in listeners:
                await web.SockSite(runner, listener).start()
            yield
        finally:
            await runner.cleanup()
