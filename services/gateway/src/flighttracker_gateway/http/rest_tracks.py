"""The HTTP interface of tracks: of one aircraft, recent or from the history, and recent ones of an area.

`app` mounts `ROUTES`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
import numpy as np
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Operation
from litestar.response import Stream
from litestar.types import ASGIApp

from flighttracker.bounding_box import parse_bounding_box
from flighttracker.frame.layout import NULL
from flighttracker.frame.quantity import ALTITUDE_M, DEGREE
from flighttracker.query.history_query import TRACK_PARAMETERS, parse_track_format
from flighttracker.query.period import FROM, TO
from flighttracker.track import Track, track_document
from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.flight_parameters import OfTrack, parameters
from flighttracker_gateway.http.history_forwarding import forwarded
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.rest import Address, address_of, query_of, wants_geojson
from flighttracker_gateway.http.shared_answer import shared_answer, small_answer
from flighttracker_gateway.picture.tracks import AreaTracks

MAX_POINTS: Final = 20_000
"""Most points of the tracks of an area, about 200 kB compressed."""
_BBOX: Final = "bbox"


@get(
    "/api/v1/flights/{icao24:str}/track",
    operation_class=OfTrack,
    summary="The positions of one aircraft: in the last half hour, or in a period of the history",
    opt={ACCESS: Scope.VIEW, PARAMETERS: TRACK_PARAMETERS},
    responses={200: ResponseSpec(Track, generate_examples=False, description="The track; as GeoJSON a Feature")}
    | refusals(401, 403, 404, 503),
)
async def track(
    request: Request[Any, Any, Any],
    icao24: Address,
    gateway: NamedDependency[Gateway],
) -> ASGIApp:
    """Answer the positions since the start of this gateway, without those of an aircraft that stands still.

    With `from`, answer the positions that the history has between `from` and `to`. As GeoJSON a track is a line, cut
    where it crosses the antimeridian and where the aircraft was not heard, with the time of each position in
    `position_times_ms`.
    """
    address = address_of(icao24)
    query = query_of(request)
    if FROM in query or TO in query:
        return forwarded(request, gateway, f"/api/v1/flights/{address}/track")
    try:
        format_ = parse_track_format(query)
    except ValueError as error:
        raise ValidationException(str(error)) from error
    points = gateway.tracks.of(address)
    if not points and gateway.picture.find(address) is None:
        raise NotFoundException(f"No aircraft with the icao24 {address} has been heard recently.")
    format_ = format_ or ("geojson" if wants_geojson(request, None) else "json")
    body, media_type = track_document(address, points, format_)
    return small_answer(request, gateway, body, media_type).to_asgi_response(None, request)


class RecentTracks(msgspec.Struct, frozen=True):
    """Recent tracks of several aircraft: columns of all points, aircraft after aircraft, each with its oldest first."""

    icao24: list[str]
    point_count: Annotated[list[int], msgspec.Meta(description="points of each aircraft in the columns that follow")]
    position_time_ms: list[int]
    latitude_deg: list[float]
    longitude_deg: list[float]
    baro_altitude_m: list[float | None]
    on_ground: list[bool]


@dataclass
class OfTracks(Operation):
    """An operation with the area of tracks, which Litestar cannot infer."""

    def __post_init__(self) -> None:
        """Add the parameter."""
        self.parameters = [*parameters((_BBOX,))]


@get(
    "/api/v1/tracks",
    operation_class=OfTracks,
    summary=f"The tracks of all aircraft of an area in the last half hour, at most {MAX_POINTS:,} points",
    opt={ACCESS: Scope.VIEW, PARAMETERS: (_BBOX,), IS_COMPRESSED: True},
    responses={200: ResponseSpec(RecentTracks, generate_examples=False, description="Columns of points")}
    | refusals(401, 403, 503),
)
async def tracks(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> Response[bytes | None] | Stream:
    """Answer where the aircraft that are now in `bbox` have been since the start of this gateway.

    The fewer aircraft, the more points each has. Parked aircraft have none. A track of one aircraft has all its points.
    """
    query = query_of(request)
    try:
        box = parse_bounding_box(query[_BBOX][0]) if _BBOX in query else None
    except ValueError as error:
        raise ValidationException(f"{error}.") from error

    async def encode() -> AsyncIterator[bytes]:
        separator = b"{"
        for name, column in _columns(gateway.tracks.within(box, MAX_POINTS)):
            yield separator + b'"' + name.encode() + b'":' + msgspec.json.encode(column)
            separator = b","
            await asyncio.sleep(0)
        yield b"}"

    key = ("tracks", str(box))
    return await shared_answer(request, gateway, key, MediaType.JSON, gateway.tracks.version, encode)


def _columns(found: AreaTracks) -> Iterator[tuple[str, list[Any]]]:
    yield "icao24", [f"{address:06x}" for address in found.addresses.tolist()]
    yield "point_count", found.point_counts.tolist()
    yield "position_time_ms", found.times_ms.tolist()
    yield "latitude_deg", np.round(found.latitudes * DEGREE, 5).tolist()
    yield "longitude_deg", np.round(found.longitudes * DEGREE, 5).tolist()
    altitudes = np.round(found.altitudes * ALTITUDE_M, 2).astype(object)
    altitudes[found.altitudes == NULL] = None
    yield "baro_altitude_m", altitudes.tolist()
    yield "on_ground", found.on_ground.tolist()


ROUTES: Final = (track, tracks)
