"""A real HTTP server with answers chosen by a test, and a clock that does not wait; for tests of real sources."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.manual_clock import ManualClock

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RestlessClock(ManualClock):
    """A clock whose sleeps return at once, with the time moved forward."""

    def __init__(self, now_ms: int) -> None:
        super().__init__(now_ms)
        self.waits_s: list[float] = []

    async def sleep_until(self, time_ms: int, *, since_ms: int | None = None) -> None:
        wait_ms = max(time_ms - self.now_ms(), 0)
        self.waits_s.append(wait_ms / 1000)
        await self.advance(wait_ms)


class Server:
    """Answers with each handler of a list in turn, and then always with the last one."""

    def __init__(self) -> None:
        self.handlers: list[Handler] = []
        self.requests: list[web.Request] = []
        self.token_requests: list[dict[str, Any]] = []
        self.token_handlers: list[Handler] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self._next(self.handlers)(request)

    async def token(self, request: web.Request) -> web.StreamResponse:
        self.token_requests.append(dict(await request.post()))
        return await self._next(self.token_handlers)(request)

    @staticmethod
    def _next(handlers: list[Handler]) -> Handler:
        return handlers.pop(0) if len(handlers) > 1 else handlers[0]


def saying(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Handler:
    async def handle(_: web.Request) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, headers=headers)

    return handle
