"""Tokens on HTTP: every route says what it needs, and one that says nothing is nobody's.

A route carries `access` in its `opt`: a `Scope`, `ANY_TOKEN` for whoever has a valid token, or `OPEN` for what holds no
flight data. Litestar calls this around every route, so that one that is added without a word is for administrators
instead of being open; `tests/pipeline/test_security_routes.py` walks all of them.
"""

from __future__ import annotations

from typing import Any, Final, cast

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from flighttracker.errors import RetryableError
from flighttracker_gateway.access import tokens
from flighttracker_gateway.access.auth import Auth
from flighttracker_gateway.access.tokens import BEARER_SUBPROTOCOL, TokenRefusedError, refuse_token_in_url

ACCESS: Final = "access"
OPEN: Final = "open"
ANY_TOKEN: Final = "any_token"  # noqa: S105 - the name of a rule
RETRY_AFTER_S: Final = 5


class TokenGate(ASGIMiddleware):
    """Litestar middleware that lets through who may have what a route answers."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, auth: Auth) -> None:
        self._auth = auth

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, or raise what answers it."""
        access = cast("Any", scope)["route_handler"].opt.get(ACCESS)
        try:
            if self._auth.is_required:
                refuse_token_in_url(scope["query_string"])
            if access != OPEN:
                # Without a rule only administrators may: a route that says nothing is a mistake.
                needed = None if access == ANY_TOKEN else (access or tokens.Scope.ADMIN)
                scope["auth"] = await self._auth.admit(bearer_of(scope), needed)
        except TokenRefusedError as error:
            reason = {"reason": error.reason}
            raise HTTPException(
                error.detail, status_code=error.status, headers=challenge(error), extra=reason
            ) from error
        except RetryableError as error:
            retry = {"Retry-After": str(round(error.retry_after_s or RETRY_AFTER_S))}
            raise HTTPException(str(error), status_code=503, headers=retry) from error
        await next_app(scope, receive, send)


def bearer_of(scope: Scope) -> str:
    """Return the token of a request, from `Authorization` or the subprotocols; "" if it has none.

    Raises:
        TokenRefusedError: it has two different ones. A proxy may have checked the other one.
    """
    found = []
    for name, value in scope["headers"]:
        kind, _, token = value.decode("latin-1").partition(" ")
        if name.lower() == b"authorization" and kind.lower() == "bearer":
            found.append(token.strip(" "))
    offered = cast("list[str]", cast("Any", scope).get("subprotocols") or [])
    found += [name.removeprefix(BEARER_SUBPROTOCOL) for name in offered if name.startswith(BEARER_SUBPROTOCOL)]
    if len(set(found)) > 1:
        raise TokenRefusedError("ambiguous", "The request has several tokens: send one.", 400)
    return found[0] if found else ""


def challenge(error: TokenRefusedError) -> dict[str, str]:
    """Return the header that says how to do better (RFC 6750, section 3)."""
    if error.status == 400:
        return {}
    if error.reason == "missing":
        return {"WWW-Authenticate": 'Bearer realm="flights"'}
    kind = "insufficient_scope" if error.status == 403 else "invalid_token"
    words = error.detail.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "/")
    return {"WWW-Authenticate": f'Bearer realm="flights", error="{kind}", error_description="{words}"'}
