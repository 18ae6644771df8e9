"""Flights as JSON and GeoJSON; `tests/pipeline/test_gateway_rest.py` reads them from a gateway."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from flighttracker.flight import FlightPosition
from flighttracker_gateway.http.flight_documents import flights_geojson, flights_json
from tests.example_flights import position

FLIGHTS = [position(icao24=f"{number:06x}", squawk="1000" if number % 2 else "") for number in range(7)]


async def document(make: Any, limit: int | None = None, lists: tuple[int, ...] = (3, 3, 1)) -> Any:
    """Return what a document of the flights, in lists of these lengths, says."""
    flights = iter(FLIGHTS)
    return json.loads(
        b"".join([part async for part in make(([next(flights) for _ in range(n)] for n in lists), limit, 5)])
    )


@pytest.mark.parametrize(("limit", "count"), [(None, 7), (1, 1), (3, 3), (4, 4), (100, 7)])
async def test_as_many_flights_as_asked_for(limit: int | None, count: int) -> None:
    answer = await document(flights_json, limit)
    assert answer == {"time_ms": 5, "flights": [msgspec.to_builtins(flight) for flight in FLIGHTS[:count]]}
    assert [feature["id"] for feature in (await document(flights_geojson, limit))["features"]] == [
        flight.icao24 for flight in FLIGHTS[:count]
    ]


async def test_no_flights() -> None:
    assert await document(flights_json, None, ()) == {"time_ms": 5, "flights": []}
    assert await document(flights_geojson, None, ()) == {"type": "FeatureCollection", "time_ms": 5, "features": []}


async def test_a_feature_has_its_place_apart_and_every_other_field_as_a_property() -> None:
    feature = (await document(flights_geojson))["features"][1]
    fields = msgspec.to_builtins(FLIGHTS[1])
    place = [fields.pop("longitude_deg"), fields.pop("latitude_deg")]
    assert feature["geometry"] == {"type": "Point", "coordinates": place}
    assert feature["properties"] == fields
    names = {field.encode_name for field in msgspec.structs.fields(FlightPosition)}
    assert set(feature["properties"]) == names - {"longitude_deg", "latitude_deg"}
