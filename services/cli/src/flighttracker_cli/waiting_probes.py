"""Probes of a gateway that waits for Kafka: `/health` succeeds, and `/ready` says what it waits for.

A restart repairs no other server, so a gateway that waits must not fail its liveness probe. `run_gateway_role` serves
these until Kafka answers; then the gateway's own server takes the port.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from flighttracker.errors import StartError
from flighttracker_generator.waits import Waits


class WaitingProbes:
    """The server; `close` frees its port.

    Args:
        waits: what the gateway waits for.
    """

    def __init__(self, waits: Waits) -> None:
        self._waits = waits
        app = web.Application()
        app.add_routes([web.get("/health", self._health), web.get("/ready", self._ready)])
        self._runner = web.AppRunner(app, access_log=None)

    async def start(self, host: str, port: int) -> None:
        """Listen.

        Raises:
            StartError: the port is in use.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            raise StartError(f"cannot serve /health on port {port}: {error.strerror or error}") from error

    async def close(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "alive", "waits_for": self._waits.errors()})

    async def _ready(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "waiting", "waits_for": self._waits.errors()}, status=503)


@asynccontextmanager
async def waiting_probes(host: str, port: int, waits: Waits) -> AsyncIterator[WaitingProbes]:
    """Serve probes until the context ends or `close`; port 0 serves nothing.

    Raises:
        StartError: the port is in use.
    """
    probes = WaitingProbes(waits)
    try:
        if port:
            await probes.start(host, port)
        yield probes
    finally:
        await probes.close()
