"""The HTTP interface of the names of aircraft, for viewers of tiles. `app` mounts `ROUTES`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Operation, Parameter, Schema
from litestar.response import Stream

from flighttracker_gateway.access.http_gate import ACCESS
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.gateway import Gateway
from flighttracker_gateway.http.codings import IS_COMPRESSED
from flighttracker_gateway.http.errors import refusals
from flighttracker_gateway.http.query_check import PARAMETERS
from flighttracker_gateway.http.rest import query_of
from flighttracker_gateway.http.shared_answer import shared_answer
from flighttracker_gateway.picture.aircraft_names import of_addresses

MAX_ADDRESSES: Final = 500
_ADDRESSES: Final = r"^[0-9a-f]{6}(,[0-9a-f]{6})*$"
_VERSION: Final = r"^[0-9a-f]{8}-[0-9]{1,15}$"
_SHOWN: Final = 64
_DESCRIPTIONS: Final = {
    "icao24": (f"addresses, with commas between, at most {MAX_ADDRESSES}; all aircraft without it", _ADDRESSES),
    "since": ("version of an earlier answer: only what changed since", _VERSION),
}


class AircraftNames(msgspec.Struct, frozen=True):
    """Who aircraft are: columns of the same length, in the order of their addresses."""

    version: Annotated[str, msgspec.Meta(description="the parameter since of the next request")]
    is_whole: Annotated[bool, msgspec.Meta(description="whether these are all aircraft, also those without a change")]
    icao24: list[str]
    callsign: list[str]
    registration: list[str]
    aircraft_type: list[str]
    origin: list[str]
    destination: list[str]
    squawk: list[str]
    operator: list[str]
    origin_country: list[str]
    source: list[str]


@dataclass
class OfNames(Operation):
    """An operation with the parameters of names, which Litestar cannot infer."""

    def __post_init__(self) -> None:
        """Add the parameters."""
        self.parameters = [
            Parameter(
                name=name,
                param_in="query",
                description=text,
                schema=Schema(type=OpenAPIType.STRING, pattern=pattern),
                required=False,
            )
            for name, (text, pattern) in _DESCRIPTIONS.items()
        ]


@get(
    "/api/v1/names",
    operation_class=OfNames,
    summary="The names of aircraft: callsign, registration, type, operator, route, country, squawk",
    opt={ACCESS: Scope.VIEW, PARAMETERS: tuple(_DESCRIPTIONS), IS_COMPRESSED: True},
    responses={200: ResponseSpec(AircraftNames, generate_examples=False, description="Columns of names")}
    | refusals(401, 403, 503),
)
async def names(request: Request[Any, Any, Any], gateway: NamedDependency[Gateway]) -> Response[bytes | None] | Stream:
    """Answer the names of all aircraft, of some by their addresses, or of those that changed since an earlier answer.

    A version of another gateway, or of one that has restarted, gets all aircraft.
    """
    query = query_of(request)
    addresses, since = _addresses(query.get("icao24")), _since(query.get("since"))
    known = gateway.names
    known.advance()
    if not known.has(since):
        since = ""  # all unknown versions have the same answer, which is made once

    async def encode() -> AsyncIterator[bytes]:
        changed = known.since(since) if since else None
        rows = known.all() if changed is None else changed
        rows = of_addresses(rows, addresses) if addresses else rows
        head = {"version": known.version, "is_whole": not addresses and changed is None}
        separator = msgspec.json.encode(head)[:-1]
        for name, column in known.columns(rows):
            yield separator + b',"' + name.encode() + b'":' + msgspec.json.encode(column)
            separator = b""
            await asyncio.sleep(0)
        yield b"}"

    key = ("names", known.epoch, addresses, since)
    return await shared_answer(request, gateway, key, MediaType.JSON, known.number, encode)


def _addresses(values: list[str] | None) -> tuple[int, ...]:
    """Return the addresses of a query, ascending; empty without the parameter."""
    if values is None:
        return ()
    if not re.fullmatch(_ADDRESSES[1:-1], values[0]):
        raise ValidationException(
            f"icao24 is {values[0][:_SHOWN]!r}; it must be addresses of six lower-case hex digits, with commas between."
        )
    addresses = sorted({int(address, 16) for address in values[0].split(",")})
    if len(addresses) > MAX_ADDRESSES:
        raise ValidationException(f"icao24 has {len(addresses)} addresses; it may have {MAX_ADDRESSES}.")
    return tuple(addresses)


def _since(values: list[str] | None) -> str:
    if values is None:
        return ""
    if not re.fullmatch(_VERSION[1:-1], values[0]):
        raise ValidationException(f"since is {values[0][:_SHOWN]!r}; it must be the version of an earlier answer.")
    return values[0]


ROUTES: Final = (names,)
