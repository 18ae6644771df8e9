"""HTTP routes for tokens: show the session, sign out, revoke a token.

A token is named by its `jti`, or by the `token_id` that /api/v1/session returns: unlike the token, both may be in URLs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final, cast

from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.params import PathParameter

from flighttracker.bus.revoked import (
    MAX_REVOKED,
    MAX_SIGNED_OUT,
    MAX_SIGNED_OUT_PER_USER,
    RevocationsFullError,
)
from flighttracker.errors import BusError
from flighttracker_gateway.access.audit_log import asker_of
from flighttracker_gateway.access.http_gate import ACCESS, ANY_TOKEN, RETRY_AFTER_S
from flighttracker_gateway.access.tokens import MAX_NAME_CHARACTERS, Grant, Scope, looks_like_a_token
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.errors import refusals


@get(
    "/api/v1/session",
    summary="The token's user, permissions and expiry",
    opt={ACCESS: ANY_TOKEN},
    responses=refusals(401, 503),
)
async def session(request: Request[Any, Grant, Any], gateway: NamedDependency[Gateway]) -> dict[str, Any]:
    """Return the content of the token; without tokens, what every client may do."""
    grant = request.auth
    return {
        "mode": gateway.settings.auth.mode,
        "subject": grant.subject,
        "scopes": sorted(grant.scopes),
        "expires_ms": grant.expires_ms or None,
        "token_id": grant.token_id,
    }


@delete(
    "/api/v1/session",
    summary="Sign out: revoke the token of the request",
    opt={ACCESS: ANY_TOKEN},
    status_code=204,
    responses=refusals(401, 404, 429, 503),
)
async def sign_out(request: Request[Any, Grant, Any], gateway: NamedDependency[Gateway]) -> None:
    """Revoke the token at every gateway, and close its connections."""
    if not gateway.auth.is_required:
        raise NotFoundException("There are no tokens here: auth.mode is none.")
    with _errors():
        await gateway.auth.sign_out(request.auth, asker_of(cast("Any", request.scope)))


@put(
    "/api/v1/revocations/{token_id:str}",
    summary="Revoke a token by its id",
    opt={ACCESS: Scope.ADMIN},
    status_code=204,
    responses=refusals(401, 403, 503),
)
async def revoke(
    request: Request[Any, Grant, Any],
    token_id: Annotated[
        str,
        PathParameter(
            description="the token_id that /api/v1/session returns, or the jti of the token",
            schema_extra={"maxLength": MAX_NAME_CHARACTERS},
        ),
    ],
    gateway: NamedDependency[Gateway],
) -> None:
    """Revoke a token at every gateway, and close its connections. It is not known here whether the token exists."""
    if len(token_id) > MAX_NAME_CHARACTERS:
        raise ValidationException(f"The id of a token has at most {MAX_NAME_CHARACTERS} characters.")
    if looks_like_a_token(token_id):
        raise ValidationException("This is a token. Name it by its token_id or jti, because URLs are logged.")
    with _errors():
        await gateway.auth.revoke(token_id, request.auth, asker_of(cast("Any", request.scope)))


_FULL: Final = {
    "user": (
        429,
        f"The token was not revoked: {MAX_SIGNED_OUT_PER_USER} tokens of this user are signed out and have not expired "
        "yet, the maximum. Ask an administrator to revoke it.",
    ),
    "signed_out": (
        503,
        f"The token was not revoked: {MAX_SIGNED_OUT} tokens are signed out and have not expired yet, the maximum. Ask "
        "an administrator to revoke it.",
    ),
    "revoked": (
        503,
        f"The token was not revoked: {MAX_REVOKED} tokens are revoked and have not expired yet, the maximum. Change "
        "the key that signs tokens: that revokes all of them.",
    ),
}
"""Status and detail of the answer when a bound of the list is reached."""

ROUTES: Final = (session, sign_out, revoke)


@contextmanager
def _errors() -> Iterator[None]:
    """Answer a failed revocation with an error that says why, and that the token is still valid."""
    try:
        yield
    except RevocationsFullError as error:
        status, detail = _FULL[error.full]
        raise HTTPException(detail, status_code=status, extra={"reason": f"full_{error.full}"}) from error
    except BusError as error:
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        detail = "The token could not be revoked, try again."
        raise HTTPException(detail, status_code=503, headers=headers) from error
