"""Category and address type in every form of a flight, through the real server."""

from __future__ import annotations

from tests.example_flights import position
from tests.gateway_server import running_gateway


async def test_every_form_of_a_flight_has_its_kinds() -> None:
    async with running_gateway() as running:
        await running.tick(position(category="service_vehicle", address_type="adsb_icao_nt", on_ground=True))
        kinds = ("service_vehicle", "adsb_icao_nt")
        _, flight = await running.get("/api/v1/flights/3c6444")
        assert (flight["category"], flight["address_type"]) == kinds
        _, features = await running.get("/api/v1/flights?format=geojson")
        properties = features["features"][0]["properties"]
        assert (properties["category"], properties["address_type"]) == kinds
        _, stats = await running.get("/api/v1/stats")
        assert (stats["aircraft"], stats["vehicles"], stats["by_category"]) == (0, 1, {})
        _, schema = await running.get("/schema")
        described = schema["components"]["schemas"]["FlightPosition"]["properties"]["address_type"]
        assert "readsb" in described["description"]
        assert "tisb_trackfile" in described["enum"]
