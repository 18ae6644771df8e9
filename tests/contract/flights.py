"""Positions, a topic and a subject of a test that foreign programs read and write too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from flighttracker.clock import SystemClock
from flighttracker.flight import FlightPosition
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import RegistrySettings
from flighttracker_schemas import FLIGHT_POSITION_AVSC
from tests.example_flights import position
from tests.servers.registry_server import RegistryServer

AIRCRAFT: Final = [f"{number * 7919:06x}" for number in range(50)]


def flights_by_address() -> dict[str, FlightPosition]:
    """Return positions whose numbers are the same in 32 bits and in 64."""
    return {
        icao24: position(icao24=icao24, geo_altitude_m=10820.5, track_deg=301.5, latitude_deg=50 + number / 7)
        for number, icao24 in enumerate(AIRCRAFT)
    }


@asynccontextmanager
async def registry_of(server: RegistryServer, topic: str, **changes: object) -> AsyncIterator[SchemaRegistry]:
    """Open our own client for a topic's subject."""
    fields: dict[str, object] = {"url": server.url, "subject": f"{topic}-value", **changes}
    registry = SchemaRegistry(RegistrySettings(**fields), SystemClock())  # type: ignore[arg-type]
    try:
        await registry.open()
        yield registry
    finally:
        await registry.close()


async def registered(server: RegistryServer, topic: str, schema: str = FLIGHT_POSITION_AVSC) -> int:
    """Return the id of a schema for a topic."""
    async with registry_of(server, topic) as registry:
        return await registry.register(schema)
