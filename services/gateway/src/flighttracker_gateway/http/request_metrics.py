"""Counts and times HTTP requests by route, never by path: a path is what a client chooses.

`app` puts it around every route; Litestar answers a request that matches no route without asking its middleware.
"""

from __future__ import annotations

import time
from typing import Any, Final, cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from flighttracker_gateway.metrics import GatewayMetrics

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class HttpMetrics(ASGIMiddleware):
    """Litestar middleware around every HTTP route."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, metrics: GatewayMetrics) -> None:
        self._metrics = metrics

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on; count it when its answer ends."""
        started_s = time.perf_counter()
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await next_app(scope, receive, note_status)
        finally:
            request = cast("dict[str, Any]", scope)
            template, method = request["path_template"], request["method"]
            self._metrics.http_requests.labels(method if method in METHODS else "other", template, str(status)).inc()
            self._metrics.http_request_seconds.labels(template).observe(time.perf_counter() - started_s)
