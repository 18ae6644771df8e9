"""The HTTP server of the operator's pod: `/health` and `/metrics`."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from flighttracker.errors import StartError
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

    async def answer_metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    application = web.Application()
    application.add_routes([web.get("/health", answer_health), web.get("/metrics", answer_metrics)])
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    try:
        listening = _listen(port)
        await web.SockSite(runner, listening).start()
        yield listening.getsockname()[1]
    finally:
        await runner.cleanup()


def _listen(port: int) -> socket.socket:
    """Return a listening socket, for IPv4 and IPv6 if the machine supports both."""
    try:
        if socket.has_dualstack_ipv6():
            return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        return socket.create_server(("0.0.0.0", port))  # noqa: S104 - a pod's own network
    except OSError as error:
        message = f"cannot listen on port {port}: {error.strerror or error}: choose another with --port"
        raise StartError(message) from error
