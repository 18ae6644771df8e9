"""`make bench-turns`: how long one request keeps everything else waiting, with 20,000 aircraft.

A gateway in this process answers each query once, with nothing in its cache. Beside it, a task notes the processor
time between two of its turns: the longest is what a tick, a probe or another client waits for. It prints a table, then
a line of JSON.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import time
from typing import Final

import aiohttp
from bench.views import box_around, tiles_in

from flighttracker.flight import FlightPosition
from flighttracker.tiles import CLASSES
from flighttracker_gateway.delivery.following import MAX_TILES
from tests.example_flights import position
from tests.gateway_server import RunningGateway, running_gateway

AIRCRAFT: Final = 20_000
SHARDS: Final = 4
RUNS: Final = 3
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RARE: Final = ",".join(map("".join, itertools.islice(itertools.product("QXZJK", repeat=4), 100)))
FREQUENT: Final = ",".join([*LETTERS, *map(str, range(10))])
QUERIES: Final = {
    "all flights": "flights",
    "all flights, GeoJSON": "flights?format=geojson",
    "three fields": "flights?fields=icao24,latitude_deg,longitude_deg",
    "one flight of 20,000": "flights?limit=1",
    "50 countries": "flights?limit=1&" + "&".join(f"country=Country+{number}" for number in range(50)),
    "search, 100 rare terms": f"flights?q={RARE}",
    "search, every letter": f"flights?limit=1&q={FREQUENT}",
    "stats": "stats",
    "events, every letter": f"events?fields=icao24&q={FREQUENT}",
    "events, all flights": "events?where=anywhere",
    "all names": "names",
    "names of 500": "names?icao24=" + ",".join(f"{number * 7_919_777 % 2**24:06x}" for number in range(500)),
}
TILES: Final = {f"64 tiles of class {zoom.number}": zoom.number for zoom in CLASSES[1:]}
"""Asked by a viewer that nobody else looks with."""
CLOSE: Final = 16
"""A zoom at which a view of a screen is a place."""


def fleet() -> list[FlightPosition]:
    return [
        position(
            icao24=f"{number * 7_919_777 % 2**24:06x}",
            callsign=f"DLH{number % 10_000}",
            registration=f"D-A{number:05d}",
            origin_country=f"Country {number % 200}",
            latitude_deg=number % 170 - 85,
        )
        for number in range(AIRCRAFT)
    ]


class Turns:
    """Notes the longest processor time between two turns of its own task."""

    def __init__(self) -> None:
        self.longest_ms = 0.0

    async def watch(self) -> None:
        while True:
            started_s = time.thread_time()
            await asyncio.sleep(0)
            self.longest_ms = max(self.longest_ms, (time.thread_time() - started_s) * 1000)


async def ask(running: RunningGateway, path: str) -> None:
    """Read an answer; of events, the snapshot."""
    async with running.session.get(f"{running.url}/api/v1/{path}", auto_decompress=False) as response:
        assert response.status == 200, await response.text()
        if path.startswith("events"):
            await running.gateway.events.round()
        else:
            async for _ in response.content.iter_any():
                pass


def dense_tiles(zoom: int) -> list[int]:
    """Return tiles of a class that have aircraft."""
    places = {(one.latitude_deg, one.longitude_deg) for one in fleet()}
    return sorted({tile for place in places for tile in tiles_in(box_around(*place, CLOSE), CLASSES[zoom])})[:MAX_TILES]


async def follow(running: RunningGateway, zoom: int, tiles: list[int]) -> None:
    """Join with `flights.v3`, and get the key parts of 64 tiles with aircraft."""
    async with running.connect(protocols=("flights.v3",)) as viewer:
        while (await viewer.receive()).type is not aiohttp.WSMsgType.BINARY:
            pass
        await viewer.send_json({"type": "tiles", "class": zoom, "tiles": tiles})
        while (await viewer.receive()).type is not aiohttp.WSMsgType.BINARY:
            pass


async def measure() -> dict[str, float]:
    """Return the longest turn of each query, the least of all runs."""
    longest: dict[str, float] = {}
    async with running_gateway(shards=SHARDS) as running:
        for shard in range(SHARDS):
            await running.tick(*fleet()[shard::SHARDS], shard=shard)
        gc.collect()
        gc.disable()  # a gateway freezes what it has, see `garbage`
        for name, path in QUERIES.items():
            for run in range(RUNS):
                await running.tick()  # nothing in the cache is valid any more
                turns = Turns()
                watching = asyncio.create_task(turns.watch())
                # A query of events lives on after its client, so each run needs one of its own.
                await ask(running, f"{path}&min_altitude_ft={run}" if path.startswith("events") else path)
                watching.cancel()
                longest[name] = min(longest.get(name, 1e9), round(turns.longest_ms, 1))
            print(f"{name:24} {longest[name]:6.1f} ms")
        for name, zoom in TILES.items():
            tiles = dense_tiles(zoom)
            for _ in range(RUNS):
                await running.tick()
                turns = Turns()
                watching = asyncio.create_task(turns.watch())
                await follow(running, zoom, tiles)
                watching.cancel()
                longest[name] = min(longest.get(name, 1e9), round(turns.longest_ms, 1))
            print(f"{name:24} {longest[name]:6.1f} ms")
    return longest


if __name__ == "__main__":
    figures = asyncio.run(measure())
    print(json.dumps({"longest_turn_ms": figures}))
