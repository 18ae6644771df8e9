"""The HTTP routes for tokens: show the session, sign out, revoke a token.

A token is named by its `jti`, or by the `token_id` that /api/v1/session returns: unlike the token, both may be in URLs.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from litestar import Request, delete, get, put
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.params import PathParameter

from flighttracker.errors import BusError
from flighttracker_gateway.access.http_gate import ACCESS, ANY_TOKEN, RETRY_AFTER_S
from flighttracker_gateway.access.tokens import MAX_NAME_CHARACTERS, Grant, Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.errors import refusals


@get(
    "/api/v1/session",
    summary="Whose token this is, what it allows and until when",
    opt={ACCESS: ANY_TOKEN},
    responses=refusals(401, 503),
)
async def session(request: Request[Any, Grant, Any], gateway: NamedDependency[Gateway]) -> dict[str, Any]:
    """Answer what the token says; without tokens, what everybody may do."""
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
    summary="Revoke the token that is shown",
    opt={ACCESS: ANY_TOKEN},
    status_code=204,
    responses=refusals(401, 404, 503),
)
async def sign_out(request: Request[Any, Grant, Any], gateway: NamedDependency[Gateway]) -> None:
    """Make the token worthless at every gateway, and end its connections."""
    if not gateway.auth.is_required:
        raise NotFoundException("There are no tokens here: auth.mode is none.")
    await _revoke(gateway, request.auth.token_id)


@put(
    "/api/v1/revocations/{token_id:str}",
    summary="Revoke a token by its id",
    opt={ACCESS: Scope.ADMIN},
    status_code=204,
    responses=refusals(401, 403, 503),
)
async def revoke(
    token_id: Annotated[str, PathParameter(schema_extra={"maxLength": MAX_NAME_CHARACTERS})],
    gateway: NamedDependency[Gateway],
) -> None:
    """Make a token worthless at every gateway, and end its connections; whether it exists is not known here."""
    if len(token_id) > MAX_NAME_CHARACTERS:
        raise ValidationException(f"The id of a token has at most {MAX_NAME_CHARACTERS} characters.")
    await _revoke(gateway, token_id)


ROUTES: Final = (session, sign_out, revoke)


async def _revoke(gateway: Gateway, token_id: str) -> None:
    try:
        await gateway.auth.revoke(token_id)
    except BusError as error:
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        detail = "The token could not be revoked, try again."
        raise HTTPException(detail, status_code=503, headers=headers) from error
