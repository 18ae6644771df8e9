"""The HTTP interface of recent tracks. `app` mounts `ROUTES`."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.flight_parameters import GEOJSON, InTwoForms
from flighttracker_gateway.http.flight_query import parse_form
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.rest import address_of, query_of, wants_geojson
from flighttracker_gateway.http.shared_answer import small_answer
from flighttracker_gateway.http.track_geojson import track_feature
from flighttracker_gateway.picture.tracks import TrackPoint


class Track(msgspec.Struct, frozen=True):
    """The recent positions of one aircraft, oldest first."""

    icao24: str
    points: list[TrackPoint]


@get(
    "/api/v1/flights/{icao24:str}/track",
    operation_class=InTwoForms,
    summary="The positions of one aircraft in the last half hour",
    opt={ACCESS: Scope.VIEW, PARAMETERS: ("format",)},
    responses={200: ResponseSpec(Track, generate_examples=False, description="The track, or a Feature with a line")}
    | refusals(401, 403, 404, 503),
)
async def track(
    request: Request[Any, Any, Any],
    icao24: Annotated[str, PathParameter(schema_extra={"pattern": "^[0-9a-fA-F]{6}$"})],
    gateway: NamedDependency[Gateway],
) -> Response[bytes | None]:
    """Answer the positions since the start of this gateway, without those of an aircraft that stands still.

    As GeoJSON it is a line, cut where it crosses the antimeridian, with the time of each position in
    `position_times_ms`.
    """
    address = address_of(icao24)
    try:
        form = parse_form(query_of(request))
    except ValueError as error:
        raise ValidationException(str(error)) from error
    points = gateway.tracks.of(address)
    if not points and gateway.picture.find(address) is None:
        raise NotFoundException(f"No aircraft with the icao24 {address} has been heard recently.")
    is_geojson = wants_geojson(request, form.format)
    body = msgspec.json.encode(track_feature(address, points) if is_geojson else Track(address, points))
    return small_answer(request, gateway, body, GEOJSON if is_geojson else MediaType.JSON)


ROUTES: Final = (track,)
