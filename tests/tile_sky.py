"""Four aircraft that fly east, and the tiles of places, for tests of `flights.v3`."""

from __future__ import annotations

import math
from typing import Any

from flighttracker.flight import FlightPosition
from flighttracker.tiles import CLASSES
from flighttracker_gateway.delivery.class_stream import TOLERANCE_UNITS
from tests.example_flights import position
from tests.gateway_server import RunningGateway
from tests.tile_viewer import TileViewer

V3: dict[str, Any] = {"protocols": ("flights.v3",), "autoping": False}
DEGREES_PER_S = 0.002
FLIGHTS: dict[str, tuple[float, float]] = {
    "3c6444": (50.03, 8.57),
    "3c6445": (50.20, 8.90),
    "4ca7b3": (53.42, -6.27),
    "7c6b2d": (-33.95, 151.18),
}
"""Latitude and longitude, degrees; they fly east."""


def at(icao24: str, second: float) -> tuple[float, float]:
    latitude_deg, longitude_deg = FLIGHTS[icao24]
    return latitude_deg, longitude_deg + DEGREES_PER_S * second


def report(icao24: str, second: float, time_ms: int, **changes: Any) -> FlightPosition:
    latitude_deg, longitude_deg = at(icao24, second)
    fields = {
        "icao24": icao24,
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "ground_speed_mps": DEGREES_PER_S * 111_319.49 * math.cos(math.radians(latitude_deg)),
        "track_deg": 90.0,
        "vertical_rate_mps": 0.0,
        "position_time": time_ms,
        "last_contact": time_ms,
    }
    return position(**(fields | changes))


def world_xy(latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
    return longitude_deg / 360 + 0.5, 0.5 - math.atanh(math.sin(math.radians(latitude_deg))) / (2 * math.pi)


def tile_of(zoom: int, latitude_deg: float, longitude_deg: float) -> int:
    count = 1 << CLASSES[zoom].tile_zoom
    x, y = world_xy(latitude_deg, longitude_deg)
    return int(y * count) * count + int(x * count)


def around(zoom: int, latitude_deg: float, longitude_deg: float) -> list[int]:
    """Return the tile of a place and its neighbours."""
    count = 1 << CLASSES[zoom].tile_zoom
    row, column = divmod(tile_of(zoom, latitude_deg, longitude_deg), count)
    rows = range(max(0, row - 1), min(count, row + 2))
    return [one * count + (column + step) % count for one in rows for step in (-1, 0, 1)]


class Sky:
    """Flies the aircraft, one tick a second."""

    def __init__(self, running: RunningGateway) -> None:
        self.running = running
        self.second = 0

    async def tick(self, *icao24: str, **changes: Any) -> None:
        self.second += 1
        time_ms = self.running.clock.now_ms() + 1000
        heard = [report(one, self.second, time_ms, **changes) for one in icao24 or FLIGHTS]
        await self.running.tick(*heard)

    def check(self, viewer: TileViewer) -> None:
        """Compare what a viewer shows at the last tick of its class with where the aircraft were at that moment."""
        reader = viewer.view or viewer.world
        now_ms = self.running.clock.now_ms()
        tick_ms = now_ms // reader.interval_ms * reader.interval_ms
        second = self.second - (now_ms - tick_ms) / 1000
        units = 1 << reader.zoom.position_bits
        shown = viewer.shown(tick_ms)
        count = 1 << reader.zoom.tile_zoom
        for icao24 in FLIGHTS:
            x, y = world_xy(*at(icao24, second))
            if viewer.view is None or int(y * count) * count + int(x * count) in viewer.followed:
                shown_x, shown_y = shown.pop(icao24)
                assert math.hypot(shown_x - x, shown_y - y) * units <= TOLERANCE_UNITS + 1
        assert not shown
