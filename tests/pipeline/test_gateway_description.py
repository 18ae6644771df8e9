"""The OpenAPI document through the real server."""

from __future__ import annotations

import jsonschema

from flighttracker.query.flight_query import PARAMETERS
from tests.gateway_server import running_gateway


async def test_the_schema_describes_the_api_and_no_internal_route() -> None:
    async with running_gateway() as running:
        status, schema = await running.get("/schema")
        assert status == 200
        assert set(schema["paths"]) == {
            "/api/v1/flights",
            "/api/v1/flights/{icao24}",
            "/api/v1/flights/{icao24}/track",
            "/api/v1/tracks",
            "/api/v1/history",
            "/api/v1/history/frames",
            "/api/v1/history/flights",
            "/api/v1/history/movements",
            "/api/v1/sources",
            "/api/v1/events",
            "/api/v1/names",
            "/api/v1/stats",
            "/api/v1/config",
            "/api/v1/session",
            "/api/v1/revocations/{token_id}",
        }
        for name, described in schema["components"]["schemas"].items():
            for field, text in described.get("properties", {}).items():
                assert text.get("description") or "$ref" in str(text), (name, field)
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                assert all(parameter.get("description") for parameter in operation.get("parameters", ())), path
        flight = schema["components"]["schemas"]["FlightPosition"]
        assert flight["examples"][0].keys() == flight["properties"].keys()
        jsonschema.validate(flight["examples"][0], {**schema, **flight})
        answers = schema["paths"]["/api/v1/flights"]["get"]["responses"]
        assert all("application/problem+json" in answers[status]["content"] for status in ("400", "401", "403", "503"))
        parameters = schema["paths"]["/api/v1/flights"]["get"]["parameters"]
        assert [parameter["name"] for parameter in parameters] == [*PARAMETERS]
        assert parameters[0]["schema"] == {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "maxItems": 50,
        }
        assert "application/geo+json" in answers["200"]["content"]
        answer = schema["components"]["schemas"]["Flights"]
        assert answer["required"] == sorted(answer["properties"]) == ["flights", "next_cursor", "time_ms", "total"]
