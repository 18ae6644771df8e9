"""Answers OPTIONS with the methods of a route; `app` wraps every route in it.

Litestar's own answer names only the methods of the handler that was registered first. No token is needed: the answer
depends on nothing but the route.
"""

from __future__ import annotations

from typing import Any, cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send


class OptionsAnswer(ASGIMiddleware):
    """Litestar middleware that answers OPTIONS."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer OPTIONS, and pass on every other request."""
        request = cast("dict[str, Any]", scope)
        if request["method"] != "OPTIONS":
            await next_app(scope, receive, send)
            return
        routes = [route for route in scope["litestar_app"].routes if isinstance(route, HTTPRoute)]
        methods = next(sorted(route.methods) for route in routes if request["route_handler"] in route.route_handlers)
        headers = [(b"allow", ", ".join(methods).encode())]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
