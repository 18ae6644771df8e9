"""Flights as JSON documents: `{"time_ms": …, "flights": […]}` and GeoJSON. Pure but for turns of the event loop.

`http.rest` and `event_stream` write them.
"""

from __future__ import annotations

import operator
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
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
_ATTRIBUTES: Final = {f.encode_name: f.name for f in msgspec.structs.fields(FlightPosition)}
_place_of: Final = operator.attrgetter(*_PLACE)
_properties_of: Final = operator.attrgetter(*[f.name for f in _FIELDS])

Writer = Callable[[FlightPosition], Any]
"""Returns what is encoded for a flight."""


def writer_of(fields: tuple[str, ...] | None, *, is_geojson: bool) -> Writer:
    """Return the writer of flights with some fields, or all of them, as JSON or as GeoJSON features."""
    if not is_geojson:
        return _unchanged if fields is None else _chosen(fields)
    if fields is None:
        return _feature
    properties = _chosen(tuple(name for name in fields if name not in _PLACE))
    return lambda position: _Feature(position.icao24, _Point(_place_of(position)), properties(position))


async def document(
    about: Mapping[str, Any], lists: Iterator[list[FlightPosition]], writer: Writer, *, is_geojson: bool
) -> AsyncIterator[bytes]:
    """Yield a document of flights.

    Args:
        about: the members before the flights.
        lists: the flights.
        writer: from `writer_of`.
        is_geojson: whether the document is a FeatureCollection.
    """
    head = {"type": "FeatureCollection", **about} if is_geojson else about
    name = b"features" if is_geojson else b"flights"
    separator = msgspec.json.encode(head)[:-1] + b',"' + name + b'":['
    async for chunk in json_chunks([writer(position) for position in some] for some in lists):
        yield separator + chunk
        separator = b","
    yield b"]}" if separator == b"," else separator + b"]}"


def _unchanged(position: FlightPosition) -> FlightPosition:
    return position


def _chosen(fields: tuple[str, ...]) -> Writer:
    attributes = [(name, operator.attrgetter(_ATTRIBUTES[name])) for name in fields]
    return lambda position: {name: value(position) for name, value in attributes}


def _feature(position: FlightPosition) -> _Feature:
    return _Feature(position.icao24, _Point(_place_of(position)), _Properties(*_properties_of(position)))
