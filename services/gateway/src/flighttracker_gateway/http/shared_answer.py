"""The HTTP form of an answer of `answer_cache`: entity tag, 304, content coding, and pieces for slow readers.

With tokens the answer may not be stored, like every answer with data. Without tokens a client may store it, and must
check each time whether it is current. Programs can send the entity tag in both cases.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Hashable
from typing import Any, Final, cast

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Stream

from flighttracker_gateway.access.client_rates import client_of_scope
from flighttracker_gateway.delivery.answer_cache import BusyError, ClientBusyError
from flighttracker_gateway.delivery.answer_leases import AnswerLeases
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.bounds import abort_of
from flighttracker_gateway.http.codings import coding_for

PIECE_BYTES: Final = 64 * 1024
"""A client that does not read holds this much memory instead of a whole answer."""


async def shared_answer(
    request: Request[Any, Any, Any],
    gateway: Gateway,
    key: Hashable,
    media_type: str,
    version: int | None,
    encode: Callable[[], AsyncIterator[bytes]],
) -> Response[bytes | None] | Stream:
    """Return an answer that is the same for every client; the arguments are those of `Answers.get`.

    Raises:
        HTTPException: 429 or 503 with Retry-After: this client, or all together, request too many different answers.
    """
    coding = coding_for(request.headers.get("accept-encoding", ""))
    client = client_of_scope(cast("Any", request.scope))
    try:
        answer = await gateway.answers.get(key, coding, version, encode, client)
    except BusyError as error:
        retry = {"Retry-After": f"{error.retry_after_s:.0f}"}
        status = 429 if isinstance(error, ClientBusyError) else 503
        raise HTTPException(str(error), status_code=status, headers=retry) from error
    body = answer.bodies[coding]
    is_coded = body is not answer.bodies[""]
    tag = f'"{answer.tag}-{coding if is_coded else "identity"}"'
    headers = {"etag": tag, "cache-control": caching(gateway), "vary": "Accept, Accept-Encoding"}
    if is_current(request.headers.get("if-none-match", ""), tag):
        return Response(None, status_code=304, headers=headers, media_type=media_type)
    if is_coded:
        headers["content-encoding"] = coding
    if len(body) <= PIECE_BYTES:
        return Response(body, headers=headers, media_type=media_type)
    pieces = _pieces(gateway.leases, request, body)
    return Stream(pieces, headers={**headers, "content-length": str(len(body))}, media_type=media_type)


def small_answer(
    request: Request[Any, Any, Any], gateway: Gateway, body: bytes, media_type: str
) -> Response[bytes | None]:
    """Return a short answer with an entity tag of its content; 304 if the client has it."""
    # Weak, because the answer is compressed later, which also adds Accept-Encoding to Vary.
    tag = f'W/"{hashlib.blake2b(body, digest_size=9).hexdigest()}"'
    headers = {"etag": tag, "cache-control": caching(gateway), "vary": "Accept"}
    if is_current(request.headers.get("if-none-match", ""), tag.removeprefix("W/")):
        return Response(None, status_code=304, headers=headers, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)


def caching(gateway: Gateway) -> str:
    """Return the header Cache-Control of an answer with data: who may keep it."""
    return "no-store" if gateway.auth.is_required else "private, no-cache"


def is_current(if_none_match: str, tag: str) -> bool:
    """Return whether a client has the answer with an entity tag (RFC 9110, section 13.1.2)."""
    known = {text.strip().removeprefix("W/") for text in if_none_match.split(",")}
    return tag in known or "*" in known


async def _pieces(leases: AnswerLeases, request: Request[Any, Any, Any], body: bytes) -> AsyncIterator[bytes]:
    """Yield the content in pieces; stop early if the connection was aborted to free memory."""
    size = len(body)
    lease = leases.lend(client_of_scope(cast("Any", request.scope)), body, abort_of(request.scope))
    # Only the lease refers to the content now, so taking it back frees the memory.
    del body
    try:
        for start in range(0, size, PIECE_BYTES):
            if lease.body is None:
                return
            yield lease.body[start : start + PIECE_BYTES]
    finally:
        leases.give_back(lease)
