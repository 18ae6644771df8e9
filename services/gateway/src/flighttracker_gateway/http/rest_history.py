"""The HTTP interface of the history: the gateway forwards it to the historian. `app` mounts `ROUTES`.

The gateway checks tokens, names of parameters and the limits of clients; the historian checks the values. Answers are
passed on as they come. One that ends too early is aborted, because its client cannot see this otherwise.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

import aiohttp
import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, NotFoundException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.types import ASGIApp, Receive, Send
from litestar.types import Scope as AsgiScope

from flighttracker.flight import FlightPosition
from flighttracker.query.flight_query import REPEATABLE
from flighttracker.query.history_query import FLIGHTS_PARAMETERS, FRAMES_PARAMETERS
from flighttracker_gateway.access.client_rates import client_of_scope
from flighttracker_gateway.access.client_shares import ANSWER_BYTES, RETRY_AFTER_S
from flighttracker_gateway.access.client_slots import Slot
from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.history_client import MAX_PER_CLIENT, HistoryUnavailableError
from flighttracker_gateway.http.bounds import ABORT
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.flight_parameters import history_parameters
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.query_check import REPEATABLE as REPEATABLE_OPT
from flighttracker_gateway.http.shared_answer import PIECE_BYTES
from flighttracker_gateway.http.shell import IS_HEAD

FRAMES: Final = "application/vnd.flighttracker.frames"
"""Key frames of `frame.md`, back to back."""

_PASSED: Final = ("content-type", "content-encoding", "content-disposition", "etag", "retry-after", "vary")


def _time(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=f"{text}, milliseconds since 1970 UTC")


class Gap(msgspec.Struct, frozen=True):
    """A time without positions."""

    from_: Annotated[int, _time("last position before it")] = msgspec.field(name="from")
    to: Annotated[int, _time("first position after it")]


class Density(msgspec.Struct, frozen=True):
    """How many aircraft were heard in an interval."""

    from_: Annotated[int, _time("start of the interval")] = msgspec.field(name="from")
    aircraft: Annotated[int, msgspec.Meta(description="different aircraft in the interval")]


class Kept(msgspec.Struct, frozen=True):
    """What a tracker's history has."""

    from_: Annotated[int | None, _time("first kept position; null if there is none yet")] = msgspec.field(name="from")
    to: Annotated[int | None, _time("last kept position; null if there is none yet")]
    density_interval_s: Annotated[int, msgspec.Meta(description="length of the intervals of density, seconds")]
    gaps: Annotated[list[Gap], msgspec.Meta(description="times without positions between from and to, oldest first")]
    density: Annotated[list[Density], msgspec.Meta(description="every interval, oldest first")]


class PastFlight(FlightPosition, frozen=True, gc=False):
    """A flight that was there: its last position that matches, and since when it matched."""

    first_ms: Annotated[int, _time("first position that matches")]
    last_ms: Annotated[int, _time("last position that matches")]


class PastFlights(msgspec.Struct, frozen=True):
    """Flights that were there, in the order of their addresses."""

    from_: Annotated[int, _time("start of the period")] = msgspec.field(name="from")
    to: Annotated[int, _time("end of the period")]
    total: Annotated[int, msgspec.Meta(description="flights that match, on all pages")]
    next_cursor: Annotated[
        str | None, msgspec.Meta(description="the parameter cursor of the next page; null on the last page")
    ]
    flights: Annotated[list[PastFlight], msgspec.Meta(description="each with its last position that matches")]


@dataclass
class _OfFrames(Operation):
    """An operation that answers frames."""

    def __post_init__(self) -> None:
        self.parameters = [*(self.parameters or ()), *history_parameters(FRAMES_PARAMETERS, required=("from",))]
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse):
            answer.content = {FRAMES: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format="binary"))}  # type: ignore[arg-type]


@dataclass
class _OfPastFlights(Operation):
    """An operation that answers flights of the past."""

    def __post_init__(self) -> None:
        self.parameters = [*(self.parameters or ()), *history_parameters(FLIGHTS_PARAMETERS, required=("from",))]


@get(
    "/api/v1/history",
    summary="What the tracker's history has: from when to when, its gaps, and how many aircraft",
    opt={ACCESS: Scope.VIEW},
    responses={200: ResponseSpec(Kept, generate_examples=False, description="What is kept")}
    | refusals(401, 403, 404, 503),
)
async def kept(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> ASGIApp:
    """Answer what is kept. A tracker without a history answers 404 with the reason history_not_kept."""
    return forwarded(request, gateway, "/api/v1/history")


@get(
    "/api/v1/history/frames",
    operation_class=_OfFrames,
    summary="The sky at moments of the past, as key frames of the live format",
    opt={ACCESS: Scope.VIEW, PARAMETERS: FRAMES_PARAMETERS, IS_COMPRESSED: True},
    responses={200: ResponseSpec(bytes, generate_examples=False, description="Key frames back to back")}
    | refusals(401, 403, 404, 503),
)
async def frames(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> ASGIApp:
    """Answer one key frame of `flights.v1` for each moment from `from` to `to`, every `step_s` seconds.

    The moment is the frame's tick time. Positions between two kept ones are interpolated. An aircraft that was not
    heard for the tracker's time to live is not there.
    """
    return forwarded(request, gateway, "/api/v1/history/frames")


@get(
    "/api/v1/history/flights",
    operation_class=_OfPastFlights,
    summary="Who was there: the flights that matched at any moment of a period",
    opt={ACCESS: Scope.VIEW, PARAMETERS: FLIGHTS_PARAMETERS, REPEATABLE_OPT: REPEATABLE},
    responses={200: ResponseSpec(PastFlights, generate_examples=False, description="The flights")}
    | refusals(401, 403, 404, 503),
)
async def past_flights(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> ASGIApp:
    """Answer the flights in the order of their addresses; filters are those of /api/v1/flights.

    With `bbox`, an aircraft matches that crossed the box between two kept positions, too.
    """
    return forwarded(request, gateway, "/api/v1/history/flights")


ROUTES: Final = (kept, frames, past_flights)


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
        leaving = asyncio.create_task(_disconnected(receive), name="gateway: history client")
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
        extensions = cast("dict[str, Any]", request.scope).get("extensions") or {}
        extensions.get(ABORT, lambda: None)()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
