"""`flights.v3`: the world and the tiles of a view, through the real server."""

from __future__ import annotations

import asyncio
import json
import math
import random
from typing import Any

import pytest

from flighttracker.flight import FlightPosition
from flighttracker.tiles import CLASSES, decode_message, split_messages
from flighttracker_gateway.delivery.class_stream import TOLERANCE_UNITS
from tests.example_flights import position
from tests.gateway_server import RunningGateway, Watcher, running_gateway, until
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


async def test_the_world_comes_first_and_every_aircraft_stays_where_it_is() -> None:
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        async with running.connect(**V3 | {"protocols": ("flights.v3", "flights.v1")}) as socket:
            assert socket.protocol == "flights.v3"
            viewer = TileViewer(socket)
            (message,) = split_messages(await viewer.binary())
            header, (key,) = decode_message(message)
            assert viewer.texts[0]["type"] == "welcome"
            assert (header.zoom, key.tile, key.is_key) == (0, 0, True)
            for _ in range(30):
                await sky.tick()
                await viewer.everything()
                sky.check(viewer)
        await until(lambda: running.metric("flights_ws_tiles") == 0)


@pytest.mark.parametrize("zoom", range(1, len(CLASSES)))
async def test_a_view_is_exact_and_an_aircraft_that_crosses_its_tiles_never_disappears(zoom: int) -> None:
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        async with running.connect(**V3) as socket:
            viewer = TileViewer(socket)
            await viewer.binary()
            await viewer.look(zoom, around(zoom, *FLIGHTS["3c6444"]))
            await viewer.binary()
            for _ in range(40):
                sky.check(viewer)
                await sky.tick()
                await viewer.everything()
        assert not viewer.must_resync


async def test_viewers_of_the_same_tiles_get_the_same_bytes_and_only_new_tiles_have_keys() -> None:
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        first, second = around(3, *FLIGHTS["3c6444"]), around(3, 50.9, 9.9)
        assert set(first) & set(second)
        assert set(second) - set(first)
        sockets = [await running.connect(**V3) for _ in range(2)]
        viewers = [TileViewer(socket) for socket in sockets]
        for viewer in viewers:
            await viewer.binary()
            await viewer.look(3, first)
            await viewer.binary()
        assert running.metric("flights_ws_tiles") == 1 + len(first)
        await sky.tick(baro_altitude_m=1_000.0)
        assert len({await viewer.binary() for viewer in viewers}) == 1
        await viewers[0].look(3, second)
        (message,) = split_messages(await viewers[0].binary())
        header, parts = decode_message(message)
        assert header.zoom == 3
        assert {part.tile for part in parts} == set(second) - set(first)
        assert all(part.is_key for part in parts)
        await sky.tick(baro_altitude_m=2_000.0)
        for viewer in viewers:
            await viewer.binary()
            sky.check(viewer)
        for socket in sockets:
            await socket.close()
        await until(lambda: running.metric("flights_ws_tiles") == 0)


async def test_a_resync_brings_every_key() -> None:
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        async with running.connect(**V3) as socket:
            viewer = TileViewer(socket)
            await viewer.binary()
            await viewer.look(2, around(2, *FLIGHTS["4ca7b3"]))
            await viewer.binary()
            await socket.send_str('{"type": "resync"}')
            messages = [decode_message(message) for message in split_messages(await viewer.binary())]
            assert [(header.zoom, len(parts)) for header, parts in messages] == [(0, 1), (2, 9)]
            assert all(part.is_key for _, parts in messages for part in parts)


async def test_exact_aircraft_come_as_they_are_reported() -> None:
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        async with running.connect(**V3) as socket:
            viewer = TileViewer(socket)
            await viewer.binary()
            await viewer.look(0, [], ["4ca7b3", "000001"])
            newest = await viewer.text("exact")
            assert [flight["icao24"] for flight in newest["flights"]] == ["4ca7b3"]
            for _ in range(3):
                await sky.tick()
                (flight,) = (await viewer.text("exact"))["flights"]
                found = running.gateway.picture.find("4ca7b3")
                assert found is not None
                assert (flight["latitude_deg"], flight["longitude_deg"]) == (found.latitude_deg, found.longitude_deg)
                assert flight["position_time_ms"] == running.clock.now_ms()
            texts = len(viewer.texts)
            await sky.tick("3c6444")
            await viewer.look(0, [])
            await viewer.handled()
            await sky.tick()
            await viewer.everything()
            assert all(text["type"] != "exact" for text in viewer.texts[texts:]), "no report, or nobody wants it"


async def test_a_viewer_that_pans_zooms_and_reconnects_never_shows_a_hole_or_a_wrong_place() -> None:
    chance = random.Random(4)
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        viewer = TileViewer(await running.connect(**V3))
        await viewer.binary()
        for step in range(60):
            if step % 15 == 14:
                await viewer.socket.close()
                viewer = TileViewer(await running.connect(**V3))
                await viewer.binary()
            for _ in range(chance.randrange(1, 3)):
                zoom = chance.randrange(len(CLASSES))
                latitude_deg, longitude_deg = chance.choice([*FLIGHTS.values()])
                place = (latitude_deg + chance.gauss(0, 0.2), longitude_deg + chance.gauss(0, 0.2))
                await viewer.look(zoom, around(zoom, *place) if zoom else [])
            await sky.tick()
            await viewer.handled()
            await viewer.everything()
            sky.check(viewer)
            assert not viewer.must_resync
        await viewer.socket.close()


