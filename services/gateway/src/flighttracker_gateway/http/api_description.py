"""The OpenAPI document at /schema: the API without internal routes, its fields described by the Avro schema."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from flighttracker_gateway.http.flight_parameters import CHOSEN
from flighttracker_schemas import flight_position_schema

API: Final = "/api/"
RENAMED: Final = {"position_time": "position_time_ms", "last_contact": "last_contact_ms"}
"""Fields of the Avro schema that carry their unit in the API."""
EXAMPLE: Final = {
    "icao24": "4ca7b3",
    "callsign": "EIN17A",
    "registration": "EI-DEO",
    "aircraft_type": "A320",
    "operator": "Aer Lingus",
    "origin_country": "Ireland",
    "origin": "EIDW",
    "destination": "EGLL",
    "category": "large",
    "address_type": "adsb_icao",
    "latitude_deg": 50.4,
    "longitude_deg": 6.2,
    "baro_altitude_m": 10668.0,
    "geo_altitude_m": 10830.0,
    "ground_speed_mps": 231.5,
    "track_deg": 292.1,
    "vertical_rate_mps": 0.0,
    "on_ground": False,
    "squawk": "1000",
    "status": "cruising",
    "position_time_ms": 1_767_225_600_000,
    "last_contact_ms": 1_767_225_600_400,
    "source": "readsb",
}


class ApiDescription(JsonRenderPlugin):
    """Renders the part of the OpenAPI document that describes the API."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document as JSON."""
        paths = {path: item for path, item in openapi_schema["paths"].items() if path.startswith(API)}
        schemas = {name: described(schema) for name, schema in openapi_schema["components"]["schemas"].items()}
        schemas["FlightPosition"] = {**schemas["FlightPosition"], "examples": [EXAMPLE]}
        flights = schemas["Flights"]
        items = {"anyOf": [flights["properties"]["flights"]["items"], CHOSEN.to_schema()]}
        properties = {**flights["properties"], "flights": {**flights["properties"]["flights"], "items": items}}
        schemas["Flights"] = {**flights, "properties": properties}
        components = {**openapi_schema["components"], "schemas": schemas}
        return super().render(request, {**openapi_schema, "paths": paths, "components": components})


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the description of each field of a flight that has none, also of columns of such fields."""
    texts = {RENAMED.get(field["name"], field["name"]): field["doc"] for field in flight_position_schema()["fields"]}
    properties = {
        name: {"description": texts[name], **field} if name in texts else field
        for name, field in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties} if properties else schema
