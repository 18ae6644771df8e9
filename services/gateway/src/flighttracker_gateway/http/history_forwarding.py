"""Forwards a request about the past to the historian. Routes of `rest_history` and `rest_tracks` use it.

Answers are passed on as they come. One that ends too early is aborted, because its client cannot see this otherwise.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

import aiohttp
from litestar import Request
from litestar.exceptions import HTTPException, NotFoundException
from litestar.types import ASGIApp, Receive, Send
from litestar.types import Scope as AsgiScope

from flighttracker_gateway.access.client_rates import client_of_scope
from flighttracker_gateway.access.client_shares import ANSWER_BYTES, RETRY_AFTER_S
from flighttracker_gateway.access.client_slots import Slot
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.history_client import MAX_PER_CLIENT, HistoryUnavailableError
from flighttracker_gateway.http.bounds import abort_of, until_disconnected
from flighttracker_gateway.http.shared_answer import PIECE_BYTES
from flighttracker_gateway.http.shell import IS_HEAD

_PASSED: Final = ("content-type", "content-encoding", "content-disposition", "etag", "retry-after", "vary")


def forwarded(request: Request[Any, Any, Any], gateway: Gateway, path: str) -> ASGIApp:
    """Return the answer of the historian to a request.

    Raises:
        NotFoundException: the tracker keeps no history.
    """
    if not gateway.history.is_kept:
        raise NotFoundException(
            "This tracker keeps no history; `spec.history.enabled: true` turns it on, and locally --history.",
            extra={"reason": "history_not_kept"},
        )
    query = request.scope["query_string"].decode("latin-1")

    async def answer(scope: AsgiScope, receive: Receive, send: Send) -> None:
        client = client_of_scope(cast("Any", scope))
        _take_slot(gateway, client)
        passing = asyncio.create_task(_pass_on(gateway, request, f"{path}?{query}", send), name="gateway: history")
        leaving = asyncio.create_task(until_disconnected(receive), name="gateway: history client")
        try:
            await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            passing.cancel()
            await asyncio.wait({passing, leaving})
            gateway.history.slots.give_back(client)
        if not passing.cancelled():
            passing.result()

    return answer


def _take_slot(gateway: Gateway, client: str) -> None:
    retry = {"Retry-After": str(RETRY_AFTER_S)}
    if too_many := gateway.shares.refuse_answer(client, ANSWER_BYTES):
        raise HTTPException(too_many, status_code=429, headers=retry)
    slot = gateway.history.slots.take(client)
    if slot is Slot.CLIENT_HAS_TOO_MANY:
        detail = f"You get {MAX_PER_CLIENT} answers of the history; wait until one has ended."
        raise HTTPException(detail, status_code=429, headers=retry)
    if slot is Slot.GATEWAY_HAS_TOO_MANY:
        detail = "The gateway passes on as much of the history as it can; try again."
        raise HTTPException(detail, status_code=503, headers=retry)


async def _pass_on(gateway: Gateway, request: Request[Any, Any, Any], target: str, send: Send) -> None:
    try:
        async with gateway.history.ask(target, request.headers) as response:
            headers = [
                (name.encode(), response.headers[name].encode("latin-1"))
                for name in _PASSED
                if name in response.headers
            ]
            caching = "no-store" if gateway.auth.is_required else response.headers.get("cache-control", "no-store")
            headers.append((b"cache-control", caching.encode()))
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            if not request.scope["state"].get(IS_HEAD):
                await _pass_body(gateway, request, response, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except HistoryUnavailableError as error:
        gateway.metrics.history_failures.inc()
        raise HTTPException(
            "The history is unavailable, because the historian does not answer; the live map is not affected. "
            "Try again, and see the historian's log if this continues.",
            status_code=503,
            headers={"Retry-After": str(RETRY_AFTER_S)},
            extra={"reason": "history_unavailable"},
        ) from error


async def _pass_body(
    gateway: Gateway, request: Request[Any, Any, Any], response: aiohttp.ClientResponse, send: Send
) -> None:
    client = client_of_scope(cast("Any", request.scope))
    try:
        async for piece in response.content.iter_chunked(PIECE_BYTES):
            gateway.shares.charge_answer(client, len(piece))
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except (aiohttp.ClientError, TimeoutError, OSError):
        # The head was sent. A whole end would say that this was all.
        abort_of(request.scope)()
