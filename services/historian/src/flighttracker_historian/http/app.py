"""The ASGI application of a historian. The gateway's /schema describes its routes.

Routes check queries and write answers; `reading` computes them. Errors are `application/problem+json`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final, cast

import msgspec
from litestar import Litestar, MediaType, Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import PathParameter
from litestar.response import Stream

from flighttracker.errors import RetryableError
from flighttracker.flight import FlightPosition
from flighttracker.problem import PROBLEM_JSON, encode_problem
from flighttracker.query.flight_query import REPEATABLE, make_cursor
from flighttracker.query.history_query import (
    FLIGHTS_PARAMETERS,
    FRAMES_PARAMETERS,
    MAX_TRACK_MS,
    MOVEMENTS_PARAMETERS,
    TRACK_PARAMETERS,
    parse_frames_request,
    parse_past_flights_request,
    parse_track_format,
)
from flighttracker.query.parameters import parse_query_lists
from flighttracker.query.period import Period, parse_period
from flighttracker.track import track_document
from flighttracker_historian.files.store import StoreError
from flighttracker_historian.reading.encounters import Encounters
from flighttracker_historian.reading.hours import TooManyRowsError
from flighttracker_historian.reading.reader import BusyError, HistoryReader, flights_of, movements_of

FRAMES: Final = "application/vnd.flighttracker.frames"
OVER_CACHE_S: Final = 300
"""How long a client keeps an answer about hours that are over before it asks whether it changed."""
RETRY_AFTER_S: Final = 5

_ICAO24: Final = re.compile(r"[0-9a-f]{6}")
_PARAMETERS: Final = "parameters"
_FLIGHTS_AT_ONCE: Final = 1_000
_logger = logging.getLogger(__name__)


@get("/api/v1/history")
async def kept(reader: NamedDependency[HistoryReader]) -> Response[bytes]:
    """Answer what is kept."""
    timeline = await reader.timeline()
    span = timeline.span
    answer = {
        "from": None if span is None else span.from_ms,
        "to": None if span is None else span.to_ms - 1,
        "density_interval_s": timeline.interval_ms // 1000,
        "gaps": [{"from": gap.from_ms, "to": gap.to_ms} for gap in timeline.gaps],
        "density": [{"from": each.from_ms, "aircraft": each.aircraft} for each in timeline.density],
    }
    return Response(
        msgspec.json.encode(answer), media_type=MediaType.JSON, headers={"cache-control": "private, no-cache"}
    )


@get("/api/v1/history/frames", opt={_PARAMETERS: FRAMES_PARAMETERS})
async def frames(request: Request[Any, Any, Any], reader: NamedDependency[HistoryReader]) -> Response[None] | Stream:
    """Answer key frames back to back."""
    wanted = _parsed(parse_frames_request, request)
    headers, is_current = await _caching(request, reader, wanted.period)
    if is_current:
        return Response(None, status_code=304, headers=headers)
    frames_ = reader.frames(wanted)
    # The first frame before the head: what fails until then is an error that a client can read.
    first = await anext(frames_)
    return Stream(_from_first(first, frames_), media_type=FRAMES, headers=headers)


@get("/api/v1/history/flights", opt={_PARAMETERS: FLIGHTS_PARAMETERS})
async def past_flights(
    request: Request[Any, Any, Any], reader: NamedDependency[HistoryReader]
) -> Response[None] | Stream:
    """Answer who was there."""
    period, wanted = _parsed(parse_past_flights_request, request)
    headers, is_current = await _caching(request, reader, period)
    if is_current:
        return Response(None, status_code=304, headers=headers)
    found = await reader.encounters(period, wanted.filters)
    addresses = found.icao24
    start = 0 if wanted.after is None else int(addresses.searchsorted(wanted.after, side="right"))
    stop = min(start + wanted.limit, len(addresses))
    cursor = make_cursor(int(addresses[stop - 1]), wanted.filters) if stop < len(addresses) else None
    about = {"from": period.from_ms, "to": period.to_ms, "total": len(addresses), "next_cursor": cursor}
    return Stream(_flights(about, found, start, stop), media_type=MediaType.JSON, headers=headers)


@get("/api/v1/history/movements", opt={_PARAMETERS: MOVEMENTS_PARAMETERS})
async def movements(request: Request[Any, Any, Any], reader: NamedDependency[HistoryReader]) -> Response[bytes | None]:
    """Answer who took off and who landed."""
    period, wanted = _parsed(parse_past_flights_request, request)
    headers, is_current = await _caching(request, reader, period)
    if is_current:
        return Response(None, status_code=304, headers=headers)
    parts = await reader.movements(period, wanted.filters)
    total = sum(len(part.rows) for part in parts)
    found: list[dict[str, Any]] = []
    for part in parts:
        found += [_movement(*each) for each in movements_of(part, wanted.limit - len(found))]
    answer = {"from": period.from_ms, "to": period.to_ms, "total": total, "movements": found}
    return Response(msgspec.json.encode(answer), media_type=MediaType.JSON, headers=headers)


@get("/api/v1/flights/{icao24:str}/track", opt={_PARAMETERS: TRACK_PARAMETERS})
async def track(
    request: Request[Any, Any, Any],
    icao24: Annotated[str, PathParameter()],
    reader: NamedDependency[HistoryReader],
) -> Response[bytes | None]:
    """Answer the kept positions of one aircraft."""
    if not _ICAO24.fullmatch(icao24):
        raise ValidationException(f"icao24 is {icao24[:64]!r}; it must be six lower-case hexadecimal digits.")
    period = _parsed(lambda query: parse_period(query, MAX_TRACK_MS), request)
    format_ = _parsed(parse_track_format, request)
    if format_ is None:
        accepted = request.accept.best_match(["application/json", "application/geo+json"], default="application/json")
        format_ = "geojson" if accepted == "application/geo+json" else "json"
    headers, is_current = await _caching(request, reader, period)
    headers["vary"] = "Accept"
    if is_current:
        return Response(None, status_code=304, headers=headers)
    points = await reader.track(icao24, period)
    body, media_type = track_document(icao24, points, format_, reader.presence.time_to_live_ms)
    return Response(body, media_type=media_type, headers=headers)


def create_app(reader: HistoryReader) -> Litestar:
    """Return the application that serves one history."""

    def the_reader() -> HistoryReader:
        return reader

    return Litestar(
        route_handlers=[kept, frames, past_flights, movements, track],
        dependencies={"reader": Provide(the_reader, sync_to_thread=False)},
        exception_handlers={
            HTTPException: _http_error,
            TooManyRowsError: _too_many,
            StoreError: _unavailable,
            RetryableError: _unavailable,
            Exception: _bug,
        },
        openapi_config=None,
        logging_config=None,
    )


def _parsed(parse: Any, request: Request[Any, Any, Any]) -> Any:
    scope = cast("dict[str, Any]", request.scope)
    allowed: Sequence[str] = request.route_handler.opt.get(_PARAMETERS, ())
    try:
        return parse(parse_query_lists(scope["query_string"], allowed, scope["path_template"], REPEATABLE))
    except ValueError as error:
        raise ValidationException(str(error)) from error


async def _caching(
    request: Request[Any, Any, Any], reader: HistoryReader, period: Period
) -> tuple[dict[str, str], bool]:
    """Return the headers about caching, and whether the client has the present answer."""
    # Weak: the gateway compresses some answers.
    tag = f'W/"{await reader.tag(period)}"'
    caching = f"private, max-age={OVER_CACHE_S}" if reader.is_over(period) else "private, no-cache"
    known = {text.strip() for text in request.headers.get("if-none-match", "").split(",")}
    return {"etag": tag, "cache-control": caching}, tag in known


async def _from_first(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for frame in others:
        yield frame


async def _flights(about: dict[str, Any], found: Encounters, start: int, stop: int) -> AsyncIterator[bytes]:
    separator = msgspec.json.encode(about)[:-1] + b',"flights":['
    encode = msgspec.json.Encoder().encode
    for at in range(start, stop, _FLIGHTS_AT_ONCE):
        end = min(at + _FLIGHTS_AT_ONCE, stop)
        times = zip(found.first_ms[at:end].tolist(), found.last_ms[at:end].tolist(), strict=True)
        flights = [_past(flight, *each) for flight, each in zip(flights_of(found, at, end), times, strict=True)]
        yield separator + encode(flights)[1:-1]
        separator = b","
    yield b"]}" if separator == b"," else separator + b"]}"


def _past(flight: FlightPosition, first_ms: int, last_ms: int) -> dict[str, Any]:
    return {**msgspec.to_builtins(flight), "first_ms": first_ms, "last_ms": last_ms}


def _movement(flight: FlightPosition, is_landing: bool) -> dict[str, Any]:
    return {**msgspec.to_builtins(flight), "movement": "landing" if is_landing else "takeoff"}


def _http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    detail = error.detail
    if error.status_code == 404 and detail == "Not Found":
        detail = f"There is nothing at {request.url.path[:128]}."
    return _problem(error.status_code, detail, error.headers)


def _too_many(_: Request[Any, Any, Any], error: TooManyRowsError) -> Response[bytes]:
    return _problem(400, f"The answer needs {error}", reason="too_many_positions")


def _unavailable(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _logger.warning("cannot answer: %s", error)
    # The log names the store, which clients do not need to know.
    detail = str(error) if isinstance(error, BusyError) else "The store of the history is unavailable; try again."
    return _problem(503, detail, {"Retry-After": str(RETRY_AFTER_S)}, reason="history_unavailable")


def _bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _logger.error("%s %s failed", request.method, request.scope.get("path_template"), exc_info=error)
    return _problem(500, "The historian has a bug here; its log says more.")


def _problem(status: int, detail: str, headers: dict[str, str] | None = None, **members: str) -> Response[bytes]:
    body = encode_problem(status, detail, **members)
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers=headers)
