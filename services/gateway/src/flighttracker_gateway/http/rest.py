"""The HTTP interface: flights, counts and the settings of the page.

`app` mounts `ROUTES`; every handler gets the `Gateway` as a dependency. Answers that are the same for every client come
from `answer_cache`, which encodes each once a tick. An answer shows all shards at the time when its encoding began.
"""

# ruff: noqa: ARG001 - `flights` names its parameters for /schema; `parse_flight_request` reads them

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, ValidationException
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.params import PathParameter, QueryParameter
from litestar.response import Stream

from flighttracker.build_info import VERSION
from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, STATUSES, FlightPosition
from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http import flight_query
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.flight_documents import flights_geojson, flights_json
from flighttracker_gateway.http.flight_query import FORMATS, MAX_LIMIT, MAX_SPEED_MPS, parse_flight_request
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.rest_probes import shard_states
from flighttracker_gateway.http.shared_answer import shared_answer

GEOJSON: Final = "application/geo+json"

_ICAO24: Final = re.compile(r"[0-9a-f]{6}")
_ONE: Final[dict[str, Any]] = {"one_of": None, "type": OpenAPIType.STRING}
"""A parameter has a value if it is given; Litestar would describe `str | None` as text or null."""
_SPEED: Final = _ONE | {"type": OpenAPIType.NUMBER, "minimum": 0, "maximum": MAX_SPEED_MPS}
_BBOX: Final = r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$"


@dataclass
class _InTwoForms(Operation):
    """Describes /api/v1/flights in /schema with both forms of its answer, which Litestar cannot express."""

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse) and answer.content is not None:
            answer.content[GEOJSON] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))


@get(
    "/api/v1/flights",
    operation_class=_InTwoForms,
    summary="The flights that match, as JSON or GeoJSON",
    opt={ACCESS: Scope.VIEW, PARAMETERS: flight_query.PARAMETERS, IS_COMPRESSED: True},
    responses=refusals(401, 403, 503),
)
async def flights(
    request: Request[Any, Any, Any],
    gateway: NamedDependency[Gateway],
    country: Annotated[str | None, QueryParameter(description="origin_country, in any case", schema_extra=_ONE)] = None,
    status: Annotated[
        str | None,
        QueryParameter(description=f"one of {', '.join(STATUSES)}", schema_extra=_ONE | {"enum": [*STATUSES]}),
    ] = None,
    category: Annotated[
        str | None,
        QueryParameter(description=f"one of {', '.join(CATEGORIES)}", schema_extra=_ONE | {"enum": [*CATEGORIES]}),
    ] = None,
    address_type: Annotated[
        str | None,
        QueryParameter(
            description=f"one of {', '.join(ADDRESS_TYPES)}", schema_extra=_ONE | {"enum": [*ADDRESS_TYPES]}
        ),
    ] = None,
    min_speed_mps: Annotated[
        str | None, QueryParameter(description="slowest ground speed, m/s", schema_extra=_SPEED)
    ] = None,
    max_speed_mps: Annotated[
        str | None, QueryParameter(description="fastest ground speed, m/s", schema_extra=_SPEED)
    ] = None,
    bbox: Annotated[
        str | None,
        QueryParameter(
            description="west,south,east,north in degrees; west > east crosses the 180th meridian",
            schema_extra=_ONE | {"pattern": _BBOX},
        ),
    ] = None,
    limit: Annotated[
        str | None,
        QueryParameter(
            description=f"at most so many flights, 1 to {MAX_LIMIT}",
            schema_extra=_ONE | {"type": OpenAPIType.INTEGER, "minimum": 1, "maximum": MAX_LIMIT},
        ),
    ] = None,
    format_: Annotated[
        str | None,
        QueryParameter(
            name="format",
            description=f"{' or '.join(FORMATS)}; else the header Accept decides",
            schema_extra=_ONE | {"enum": [*FORMATS]},
        ),
    ] = None,
) -> Response[bytes | None] | Stream:
    """Answer `{"time_ms": …, "flights": […]}`, or a FeatureCollection; times are in milliseconds since 1970 UTC."""
    try:
        wanted = parse_flight_request(dict(request.query_params))
    except ValueError as error:
        raise ValidationException(str(error)) from error
    is_geojson = wanted.format == "geojson" or (wanted.format is None and GEOJSON in request.headers.get("accept", ""))

    def encode() -> AsyncIterator[bytes]:
        document = flights_geojson if is_geojson else flights_json
        return document(gateway.picture.flight_lists(wanted.query), wanted.limit, gateway.clock.now_ms())

    key = ("flights", wanted.query, wanted.limit, is_geojson)
    media_type = GEOJSON if is_geojson else MediaType.JSON
    return await shared_answer(request, gateway, key, media_type, gateway.picture.version, encode)


@get(
    "/api/v1/flights/{icao24:str}",
    summary="One flight by the address of its aircraft",
    opt={ACCESS: Scope.VIEW},
    responses=refusals(401, 403, 404, 503),
)
async def flight(
    icao24: Annotated[str, PathParameter(schema_extra={"pattern": "^[0-9a-fA-F]{6}$"})],
    gateway: NamedDependency[Gateway],
) -> FlightPosition:
    """Answer one FlightPosition."""
    address = address_of(icao24)
    found = gateway.picture.find(address)
    if found is None:
        raise NotFoundException(f"No aircraft with the icao24 {address} has been heard recently.")
    return found


@get(
    "/api/v1/stats",
    summary="Counts of flights, viewers and shards",
    opt={ACCESS: Scope.STATS, IS_COMPRESSED: True},
    responses=refusals(401, 403, 503),
)
async def stats(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> Response[bytes | None] | Stream:
    """Answer counts by country, status, category, address type, altitude and speed, and the age of each shard."""

    async def encode() -> AsyncIterator[bytes]:
        yield msgspec.json.encode(
            gateway.picture.statistics()
            | {
                "time_ms": gateway.clock.now_ms(),
                "viewers": gateway.presence.viewers,
                "shards": shard_states(gateway),
            }
        )

    return await shared_answer(request, gateway, "stats", MediaType.JSON, None, encode)


@get("/api/v1/config", summary="The settings of the page", opt={ACCESS: Scope.VIEW}, responses=refusals(401, 403, 503))
async def config(gateway: NamedDependency[Gateway]) -> Response[dict[str, Any]]:
    """Answer the settings of the page."""
    settings = gateway.settings
    answer = {
        "tracker": settings.tracker,
        "tiles_url": settings.tiles_url,
        "tiles_attribution": settings.tiles_attribution,
        "default_view": settings.default_view,
        "version": VERSION,
    }
    return _json(answer)


ROUTES: Final = (flights, flight, stats, config)


def address_of(icao24: str) -> str:
    """Return the address in a path, in lower case.

    Raises:
        ValidationException: it is not six hexadecimal digits.
    """
    if not _ICAO24.fullmatch(icao24.lower()):
        raise ValidationException(f"icao24 is {icao24[:64]!r}; it must be six hexadecimal digits.")
    return icao24.lower()


def _json(answer: dict[str, Any]) -> Response[dict[str, Any]]:
    return Response(answer, media_type=MediaType.JSON)
