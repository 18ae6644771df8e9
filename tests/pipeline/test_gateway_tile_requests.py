"""Sets of tiles that a gateway rejects, and those that are too many for one user, through the real server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway_server import Watcher, running_gateway, until
from tests.tile_sky import FLIGHTS, V3, Sky, around
from tests.tile_viewer import TileViewer


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
