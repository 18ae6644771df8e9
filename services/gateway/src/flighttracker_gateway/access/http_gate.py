"""`TokenGate`: checks the token of each HTTP request against the rule of its route.

The rule is `access` in the `opt` of a route: a `Scope`, `ANY_TOKEN` for every valid token, or `OPEN` for routes without
flight data. Litestar calls the gate for every route. A route without a rule is for administrators only;
`tests/pipeline/test_security_routes.py` requests all routes.
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
from flighttracker_gateway.access.tokens import TokenRefusedError, refuse_token_in_url

ACCESS: Final = "access"
OPEN: Final = "open"
ANY_TOKEN: Final = "any_token"  # noqa: S105 - the name of a rule
RETRY_AFTER_S: Final = 5


class TokenGate(ASGIMiddleware):
    """Litestar middleware that rejects requests without the token that their route requires."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, auth: Auth) -> None:
        self._auth = auth

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, or raise the error that is its answer."""
        access = cast("Any", scope)["route_handler"].opt.get(ACCESS)
        try:
            if access != OPEN:
                # A route without a rule is a mistake, and for administrators only.
                needed = None if access == ANY_TOKEN else (access or tokens.Scope.ADMIN)
                scope["auth"] = await self._auth.admit_request(cast("Any", scope), needed)
            elif self._auth.is_required:
                refuse_token_in_url(scope["query_string"])
        except TokenRefusedError as error:
            reason = {"reason": error.reason}
            raise HTTPException(
                error.detail, status_code=error.status, headers=challenge(error), extra=reason
            ) from error
        except RetryableError as error:
            retry = {"Retry-After": str(round(error.retry_after_s or RETRY_AFTER_S))}
            raise HTTPException(str(error), status_code=503, headers=retry) from error
        await next_app(scope, receive, send)


def challenge(error: TokenRefusedError) -> dict[str, str]:
    """Return the header that says which token is needed (RFC 6750, section 3)."""
    if error.status == 400:
        return {}
    if error.reason == "missing":
        return {"WWW-Authenticate": 'Bearer realm="flights"'}
    kind = "insufficient_scope" if error.status == 403 else "invalid_token"
    words = error.detail.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "/")
    return {"WWW-Authenticate": f'Bearer realm="flights", error="{kind}", error_description="{words}"'}
