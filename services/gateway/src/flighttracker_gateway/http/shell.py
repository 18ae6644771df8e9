"""Around every HTTP answer, whatever made it: an id, the security headers, the bound of bodies, and a line in the log.

Litestar's own middleware does not see a request that matches no route, so this wraps the whole application. `app` puts
it there. A handshake that is refused is an HTTP answer, too: it gets the headers, and `connection` writes its line.
"""

from __future__ import annotations

import logging
import secrets
from typing import Any, Final, cast

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from flighttracker.clock import Clock
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.access.client_log import SampledLog
from flighttracker_gateway.http.policy import SecurityPolicy
from flighttracker_gateway.http.request_metrics import METHODS

_logger = logging.getLogger(__name__)

_LINE_BYTES: Final = 4
"""What a header costs beside its name and value: colon, space and line end."""


class HttpShell:
    """ASGI application around the one that answers.

    Args:
        app: what answers.
        settings: the bounds.
        policy: which headers an answer gets.
        clock: tells the log's minutes.
    """

    def __init__(self, app: ASGIApp, settings: GatewaySettings, policy: SecurityPolicy, clock: Clock) -> None:
        self._app = app
        self._max_bytes = settings.limits.max_request_bytes
        self._policy = policy
        self._log = SampledLog(_logger, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        if scope["type"] != ScopeType.HTTP:

            async def send_refusal_with_headers(message: Message) -> None:
                if message["type"] == "websocket.http.response.start":
                    message["headers"] = [*message["headers"], *self._policy.headers(message["headers"])]
                await send(message)

            await self._app(scope, receive, send_refusal_with_headers)
            return
        http = scope
        request_id = secrets.token_hex(8)
        cast("dict[str, Any]", scope).setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [(b"x-request-id", request_id.encode()), *self._policy.headers(message["headers"])]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        try:
            refusal = self._refusal(http)
            if refusal is None:
                await self._app(scope, receive, send_with_headers)
            else:
                await _answer(send_with_headers, *refusal)
        finally:
            level = logging.INFO if status >= 400 or status == 0 else logging.DEBUG
            # The route, never the path: a path is what a client chooses, and may hold what must not be logged.
            route = cast("dict[str, Any]", scope).get("path_template", "(no route)")
            method = http["method"] if http["method"] in METHODS else "(other)"
            self._log.write(level, f"{status} {route}", "%s %s: %d", method, route, status, request=request_id)

    def _refusal(self, scope: HTTPScope) -> tuple[int, str] | None:
        """Return status and sentence for a request that is too large, None for all others."""
        head_bytes = sum(len(name) + len(value) + _LINE_BYTES for name, value in scope["headers"])
        if head_bytes + len(scope["raw_path"]) + len(scope["query_string"]) > self._max_bytes:
            return 431, f"The head of a request may have {self._max_bytes} bytes."
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if b"transfer-encoding" in headers or not length.isdigit() or int(length[:16]) > self._max_bytes:
            return 413, "No request here has a body."
        return None


async def _answer(send: Send, status: int, detail: str) -> None:
    """Answer and close: what follows of the request is not read."""
    body = msgspec.json.encode({"status_code": status, "detail": detail})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
