"""The fixture `answers`: a real HTTP server with answers chosen by a test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.answer_server import Server


@pytest.fixture
async def answers() -> AsyncIterator[Server]:
    behaviour = Server()
    application = web.Application()
    application.router.add_get("/answer", behaviour.answer)
    application.router.add_post("/token", behaviour.token)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    behaviour.url = f"http://{host}:{port}"
    yield behaviour
    await runner.cleanup()
