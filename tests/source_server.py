"""Shared by the tests of sources over HTTP: a server that records its requests, and requests of a source's client."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from flighttracker.errors import SourceError
from flighttracker.settings import HttpAccessSettings
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import HttpClient

NOW_MS = 1_750_588_115_000
NO_ENVIRONMENT: Mapping[str, str] = {}


class Server:
    """A server that records its requests and answers with `answer`."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.answer = web.Response(text="{}")
        self.always_moved_to = ""
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if self.always_moved_to:
            return web.Response(status=302, headers={"Location": self.always_moved_to})
        known, self.answer = self.answer, web.Response(text="{}")
        return known

    @property
    def headers(self) -> Mapping[str, str]:
        return self.requests[-1].headers


async def serve(server: Server, tls: ssl.SSLContext | None = None) -> web.AppRunner:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    return runner


@asynccontextmanager
async def source_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Run a server on a free port."""
    made = Server()
    runner = await serve(made, tls)
    try:
        yield made
    finally:
        await runner.cleanup()


def secret(directory: Path, **keys: str) -> Path:
    for name, value in keys.items():
        (directory / name).write_text(value)
    return directory


async def ask(
    url: str,
    access: HttpAccessSettings | None = None,
    *,
    environment: Mapping[str, str] = NO_ENVIRONMENT,
    timeout_s: float = 5.0,
    **fields: Any,
) -> bytes:
    async with HttpClient(access or HttpAccessSettings(), timeout_s, environment=environment) as client:
        return await request(client, "GET", url, now_ms=NOW_MS, max_bytes=10_000, **fields)


async def failure(url: str, access: HttpAccessSettings | None = None, **options: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await ask(url, access, **options)
    return caught.value
