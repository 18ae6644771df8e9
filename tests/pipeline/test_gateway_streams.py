"""`flights.v2`: streams of the world and of views, through the real server."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest

from flighttracker.frame import read_header
from flighttracker.frame.layout import RATES
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.delivery import stream_channel
from flighttracker_gateway.delivery.region_shares import MAX_NEW_STREAMS, MAX_REGIONS_PER_USER
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import position
from tests.gateway_server import RunningGateway, Watcher, running_gateway, until

FRANKFURT: dict[str, Any] = {"icao24": "3c6444", "latitude_deg": 50.03, "longitude_deg": 8.57}
SYDNEY: dict[str, Any] = {"icao24": "7c6b2d", "latitude_deg": -33.95, "longitude_deg": 151.18}
GERMANY = [5.5, 47.0, 15.5, 55.0]
WIDENED = [5, 45, 20, 55]


async def both_fly(running: RunningGateway, second: int) -> None:
    time_ms = running.clock.now_ms() + 1000
    times = {"position_time": time_ms, "last_contact": time_ms}
    await running.tick(*[position(**at, **times) for at in moved(second)])


def moved(second: int) -> list[dict[str, Any]]:
    return [{**at, "longitude_deg": at["longitude_deg"] + 0.002 * second} for at in (FRANKFURT, SYDNEY)]


def seen(viewer: Watcher) -> set[str]:
    return {flight.icao24 for flight in viewer.picture.flights()}


async def test_a_stream_of_the_world_is_the_same_picture_in_fewer_bytes() -> None:
    async with running_gateway() as running:
        await both_fly(running, 0)
        async with running.connect(protocols=("flights.v2", "flights.v1")) as socket:
            assert socket.protocol == "flights.v2"
            viewer = Watcher(socket)
            assert (await viewer.text())["view"] is None
            for second in range(1, 6):
                (frame,) = await viewer.frames()
                assert read_header(frame).flags & RATES
                assert {*viewer.picture.flights()} == {*running.gateway.picture.flights()}
                await both_fly(running, second)


async def test_a_view_in_the_handshake_gets_only_its_region() -> None:
    async with running_gateway() as running:
        await both_fly(running, 0)
        bbox = ",".join(map(str, GERMANY))
        async with running.connect(protocols=("flights.v2",), query=f"?bbox={bbox}") as socket:
            viewer = Watcher(socket)
            assert (await viewer.text())["view"] == WIDENED
            await viewer.frames()
            await both_fly(running, 1)
            await viewer.frames()
            assert seen(viewer) == {"3c6444"}
            assert running.metric("flights_ws_streams") == 1


async def test_a_changed_view_gets_key_frames_of_its_region() -> None:
    async with running_gateway() as running:
        await both_fly(running, 0)
        async with running.connect(protocols=("flights.v2",)) as socket:
            viewer = Watcher(socket)
            await viewer.text()
            await viewer.frames()
            assert seen(viewer) == {"3c6444", "7c6b2d"}
            for bbox, answer, there in (
                (GERMANY, WIDENED, {"3c6444"}),
                ([150.0, -35.0, 152.0, -33.0], [150, -35, 152, -33], {"7c6b2d"}),
                ([-180, -90, 180, 90], None, {"3c6444", "7c6b2d"}),
                (None, None, {"3c6444", "7c6b2d"}),
            ):
                await running.clock.advance(1000)
                await socket.send_str(json.dumps({"type": "view", "bbox": bbox}))
                assert await viewer.text() == {"type": "view", "bbox": answer}
                if bbox is not None:
                    viewer.picture = Picture()
                    frames = await viewer.frames()
                    assert all(read_header(frame).is_key for frame in frames)
                await both_fly(running, 1)
                await viewer.frames()
                assert seen(viewer) == there
            assert running.metric("flights_ws_streams") == 1, "what nobody looks at is not encoded"
        await until(lambda: running.metric("flights_ws_streams") == 0)


async def test_a_view_that_cannot_be_answered_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_gateway() as running:
        await both_fly(running, 0)
        hub = running.gateway.hub
        asked = Mock(wraps=hub.available_region)
        monkeypatch.setattr(hub, "available_region", asked)
        async with running.connect(protocols=("flights.v2",)) as socket:
            viewer = Watcher(socket)
            await viewer.text()
            await viewer.frames()
            (known,) = hub
            protocol: Any = known.socket
            protocol.pause_writing()
            await socket.send_str(json.dumps({"type": "view", "bbox": GERMANY}))
            await until(lambda: asked.call_args.args == (tuple(WIDENED), "127.0.0.1"))
            protocol.resume_writing()
            await both_fly(running, 1)
            await viewer.frames()
            assert known.region is None
            assert seen(viewer) == {"3c6444", "7c6b2d"}


async def test_similar_views_share_a_stream() -> None:
    async with running_gateway() as running:
        await both_fly(running, 0)
        queries = ["?bbox=8.1,49.2,8.9,50.1", "?bbox=8.6,49.9,9.0,50.7", "?bbox=8.0,49.0,9.0,51.0"]
        sockets = [await running.connect(protocols=("flights.v2",), query=query) for query in queries]
        viewers = [Watcher(socket) for socket in sockets]
        assert [(await viewer.text())["view"] for viewer in viewers] == [[8, 49, 9, 51]] * 3
        assert running.metric("flights_ws_streams") == 1
        assert len({(await viewer.frames())[0] for viewer in viewers}) == 1
        assert running.metric("flights_ws_catch_ups_total", kind="key") == 1
        for socket in sockets:
            await socket.close()


async def test_beyond_the_limit_of_regions_views_get_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flighttracker_gateway.delivery.hub.MAX_STREAMS", 2)
    assert stream_channel.MAX_STREAMS == 64
    async with running_gateway() as running:
        await both_fly(running, 0)
        sockets, views = [], []
        for west in (0, 10, 20, 0):
            socket = await running.connect(protocols=("flights.v2",), query=f"?bbox={west},0,{west + 1},1")
            sockets.append(socket)
            views.append((await Watcher(socket).text())["view"])
        assert views == [[0, 0, 1, 1], [10, 0, 11, 1], None, [0, 0, 1, 1]]
        for socket in sockets:
            await socket.close()


async def test_beyond_the_limit_of_regions_a_changed_view_gets_the_world(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flighttracker_gateway.delivery.hub.MAX_STREAMS", 2)
    async with running_gateway() as running:
        await both_fly(running, 0)
        async with (
            running.connect(protocols=("flights.v2",), query="?bbox=0,0,1,1") as socket,
            running.connect(protocols=("flights.v2",), query="?bbox=10,0,11,1"),
        ):
            viewer = Watcher(socket)
            await viewer.text()
            await viewer.frames()
            await until(lambda: running.metric("flights_ws_streams") == 2)
            await socket.send_json({"type": "view", "bbox": [20, 0, 21, 1]})
            assert await viewer.text() == {"type": "view", "bbox": None}


async def test_one_client_has_its_part_of_the_regions_and_others_still_get_theirs() -> None:
    settings = GatewaySettings(trusted_proxies=("127.0.0.1",))
    async with running_gateway(settings) as running:
        await both_fly(running, 0)

        async def views(address: str, *wests: int) -> list[Any]:
            found = []
            for west in wests:
                await running.clock.advance(1000)
                options = {"query": f"?bbox={west},0,{west + 1},1", "headers": {"X-Forwarded-For": address}}
                socket = await running.connect(protocols=("flights.v2",), **options)
                sockets.append(socket)
                found.append((await Watcher(socket).text())["view"])
            return found

        sockets: list[aiohttp.ClientWebSocketResponse] = []
        assert None not in await views("2001:db8:1:1::1", *range(MAX_REGIONS_PER_USER))
        # Another address of the same /64 is the same client.
        assert await views("2001:db8:1:1::2", 20, 3) == [None, [3, 0, 4, 1]]
        assert await views("2001:db8:1:2::1", 20) == [[20, 0, 21, 1]]
        await sockets[0].close()
        await until(lambda: running.metric("flights_ws_streams") == MAX_REGIONS_PER_USER + 1)
        assert await views("2001:db8:1:1::1", 30) == [[30, 0, 31, 1]]
        for socket in sockets:
            await socket.close()
        await until(lambda: len(running.gateway.hub) == 0)
        assert running.gateway.hub._shares._regions == {}


async def test_a_client_that_starts_too_many_streams_gets_the_world() -> None:
    async with running_gateway() as running:
        await both_fly(running, 0)

        async def view(west: int) -> Any:
            query = f"?bbox={west},0,{west + 1},1"
            async with running.connect(protocols=("flights.v2",), query=query) as socket:
                shown = (await Watcher(socket).text())["view"]
            await until(lambda: len(running.gateway.hub) == 0)
            return shown

        shown = [await view(west) for west in range(MAX_NEW_STREAMS + 1)]
        assert shown.index(None) == MAX_NEW_STREAMS
        await running.clock.advance(1000)
        assert await view(50) == [50, 0, 51, 1]


async def test_a_viewer_of_a_stream_that_found_a_gap_gets_key_frames() -> None:
    async with running_gateway() as running:
        await both_fly(running, 0)
        async with running.connect(protocols=("flights.v2",)) as socket:
            viewer = Watcher(socket)
            await viewer.text()
            await viewer.frames()
            await both_fly(running, 1)
            await viewer.frames()
            await socket.send_str('{"type": "resync"}')
            assert [read_header(frame).is_key for frame in await viewer.frames()] == [True]


@pytest.mark.parametrize(
    ("protocol", "said", "code", "reason"),
    [
        ("flights.v1", {"type": "view", "bbox": GERMANY}, 4400, "a view needs the subprotocol flights.v2"),
        (
            "flights.v2",
            {"type": "view", "bbox": [0, 10, 1, 5]},
            4400,
            "bbox is '0,10,1,5'; its south, 10, is greater than its north, 5",
        ),
        (
            "flights.v2",
            {"type": "view", "bbox": [0, 0, 181, 1]},
            4400,
            "bbox is '0,0,181,1'; its east, 181, must be from -180 to 180",
        ),
        (
            "flights.v2",
            {"type": "view"},
            4400,
            "not a message of this protocol: Object missing required field `bbox`",
        ),
    ],
)
async def test_an_invalid_view_is_rejected_with_a_reason(
    protocol: str, said: dict[str, Any], code: int, reason: str
) -> None:
    async with running_gateway() as running, running.connect(protocols=(protocol,)) as socket:
        await socket.send_str(json.dumps(said))
        assert await Watcher(socket).closed() == (code, reason)


async def test_too_frequent_views_close_the_connection() -> None:
    async with running_gateway() as running, running.connect(protocols=("flights.v2",)) as socket:
        for west in range(3):
            await socket.send_str(json.dumps({"type": "view", "bbox": [west, 0, west + 1, 1]}))
        assert await Watcher(socket).closed() == (4429, "more than 2 views a second")
        await until(lambda: running.metric("flights_ws_streams") == 0)


@pytest.mark.parametrize(
    ("protocol", "query"), [("flights.v1", "?bbox=0,0,1,1"), ("flights.v2", "?bbox=0,0,1"), ("flights.v2", "?bbox=x")]
)
async def test_a_handshake_with_an_invalid_view_is_rejected(protocol: str, query: str) -> None:
    async with running_gateway() as running:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.connect(protocols=(protocol,), query=query)
        assert refused.value.status == 400
        assert running.metric("flights_ws_refused_total", reason="bbox") == 1


async def test_views_that_change_during_ticks_miss_nothing() -> None:
    async with running_gateway() as running:
        await both_fly(running, 0)

        async def watch(west: float) -> None:
            query = f"?bbox={west},47,{west + 10},55"
            async with running.connect(protocols=("flights.v2",), query=query) as socket:
                viewer = Watcher(socket)
                await viewer.text()
                for _ in range(4):
                    await viewer.frames()
                    assert all(outcome.value == "applied" for outcome in viewer.outcomes)
                    assert seen(viewer) == {"3c6444"}

        watching = [asyncio.create_task(watch(west)) for west in (1.0, 2.0, 5.0, 6.0, 8.0)]
        second = 1
        while not all(task.done() for task in watching):
            await both_fly(running, second)
            second += 1
            await asyncio.sleep(0.01)
        await asyncio.gather(*watching)
        await until(lambda: running.metric("flights_ws_streams") == 0)
