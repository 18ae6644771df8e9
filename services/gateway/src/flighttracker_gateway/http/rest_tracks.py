"""The HTTP interface of recent tracks. `app` mounts `ROUTES`."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import PathParameter

from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.rest import address_of
from flighttracker_gateway.picture.tracks import TrackPoint


class Track(msgspec.Struct, frozen=True):
    """The recent positions of one aircraft, oldest first."""

    icao24: str
    points: list[TrackPoint]


@get(
    "/api/v1/flights/{icao24:str}/track",
    summary="The positions of one aircraft in the last half hour",
    opt={ACCESS: Scope.VIEW},
    responses=refusals(401, 403, 404, 503),
)
async def track(
    icao24: Annotated[str, PathParameter(schema_extra={"pattern": "^[0-9a-fA-F]{6}$"})],
    gateway: NamedDependency[Gateway],
) -> Track:
    """Answer the positions since the start of this gateway, without those of an aircraft that stands still."""
    address = address_of(icao24)
    points = gateway.tracks.of(address)
    if not points and gateway.picture.find(address) is None:
        raise NotFoundException(f"No aircraft with the icao24 {address} has been heard recently.")
    return Track(address, points)


ROUTES: Final = (track,)
