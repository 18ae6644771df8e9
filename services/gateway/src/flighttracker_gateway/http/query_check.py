"""Rejects query parameters that a route does not have; `app` wraps every route in it.

A route lists its parameters as `parameters` in its `opt`, and those that may be given more than once as `repeatable`.
One without has none, because a parameter that is silently ignored hides a typing mistake. The page's files are exempt:
the page itself reads the parameters of its URL.
"""

from __future__ import annotations

from typing import Any, Final, cast

from litestar.enums import ScopeType
from litestar.exceptions import ValidationException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from flighttracker.query.parameters import parse_query_lists

PARAMETERS: Final = "parameters"
REPEATABLE: Final = "repeatable"
ANY_PARAMETER: Final = "any"


class QueryCheck(ASGIMiddleware):
    """Litestar middleware that answers 400 for an unknown or repeated query parameter."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, or raise the error."""
        request = cast("dict[str, Any]", scope)
        opt = request["route_handler"].opt
        allowed = opt.get(PARAMETERS, ())
        if allowed != ANY_PARAMETER:
            try:
                parse_query_lists(request["query_string"], allowed, request["path_template"], opt.get(REPEATABLE, ()))
            except ValueError as error:
                raise ValidationException(str(error)) from error
        await next_app(scope, receive, send)