@pytest.mark.parametrize("behind_s", [3, 30])
async def test_a_viewer_that_was_behind_gets_what_it_missed(behind_s: int) -> None:
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        async with running.connect(**V3) as socket:
            viewer = TileViewer(socket)
            await viewer.binary()
            await viewer.look(3, around(3, *FLIGHTS["3c6444"]))
            await viewer.binary()
            (known,) = running.gateway.hub
            protocol: Any = known.socket
            protocol.pause_writing()
            for _ in range(behind_s):
                await sky.tick(baro_altitude_m=20.0 * sky.second)
            await viewer.look(3, around(3, *FLIGHTS["3c6445"]))
            await until(lambda: known.following.tiles == viewer.followed)
            protocol.resume_writing()
            await sky.tick()
            await viewer.everything()
            sky.check(viewer)
            assert not viewer.must_resync
            assert known.behind_since_ms is None


@pytest.mark.parametrize(
    ("protocol", "said", "code", "reason"),
    [
        ("flights.v1", {"class": 1, "tiles": [1]}, 4400, "tiles need the subprotocol flights.v3"),
        ("flights.v3", {"class": 1, "tiles": [256]}, 4400, "tile 256 is not one of class 1, 0 to 255"),
        (
            "flights.v3",
            {"class": 5, "tiles": [1]},
            4400,
            "at `$.class`",
        ),
        ("flights.v3", {"class": 1, "tiles": [-1]}, 4400, "Expected `int` >= 0 - at `$.tiles[0]`"),
        ("flights.v3", {"class": 1, "tiles": [1.5]}, 4400, "Expected `int`, got `float` - at `$.tiles[0]`"),
        ("flights.v3", {"class": 4, "tiles": [*range(65)]}, 4400, "Expected `array` of length <= 64 - at `$.tiles`"),
        ("flights.v3", {"class": 1, "tiles": [], "exact": ["4CA7B3"]}, 4400, "at `$.exact[0]`"),
        ("flights.v3", {"class": 1, "tiles": [], "exact": ["4ca7b3"] * 65}, 4400, "length <= 64 - at `$.exact`"),
        ("flights.v3", {"tiles": [1]}, 4400, "missing required field `class`"),
    ],
)
async def test_a_bad_set_of_tiles_closes_the_connection(
    protocol: str, said: dict[str, Any], code: int, reason: str
) -> None:
    async with running_gateway() as running, running.connect(protocols=(protocol,)) as socket:
        await socket.send_str(json.dumps({"type": "tiles", **said}))
        closed, why = await Watcher(socket).closed()
        assert closed == code
        assert reason in why
        await until(lambda: running.metric("flights_ws_tiles") == 0)


async def test_panning_at_60_hz_closes_the_connection() -> None:
    async with running_gateway() as running, running.connect(**V3) as socket:
        for tile in range(60):
            await socket.send_str(json.dumps({"type": "tiles", "class": 4, "tiles": [tile]}))
        closed, _ = await Watcher(socket).closed()
        assert closed == 4429
        await until(lambda: running.metric("flights_ws_tiles") == 0)


async def test_a_user_with_its_share_of_tiles_gets_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flighttracker_gateway.delivery.tile_shares.MAX_TILES_PER_USER", 9)
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        async with running.connect(**V3) as first, running.connect(**V3) as second:
            viewer, other = TileViewer(first), TileViewer(second)
            await viewer.binary()
            await viewer.look(4, around(4, *FLIGHTS["3c6444"]))
            await viewer.binary()
            await other.look(4, around(4, *FLIGHTS["7c6b2d"]))
            assert await other.text("tiles") == {"type": "tiles", "class": 0, "tiles": []}
            assert running.metric("flights_ws_tiles") == 10
            await first.close()
            await until(lambda: running.metric("flights_ws_tiles") == 1)
            await other.look(4, around(4, *FLIGHTS["7c6b2d"]))
            await other.binary()
            sky.check(other)


async def test_a_killed_gateway_is_replaced_by_one_of_another_epoch() -> None:
    async with running_gateway() as running, running_gateway() as replacement:
        skies = Sky(running), Sky(replacement)
        for sky in skies:
            await sky.tick()
        viewer = TileViewer(await running.connect(**V3))
        await viewer.binary()
        await viewer.look(3, around(3, *FLIGHTS["3c6444"]))
        await viewer.binary()
        protocol: Any = next(iter(running.gateway.hub)).socket
        protocol.transport.abort()
        await asyncio.sleep(0.05)
        viewer.socket = await replacement.connect(**V3)
        await viewer.binary()
        await viewer.look(3, around(3, *FLIGHTS["3c6444"]))
        await viewer.binary()
        for _ in range(5):
            await skies[1].tick()
            await viewer.everything()
            skies[1].check(viewer)
        assert not viewer.must_resync
        await viewer.socket.close()
