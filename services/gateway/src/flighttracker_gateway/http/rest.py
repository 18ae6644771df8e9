"""The HTTP interface: flights, counts and the settings of the page.

`app` mounts `ROUTES`; every handler gets the `Gateway` as a dependency. Answers that are the same for every client come
from `answer_cache`, which encodes each once a tick. An answer shows each shard at the time when it was read.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final, cast

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter
from litestar.response import Stream

from flighttracker.build_info import VERSION
from flighttracker.flight import FlightPosition
from flighttracker.query import flight_query
from flighttracker.query.flight_query import REPEATABLE, make_cursor, parse_flight_request, parse_form
from flighttracker.query.parameters import parse_query_lists
from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.delivery.flight_documents import document, writer_of
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.flight_parameters import GEOJSON, OfFlights, OfOneFlight
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.query_check import REPEATABLE as REPEATABLE_OPT
from flighttracker_gateway.http.rest_probes import shard_states
from flighttracker_gateway.http.shared_answer import shared_answer, small_answer
from flighttracker_gateway.picture.selection import Selection

_ICAO24: Final = re.compile(r"[0-9a-f]{6}")
Address = Annotated[
    str, PathParameter(description="address of the aircraft", schema_extra={"pattern": "^[0-9a-fA-F]{6}$"})
]


class Flights(msgspec.Struct, frozen=True):
    """Flights in the order of their addresses."""

    time_ms: Annotated[int, msgspec.Meta(description="time of the answer, milliseconds since 1970 UTC")]
    total: Annotated[int, msgspec.Meta(description="flights that match the filters now, on all pages")]
    next_cursor: Annotated[
        str | None, msgspec.Meta(description="the parameter cursor of the next page; null on the last page")
    ]
    flights: Annotated[list[FlightPosition], msgspec.Meta(description="with the chosen fields")]


@get(
    "/api/v1/flights",
    operation_class=OfFlights,
    summary="The flights that match, as JSON or GeoJSON",
    opt={
        ACCESS: Scope.VIEW,
        PARAMETERS: flight_query.PARAMETERS,
        REPEATABLE_OPT: REPEATABLE,
        IS_COMPRESSED: True,
    },
    responses={200: ResponseSpec(Flights, generate_examples=False, description="Flights, or a FeatureCollection")}
    | refusals(401, 403, 503),
)
async def flights(
    request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]
) -> Response[bytes | None] | Stream:
    """Answer the flights in the order of their addresses; the filters are those of the page's URL.

    All filters must match. Times are in milliseconds since 1970 UTC. GeoJSON has `time_ms`, `total` and `next_cursor`
    beside `features`.
    """
    try:
        wanted = parse_flight_request(query_of(request))
    except ValueError as error:
        raise ValidationException(str(error)) from error
    is_geojson = wants_geojson(request, wanted.form.format)

    async def encode() -> AsyncIterator[bytes]:
        time_ms = gateway.clock.now_ms()
        selection = Selection(gateway.picture.shards, wanted.filters, wanted.after, wanted.limit)
        for _ in selection.steps():
            await asyncio.sleep(0)
        cursor = None if selection.last is None else make_cursor(selection.last, wanted.filters)
        about = {"time_ms": time_ms, "total": selection.total, "next_cursor": cursor}
        writer = writer_of(wanted.form.fields, is_geojson=is_geojson)
        async for part in document(about, selection.lists(), writer, is_geojson=is_geojson):
            yield part

    key = ("flights", wanted.filters, wanted.after, wanted.limit, wanted.form.fields, is_geojson)
    media_type = GEOJSON if is_geojson else MediaType.JSON
    return await shared_answer(request, gateway, key, media_type, gateway.picture.version, encode)


@get(
    "/api/v1/flights/{icao24:str}",
    operation_class=OfOneFlight,
    summary="One flight by the address of its aircraft",
    opt={ACCESS: Scope.VIEW, PARAMETERS: flight_query.FORM},
    responses={200: ResponseSpec(FlightPosition, generate_examples=False, description="The flight, or a Feature")}
    | refusals(401, 403, 404, 503),
)
async def flight(
    request: Request[Any, Any, Any],
    icao24: Address,
    gateway: NamedDependency[Gateway],
) -> Response[bytes | None]:
    """Answer one FlightPosition, or with `fields` a part of it."""
    address = address_of(icao24)
    try:
        form = parse_form(query_of(request))
    except ValueError as error:
        raise ValidationException(str(error)) from error
    found = gateway.picture.find(address)
    if found is None:
        raise NotFoundException(f"No aircraft with the icao24 {address} has been heard recently.")
    is_geojson = wants_geojson(request, form.format)
    body = msgspec.json.encode(writer_of(form.fields, is_geojson=is_geojson)(found))
    return small_answer(request, gateway, body, GEOJSON if is_geojson else MediaType.JSON)


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


class PageReceiver(msgspec.Struct, frozen=True):
    """Where the receiver is."""

    latitude: Annotated[float, msgspec.Meta(description="degrees north")]
    longitude: Annotated[float, msgspec.Meta(description="degrees east")]
    name: Annotated[str, msgspec.Meta(description="its name; empty for none")]


class MapSource(msgspec.Struct, frozen=True):
    """A map that viewers can choose."""

    name: Annotated[str, msgspec.Meta(description="name in the list of maps")]
    url: Annotated[str, msgspec.Meta(description="URL of map tiles or of a PMTiles file, or a path on the page's host")]
    attribution: Annotated[str, msgspec.Meta(description="name of the map's provider")]


class OverlaySource(msgspec.Struct, frozen=True):
    """A file that viewers can show above the map."""

    name: Annotated[str, msgspec.Meta(description="name in the list of overlays")]
    url: Annotated[str, msgspec.Meta(description="URL of a GeoJSON or KML file, or its path on the page's host")]


class PhotoSource(msgspec.Struct, frozen=True):
    """Where the page finds photos of aircraft."""

    url: Annotated[str, msgspec.Meta(description="URL of a photo, with {icao24} or {registration}")]
    page_url: Annotated[str, msgspec.Meta(description="URL of the page about the photo; empty for none")]
    attribution: Annotated[str, msgspec.Meta(description="text below the photo")]


class PageSettings(msgspec.Struct, frozen=True):
    """The settings of the page."""

    tracker: Annotated[str, msgspec.Meta(description="name of the tracker")]
    tiles_url: Annotated[str, msgspec.Meta(description="URL of tiles or of a PMTiles file; empty for the built-in map")]
    tiles_attribution: Annotated[str, msgspec.Meta(description="name of the tiles' provider")]
    base_maps: Annotated[list[MapSource], msgspec.Meta(description="further maps that viewers can choose")]
    overlays: Annotated[list[OverlaySource], msgspec.Meta(description="files that viewers can show above the map")]
    default_view: Annotated[
        list[float],
        msgspec.Meta(description="latitude and longitude in degrees, zoom", min_length=3, max_length=3),
    ]
    receiver: Annotated[
        PageReceiver | None, msgspec.Meta(description="where the receiver is; null if the tracker names none")
    ]
    photos: Annotated[PhotoSource | None, msgspec.Meta(description="photos of aircraft; null for none")]
    version: Annotated[str, msgspec.Meta(description="version of the gateway")]
    has_history: Annotated[bool, msgspec.Meta(description="whether the tracker keeps a history")]


@get(
    "/api/v1/config",
    summary="The settings of the page",
    opt={ACCESS: Scope.VIEW},
    responses={200: ResponseSpec(PageSettings, generate_examples=False, description="The settings")}
    | refusals(401, 403, 503),
)
async def config(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> Response[bytes | None]:
    """Answer the settings of the page."""
    settings = gateway.settings
    photos = settings.photos
    answer = PageSettings(
        tracker=settings.tracker,
        tiles_url=settings.tiles_url,
        tiles_attribution=settings.tiles_attribution,
        base_maps=[MapSource(each.name, each.url, each.attribution) for each in settings.base_maps],
        overlays=[OverlaySource(each.name, each.url) for each in settings.overlays],
        default_view=[*settings.default_view],
        receiver=None if settings.receiver is None else PageReceiver(*settings.receiver),
        photos=None if photos is None else PhotoSource(photos.url, photos.page_url, photos.attribution),
        version=VERSION,
        has_history=bool(settings.history_url),
    )
    return small_answer(request, gateway, msgspec.json.encode(answer), MediaType.JSON)


ROUTES: Final = (flights, flight, stats, config)


def query_of(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    """Return the values of the query parameters, which `QueryCheck` has accepted."""
    scope = cast("dict[str, Any]", request.scope)
    allowed: Sequence[str] = request.route_handler.opt[PARAMETERS]
    return parse_query_lists(scope["query_string"], allowed, scope["path_template"], REPEATABLE)


def wants_geojson(request: Request[Any, Any, Any], format_: str | None) -> bool:
    """Return whether an answer is GeoJSON: the parameter `format` decides, and without it the header Accept."""
    if format_ is not None:
        return format_ == "geojson"
    accepted = request.accept.best_match([MediaType.JSON.value, GEOJSON], default=MediaType.JSON.value)
    return accepted == GEOJSON


def address_of(icao24: str) -> str:
    """Return the address in a path, in lower case.

    Raises:
        ValidationException: it is not six hexadecimal digits.
    """
    if not _ICAO24.fullmatch(icao24.lower()):
        raise ValidationException(f"icao24 is {icao24[:64]!r}; it must be six hexadecimal digits.")
    return icao24.lower()
