"""Flights as JSON and GeoJSON; `tests/pipeline/test_gateway_flights.py` reads them from a gateway."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from flighttracker.flight import FlightPosition
from flighttracker_gateway.delivery.flight_documents import document, writer_of
from tests.example_flights import position

FLIGHTS = [position(icao24=f"{number:06x}", squawk="1000" if number % 2 else "") for number in range(7)]


async def made(
    lists: tuple[int, ...] = (3, 3, 1), fields: tuple[str, ...] | None = None, *, is_geojson: bool = False
) -> Any:
    """Return what a document of the flights, in lists of these lengths, says."""
    flights = iter(FLIGHTS)
    parts = document(
        {"time_ms": 5},
        ([next(flights) for _ in range(n)] for n in lists),
        writer_of(fields, is_geojson=is_geojson),
        is_geojson=is_geojson,
    )
    return json.loads(b"".join([part async for part in parts]))


@pytest.mark.parametrize("lists", [(7,), (3, 3, 1), (1, 1)])
async def test_a_document_has_every_flight(lists: tuple[int, ...]) -> None:
    flights = FLIGHTS[: sum(lists)]
    assert await made(lists) == {"time_ms": 5, "flights": [msgspec.to_builtins(flight) for flight in flights]}
    ids = [feature["id"] for feature in (await made(lists, is_geojson=True))["features"]]
    assert ids == [flight.icao24 for flight in flights]


async def test_no_flights() -> None:
    assert await made(()) == {"time_ms": 5, "flights": []}
    assert await made((), is_geojson=True) == {"type": "FeatureCollection", "time_ms": 5, "features": []}


async def test_a_feature_has_its_place_apart_and_every_other_field_as_a_property() -> None:
    feature = (await made(is_geojson=True))["features"][1]
    fields = msgspec.to_builtins(FLIGHTS[1])
    place = [fields.pop("longitude_deg"), fields.pop("latitude_deg")]
    assert feature["geometry"] == {"type": "Point", "coordinates": place}
    assert feature["properties"] == fields
    names = {field.encode_name for field in msgspec.structs.fields(FlightPosition)}
    assert set(feature["properties"]) == names - {"longitude_deg", "latitude_deg"}


async def test_only_the_chosen_fields_are_written() -> None:
    flight = FLIGHTS[0]
    answer = await made((1,), ("icao24", "latitude_deg", "position_time_ms"))
    assert answer["flights"] == [
        {"icao24": flight.icao24, "latitude_deg": flight.latitude_deg, "position_time_ms": flight.position_time}
    ]
    (feature,) = (await made((1,), ("callsign", "latitude_deg"), is_geojson=True))["features"]
    assert feature["properties"] == {"callsign": flight.callsign}
    assert feature["geometry"]["coordinates"] == [flight.longitude_deg, flight.latitude_deg]
