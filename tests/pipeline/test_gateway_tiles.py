"""`flights.v3`: the world and the tiles of a view, through the real server."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest

from flighttracker.tiles import CLASSES, decode_message, split_messages
from tests.gateway_server import running_gateway, until
from tests.tile_sky import FLIGHTS, V3, Sky, around
from tests.tile_viewer import TileViewer


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
        for _ in range(2):
            await sky.tick(baro_altitude_m=1_000.0)
        assert len({await viewer.binary() for viewer in viewers}) == 1
        await viewers[0].look(3, second)
        (message,) = split_messages(await viewers[0].binary())
        header, parts = decode_message(message)
        assert header.zoom == 3
        assert {part.tile for part in parts} == set(second) - set(first)
        assert all(part.is_key for part in parts)
        for _ in range(2):
            await sky.tick(baro_altitude_m=2_000.0)
        for viewer in viewers:
            await viewer.binary()
            sky.check(viewer)
        for socket in sockets:
            await socket.close()
        await until(lambda: running.metric("flights_ws_tiles") == 0)


async def test_each_tick_of_the_world_has_a_message_also_when_all_fly_as_predicted() -> None:
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        async with running.connect(**V3) as world, running.connect(**V3) as city:
            viewers = TileViewer(world), TileViewer(city)
            for viewer in viewers:
                await viewer.binary()
            await viewers[1].look(3, around(3, *FLIGHTS["3c6444"]))
            await viewers[1].binary()
            first = viewers[0].world.tiles[0]
            for second in range(1, 31):
                await sky.tick(on_ground=second >= 15)
                for viewer in viewers:
                    await viewer.everything()
                    assert viewer.world_tick == running.clock.now_ms() // 5_000
            for viewer in viewers:
                assert viewer.ticks_without_news > 3
                assert viewer.world.tiles[0] > first, "an update follows ticks without news"
                assert not viewer.must_resync


async def test_a_gateway_without_news_is_silent() -> None:
    async with running_gateway() as running:
        sky = Sky(running)
        await sky.tick()
        async with running.connect(**V3) as socket:
            viewer = TileViewer(socket)
            await viewer.binary()
            await running.clock.advance(30_000)
            await viewer.everything()
            assert viewer.ticks_without_news == 0, "nobody knows how the aircraft fly"
            await sky.tick()
            await viewer.everything()
            assert viewer.world_tick == running.clock.now_ms() // 5_000


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
            assert [row[0] for row in newest["flights"]] == [0x4CA7B3]
            for _ in range(3):
                await sky.tick()
                (row,) = (await viewer.text("exact"))["flights"]
                found = running.gateway.picture.find("4ca7b3")
                assert found is not None
                assert found.latitude_deg is not None
                assert found.longitude_deg is not None
                assert row[2:4] == [round(found.latitude_deg * 100_000), round(found.longitude_deg * 100_000)]
                assert row[1] == running.clock.now_ms()
                assert len(json.dumps(row)) < 90
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
