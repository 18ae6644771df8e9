"""The HTTP interface of the history: the gateway forwards it to the historian. `app` mounts `ROUTES`.

The gateway checks tokens, names of parameters and the limits of clients; the historian checks the values.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.types import ASGIApp

from flighttracker.flight import FlightPosition
from flighttracker.query.flight_query import REPEATABLE
from flighttracker.query.history_query import FLIGHTS_PARAMETERS, FRAMES_PARAMETERS, MOVEMENTS_PARAMETERS
from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.flight_parameters import history_parameters
from flighttracker_gateway.http.history_forwarding import forwarded
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.query_check import REPEATABLE as REPEATABLE_OPT

FRAMES: Final = "application/vnd.flighttracker.frames"
"""Key frames of `frame.md`, back to back."""


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


class Movement(FlightPosition, frozen=True, gc=False):
    """A take-off or landing: the last or first position on the ground."""

    movement: Annotated[Literal["takeoff", "landing"], msgspec.Meta(description="what it was")]


class Movements(msgspec.Struct, frozen=True):
    """Take-offs and landings, newest first."""

    from_: Annotated[int, _time("start of the period")] = msgspec.field(name="from")
    to: Annotated[int, _time("end of the period")]
    total: Annotated[int, msgspec.Meta(description="movements that match, also beyond limit")]
    movements: Annotated[list[Movement], msgspec.Meta(description="the newest, at most limit")]


_Decorator = Callable[[Callable[..., Awaitable[ASGIApp]]], HTTPRouteHandler]


def _forwards(
    path: str, names: Sequence[str], answer: type, what: str, *, summary: str, compressed: bool = False
) -> _Decorator:
    """Return the decorator of a route about a period, which the historian answers.

    Args:
        path: the route.
        names: names of the parameters.
        answer: form of the answer, for the description.
        what: the answer in words.
        summary: the route in words.
        compressed: whether the answer must not be compressed again.
    """

    @dataclass
    class OfPeriod(Operation):
        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or ()), *history_parameters(names, required=("from",))]
            found = (self.responses or {}).get("200")
            if isinstance(found, OpenAPIResponse) and answer is bytes:
                found.content = {FRAMES: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format="binary"))}  # type: ignore[arg-type]

    return get(
        path,
        operation_class=OfPeriod,
        summary=summary,
        opt={ACCESS: Scope.VIEW, PARAMETERS: names, REPEATABLE_OPT: REPEATABLE, IS_COMPRESSED: compressed},
        responses={200: ResponseSpec(answer, generate_examples=False, description=what)} | refusals(401, 403, 404, 503),
    )


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


@_forwards(
    "/api/v1/history/frames",
    FRAMES_PARAMETERS,
    bytes,
    "Key frames back to back",
    summary="The sky at moments of the past, as key frames of the live format",
    compressed=True,
)
async def frames(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> ASGIApp:
    """Answer one key frame of `flights.v1` for each moment from `from` to `to`, every `step_s` seconds.

    The moment is the frame's tick time. Positions between two kept ones are interpolated. An aircraft that was not
    heard for the tracker's time to live is not there.
    """
    return forwarded(request, gateway, "/api/v1/history/frames")


@_forwards(
    "/api/v1/history/flights",
    FLIGHTS_PARAMETERS,
    PastFlights,
    "The flights",
    summary="Who was there: the flights that matched at any moment of a period",
)
async def past_flights(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> ASGIApp:
    """Answer the flights in the order of their addresses; filters are those of /api/v1/flights.

    With `bbox`, an aircraft matches that crossed the box between two kept positions, too.
    """
    return forwarded(request, gateway, "/api/v1/history/flights")


@_forwards(
    "/api/v1/history/movements",
    MOVEMENTS_PARAMETERS,
    Movements,
    "The movements",
    summary="Who took off and who landed in a period, newest first",
)
async def movements(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> ASGIApp:
    """Answer each movement with the position on the ground, for which the filters of /api/v1/flights are.

    With `bbox` around an airport, these are its movements. One during a silence is left out.
    """
    return forwarded(request, gateway, "/api/v1/history/movements")


ROUTES: Final = (kept, frames, past_flights, movements)
