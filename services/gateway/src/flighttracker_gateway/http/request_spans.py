"""`RequestSpans`: a span for each HTTP request whose client sends a sampled `traceparent`; `app` wraps the shell in it.

The shell gets the exemplar of the request, and reports its route, in the state of the request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from flighttracker.tracing import Tracing

EXEMPLAR: Final = "exemplar"
"""In the state of a request: the labels of its exemplar, if it is traced."""
ROUTE: Final = "route"
"""In the state of a request, at its end: the template of its path, "" without a route."""
_TRACEPARENT: Final = b"traceparent"


class RequestSpans:
    """ASGI application that wraps another.

    Args:
        app: the application.
        tracing: records the spans.
    """

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        headers = dict(scope["headers"]) if scope["type"] == ScopeType.HTTP else {}
        if _TRACEPARENT not in headers:
            await self._app(scope, receive, send)
            return
        http = cast("dict[str, Any]", scope)
        status = 0

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        traceparent = headers[_TRACEPARENT].decode("latin-1")
        with self._tracing.serving(http["method"], http["scheme"], traceparent) as span:
            if span is None:
                await self._app(scope, receive, send)
                return
            state = http.setdefault("state", {})
            state[EXEMPLAR] = self._tracing.exemplar_of(span)
            try:
                await self._app(scope, receive, send_noting_status)
            finally:
                # Without an answer of ours, the server answers 500.
                self._tracing.answered(span, http["method"], state.get(ROUTE, ""), status or 500)
