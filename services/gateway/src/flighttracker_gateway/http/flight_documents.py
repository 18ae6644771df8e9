"""Flights as JSON documents: `{"time_ms": …, "flights": […]}` and GeoJSON. Pure but for turns of the event loop."""

from __future__ import annotations

import operator
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, Literal

import msgspec

from flighttracker.flight import FlightPosition
from flighttracker_gateway.delivery.json_frames import json_chunks

_PLACE: Final = ("longitude_deg", "latitude_deg")


class _Point(msgspec.Struct, frozen=True, gc=False):
    coordinates: tuple[float, float]
    type: Literal["Point"] = "Point"


class _Feature(msgspec.Struct, frozen=True, gc=False):
    """A GeoJSON feature (RFC 7946): longitude before latitude, everything else as properties."""

    id: str
    geometry: _Point
    properties: Any
    type: Literal["Feature"] = "Feature"


_FIELDS: Final = tuple(f for f in msgspec.structs.fields(FlightPosition) if f.name not in _PLACE)
_Properties: Final = msgspec.defstruct(
    "_Properties",
    [(f.name, f.type, msgspec.field(name=f.encode_name)) for f in _FIELDS],
    frozen=True,
    gc=False,
)
_place_of: Final = operator.attrgetter(*_PLACE)
_properties_of: Final = operator.attrgetter(*[f.name for f in _FIELDS])


def flights_json(lists: Iterator[list[FlightPosition]], limit: int | None, time_ms: int) -> AsyncIterator[bytes]:
    """Yield the document of at most `limit` flights as JSON."""
    return _document(b'{"time_ms":%d,"flights":[' % time_ms, _first(lists, limit))


def flights_geojson(lists: Iterator[list[FlightPosition]], limit: int | None, time_ms: int) -> AsyncIterator[bytes]:
    """Yield a FeatureCollection of at most `limit` flights."""
    head = b'{"type":"FeatureCollection","time_ms":%d,"features":[' % time_ms
    return _document(head, ([*map(_feature, some)] for some in _first(lists, limit)))


def _feature(position: FlightPosition) -> _Feature:
    return _Feature(position.icao24, _Point(_place_of(position)), _Properties(*_properties_of(position)))


def _first(lists: Iterator[list[FlightPosition]], limit: int | None) -> Iterator[list[FlightPosition]]:
    """Yield the lists up to a number of flights."""
    left = limit
    for some in lists:
        if left is None:
            yield some
            continue
        yield some[:left]
        left -= len(some)
        if left <= 0:
            return


async def _document(head: bytes, lists: Iterator[list[Any]]) -> AsyncIterator[bytes]:
    """Yield `head`, the values, and the two closing brackets."""
    separator = head
    async for chunk in json_chunks(lists):
        yield separator + chunk
        separator = b","
    yield b"]}" if separator == b"," else separator + b"]}"
