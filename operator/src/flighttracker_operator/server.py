"""The HTTP server of the operator's pod: `/health`, `/ready` and `/metrics`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from flighttracker.exposition import exposition
from flighttracker.listening import listening
from flighttracker.settings import ALL_ADDRESSES
from flighttracker_operator.metrics import REGISTRY
from flighttracker_operator.reconcile.health import Health


@asynccontextmanager
async def serve(health: Health, port: int) -> AsyncIterator[int]:
    """Serve until the block ends; yield the port, which is a free one if `port` is 0.

    Raises:
        StartError: the port is in use.
    """

    async def answer_health(_: web.Request) -> web.Response:
        is_alive, report = health.report(time.monotonic())
        return web.json_response(report, status=200 if is_alive else 503)

    async def answer_ready(_: web.Request) -> web.Response:
        is_ready, report = health.readiness(time.monotonic())
        return web.json_response(report, status=200 if is_ready else 503)

    async def answer_metrics(request: web.Request) -> web.Response:
        body, content_type = exposition(REGISTRY, request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    application = web.Application()
    application.add_routes(
        [
            web.get("/health", answer_health),
            web.get("/ready", answer_ready),
            web.get("/metrics", answer_metrics),
        ]
    )
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    with listening(ALL_ADDRESSES, port) as listeners:
        await runner.setup()
        try:
            for listener in listeners:
                await web.SockSite(runner, listener).start()
            yield listeners[0].getsockname()[1]
        finally:
            await runner.cleanup()
