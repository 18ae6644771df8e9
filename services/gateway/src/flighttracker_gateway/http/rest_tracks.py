"""The HTTP interface of tracks: recent ones, and those of the history. `app` mounts `ROUTES`."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ASGIApp

from flighttracker.query.history_query import TRACK_PARAMETERS, parse_track_format
from flighttracker.query.period import FROM, TO
from flighttracker.track import Track, track_document
from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.flight_parameters import OfTrack
from flighttracker_gateway.http.history_forwarding import forwarded
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.rest import Address, address_of, query_of, wants_geojson
from flighttracker_gateway.http.shared_answer import small_answer


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


ROUTES: Final = (track,)
