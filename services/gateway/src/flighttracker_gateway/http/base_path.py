"""Serves the application below a path of the host, such as `/maps/north`, for proxies that route several maps by path.

A proxy may remove the path before it forwards a request, or keep it: the gateway answers both. `app` puts this inside
the `HttpShell`, so that a redirect has its headers and is counted.
"""

from __future__ import annotations

from typing import Any, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send


class BasePath:
    """ASGI application that removes the path from a request, and calls another application.

    The page names its files relative to itself, so a request for the path without its last slash is redirected.

    Args:
        app: the application.
        base_path: the path without a slash at its end; empty for none.
    """

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        path = scope["path"]
        if self._base_path and path == self._base_path and scope["type"] == ScopeType.HTTP:
            query = scope["query_string"]
            location = f"{self._base_path}/".encode() + (b"?" + query if query else b"")
            headers = [(b"location", location), (b"content-length", b"0")]
            await send(cast("Any", {"type": "http.response.start", "status": 308, "headers": headers}))
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        if self._base_path and path.startswith(f"{self._base_path}/"):
            # In place: the shell reads from this scope which route has answered.
            scope["path"] = path.removeprefix(self._base_path)
        await self._app(scope, receive, send)
