"""ASGI application around the routes: adds an id and the security headers to every answer, counts it and logs it.

It also rejects requests that are too large, and those without a valid `Host`. Litestar's own middleware sees neither a
request without a route, nor a preflight, nor the status of a raised error, so this wraps the whole application. A
rejected handshake is an HTTP answer too: it gets the headers here, and `connection` counts and logs it.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from flighttracker.clock import Clock
from flighttracker.problem import PROBLEM_JSON, encode_problem
from flighttracker.query.parameters import too_many_parameters
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.access.client_log import SampledLog
from flighttracker_gateway.access.client_rates import client_of_scope
from flighttracker_gateway.access.client_shares import RETRY_AFTER_S, ClientShares
from flighttracker_gateway.access.client_slots import ClientSlots, Slot
from flighttracker_gateway.http.codings import with_short_choices
from flighttracker_gateway.http.host import host_mistake, is_answered
from flighttracker_gateway.http.policy import SecurityPolicy
from flighttracker_gateway.http.request_spans import EXEMPLAR, ROUTE
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.websocket.refusal import Refusal

_logger = logging.getLogger(__name__)

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_PASSING: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
"""Refusals after which a client is asked to wait and try again."""
_NO_ROUTE: Final = "(no route)"
_ANOTHER_HOST: Final = (
    421,
    "The header Host has a name that this gateway does not know: open it as localhost, or add the name to "
    "spec.gateway.allowedOrigins.",
)

IS_HEAD: Final = "is_head"
"""In the state of a request: whether its method was HEAD; routes see GET."""
LEAVE_SLOT: Final = "leave_slot"
"""In the state of a request: a function for answers without end. `admission` counts them, so they take no slot of
requests, and their time says nothing."""

_LINE_BYTES: Final = 4
"""Bytes of a header besides its name and value: colon, space and line end."""


class HttpShell:
    """ASGI application that wraps another.

    Args:
        app: the application with the routes.
        settings: the bounds.
        policy: the security headers of an answer.
        metrics: counts and times requests.
        clock: the time windows of the sampled log.
        shares: limits the requests of each client.
        knock: counts a handshake of a client, and returns why it is refused.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: GatewaySettings,
        policy: SecurityPolicy,
        metrics: GatewayMetrics,
        clock: Clock,
        shares: ClientShares,
        knock: Callable[[str], Refusal | None],
    ) -> None:
        self._app = app
        self._shares = shares
        most = settings.limits.max_concurrent_requests_per_address
        self._slots = ClientSlots(most)
        self._refusals_of_slots = {
            Slot.CLIENT_HAS_TOO_MANY: (429, f"{most} requests from your address are being answered; try again."),
            Slot.GATEWAY_HAS_TOO_MANY: (503, "The gateway is answering as many requests as it can; try again."),
        }
        self._knock = knock
        self._max_bytes = settings.limits.max_request_bytes
        self._names = frozenset(name.lower() for name in settings.allowed_hosts)
        self._policy = policy
        self._metrics = metrics
        self._log = SampledLog(_logger, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        if scope["type"] == ScopeType.HTTP:
            await self._serve_http(scope, receive, send)
        else:
            await self._serve_websocket(scope, receive, send)

    async def _serve_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def reject(status: int, detail: str) -> None:
            content_type = [(b"content-type", PROBLEM_JSON.encode())]
            start = {"type": "websocket.http.response.start", "status": status, "headers": content_type}
            await send_rejection_with_headers(cast("Message", start))
            body = encode_problem(status, detail)
            await send({"type": "websocket.http.response.body", "body": body, "more_body": False})

        async def send_rejection_with_headers(message: Message) -> None:
            if message["type"] == "websocket.close" and "path_template" not in scope:
                # Litestar closes a handshake without a route, which the server would answer with a bare 403.
                await reject(404, "There is no WebSocket at this path; /ws is one.")
                return
            if message["type"] == "websocket.http.response.start":
                message["headers"] = [*message["headers"], *self._policy.headers(message["headers"])]
            await send(message)

        # First, because it costs the least: Litestar's routing takes longer than all of this.
        refusal = self._knock(client_of_scope(cast("Any", scope)))
        reason, status, mistake = "host", 400, host_mistake(cast("HTTPScope", scope))
        if not mistake and not is_answered(cast("HTTPScope", scope), self._names):
            status, mistake = _ANOTHER_HOST
        if not mistake:
            reason, mistake = "query", too_many_parameters(scope["query_string"])
        if refusal is not None:
            await receive()
            for message in refusal.messages():
                await send_rejection_with_headers(cast("Message", message))
        elif mistake:
            self._metrics.ws_refused.labels(reason).inc()
            await receive()
            await reject(status, mistake)
        else:
            await self._app(scope, receive, send_rejection_with_headers)

    async def _serve_http(self, http: HTTPScope, receive: Receive, send: Send) -> None:
        started_s = time.perf_counter()
        client = client_of_scope(cast("Any", http))
        is_head = http["method"] == "HEAD"
        # HEAD is GET without the body, on every route.
        inner = cast("HTTPScope", {**http, "headers": with_short_choices(http["headers"])})
        if is_head:
            inner["method"] = "GET"
        request_id = secrets.token_hex(8)
        state = cast("dict[str, Any]", inner).setdefault("state", {})
        state["request_id"] = request_id
        state[IS_HEAD] = is_head
        status = 0
        is_text_error = is_refused = is_endless = False
        slot: Slot | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status, is_text_error, is_refused
            if is_refused:
                return
            if is_text_error and message["type"] == "http.response.body":
                # Litestar rejects a preflight with text.
                is_text_error = False
                await _answer(send_with_headers, status, message["body"].decode())
                return
            if message["type"] == "http.response.start":
                too_many = self._shares.refuse_answer(client, 0 if is_head else _length(message["headers"]))
                if too_many:
                    await refuse(too_many)
                    is_refused = True
                    return
                status = message["status"]
                is_text_error = status >= 400 and _content_type(message["headers"]).startswith(b"text/plain")
                if is_text_error:
                    return
                allowed = _with_head(message["headers"])
                own = [(b"x-request-id", request_id.encode()), *self._policy.headers(message["headers"])]
                message["headers"] = [*allowed, *own]
            elif is_head and message["type"] == "http.response.body":
                if message["more_body"]:
                    return
                message["body"] = b""
            await send(message)

        def leave_slot() -> None:
            nonlocal slot, is_endless
            is_endless = True
            if slot is Slot.TAKEN:
                slot = None
                self._slots.give_back(client)

        state[LEAVE_SLOT] = leave_slot

        async def refuse(detail: str) -> None:
            # What follows of the request is not read.
            retry = (b"retry-after", str(RETRY_AFTER_S).encode())
            await _answer(send_with_headers, 429, detail, retry, (b"connection", b"close"))

        try:
            # First, because it costs the least: Litestar's routing takes longer than all of this.
            too_many = self._shares.refuse_request(client)
            refusal = (429, too_many) if too_many else self._refusal(http)
            if refusal is None:
                slot = self._slots.take(client)
                refusal = self._refusals_of_slots.get(slot)
            if refusal is None:
                await self._app(inner, receive, send_with_headers)
            else:
                retry = [(b"retry-after", str(RETRY_AFTER_S).encode())] if refusal[0] in _PASSING else []
                # The rest of the request is not read.
                await _answer(send_with_headers, *refusal, *retry, (b"connection", b"close"))
        finally:
            if slot is Slot.TAKEN:
                self._slots.give_back(client)
            # A page without a token asks for one; it is no attempt.
            if status == HTTPStatus.UNAUTHORIZED and any(name == b"authorization" for name, _ in http["headers"]):
                self._shares.charge_failed_request(client)
            level = logging.INFO if status >= 400 or status == 0 else logging.DEBUG
            # The route, never the path: a client chooses the path, which may hold what must not be logged.
            route = cast("dict[str, Any]", inner).get("path_template", _NO_ROUTE)
            method = http["method"] if http["method"] in _METHODS else "(other)"
            self._log.write(level, f"{status} {route}", "%s %s: %d", method, route, status, request=request_id)
            # Without an answer of ours, the server answers 500.
            self._metrics.http_requests.labels(method, route, str(status or 500)).inc()
            state[ROUTE] = "" if route == _NO_ROUTE else route
            if not is_endless:
                self._metrics.http_request_seconds.labels(route).observe(
                    time.perf_counter() - started_s, state.get(EXEMPLAR)
                )

    def _refusal(self, scope: HTTPScope) -> tuple[int, str] | None:
        """Return status and sentence for a request that is too large or has no valid Host, None for all others."""
        head_bytes = sum(len(name) + len(value) + _LINE_BYTES for name, value in scope["headers"])
        if head_bytes + len(scope["raw_path"]) + len(scope["query_string"]) > self._max_bytes:
            return 431, f"The head of a request may have {self._max_bytes} bytes."
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if b"transfer-encoding" in headers or not length.isdigit() or int(length[:16]) > self._max_bytes:
            return 413, "No request here has a body."
        if mistake := host_mistake(scope):
            return 400, mistake
        if not is_answered(scope, self._names):
            return _ANOTHER_HOST
        mistake = too_many_parameters(scope["query_string"])
        return (400, mistake) if mistake else None


def _with_head(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer; `Allow` also names HEAD where it names GET."""
    changed = []
    for name, value in headers:
        if name.lower() == b"allow":
            methods = set(value.split(b", "))
            value = b", ".join(sorted(methods | {b"HEAD"} if b"GET" in methods else methods))
        changed.append((name, value))
    return changed


def _content_type(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return next((value for name, value in headers if name.lower() == b"content-type"), b"")


def _length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Return the length of an answer, 0 when it is not known."""
    return next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)


async def _answer(send: Send, status: int, detail: str, *more: tuple[bytes, bytes]) -> None:
    body = encode_problem(status, detail)
    headers = [(b"content-type", PROBLEM_JSON.encode()), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
