"""`/health` and `/metrics` of the operator's pod."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from flighttracker.errors import StartError
from flighttracker_operator.health import Health
from flighttracker_operator.metrics import REGISTRY


@asynccontextmanager
async def serve(health: Health, port: int) -> AsyncIterator[int]:
    """Serve both until the block ends; yield the port, which is the one asked for, or a free one for 0.

    Raises:
        StartError: the port is in use.
    """

    async def answer_health(_: web.Request) -> web.Response:
        is_alive, report = health.report(time.monotonic())
        return web.json_response(report, status=200 if is_alive else 503)

    async def answer_metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/health", answer_health), web.get("/metrics", answer_metrics)])
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        site = web.TCPSite(runner, port=port)
        try:
            await site.start()
        except OSError as error:
            told = f"port {port} cannot be listened on: {error.strerror or error}: choose another with --port"
            raise StartError(told) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
