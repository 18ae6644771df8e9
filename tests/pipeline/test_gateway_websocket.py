"""`/ws` as clients see it: the protocol of `frame.md`, through the real server."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from flighttracker.frame import read_header
from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.picture.picture import Outcome
from tests.example_flights import position
from tests.gateway_server import EPOCH, WAIT_S, Watcher, running_gateway, until


async def test_a_viewer_gets_welcome_then_the_whole_picture_then_every_tick() -> None:
    async with running_gateway() as running:
        await running.tick(position())
        async with running.connect() as socket:
            viewer = Watcher(socket)
            welcome = await viewer.text()
            assert (welcome["type"], welcome["tracker"], welcome["shards"]) == ("welcome", "local", 1)
            assert welcome["tick_interval_ms"] == 1000
            assert [read_header(frame).is_key for frame in await viewer.frames()] == [True]
            sent = await running.tick(position(latitude_deg=51.0, position_time=running.clock.now_ms()))
            assert await viewer.frames() == [sent]
            assert viewer.outcomes == [Outcome.APPLIED]
            shown = viewer.picture.find("3c6444")
            assert shown is not None
            assert shown.latitude_deg == 51.0


async def test_one_tick_is_one_message_whatever_the_number_of_shards() -> None:
    async with running_gateway(shards=3) as running:
        for shard in range(3):
            await running.tick(position(icao24=f"00000{shard}"), shard=shard)
        async with running.connect() as socket:
            viewer = Watcher(socket)
            assert (await viewer.text())["type"] == "welcome"
            assert [read_header(frame).shard for frame in await viewer.frames()] == [0, 1, 2]
            assert len(viewer.picture) == 3


async def test_a_client_that_asks_for_json_by_name_gets_it() -> None:
    async with running_gateway() as running:
        await running.tick(position(), position(icao24="000001"))
        async with running.connect(protocols=("unknown", "flights.v1.json")) as socket:
            viewer = Watcher(socket)
            assert socket.protocol == "flights.v1.json"
            assert (await viewer.text())["type"] == "welcome"
            (key,) = (await viewer.text())["frames"]
            assert (key["kind"], key["shard"], key["epoch"], key["removed"]) == ("key", 0, EPOCH, [])
            assert {flight["icao24"] for flight in key["flights"]} == {"3c6444", "000001"}
            now_ms = running.clock.now_ms()
            await running.tick(position(latitude_deg=51.0, position_time=now_ms, last_contact=now_ms))
            (delta,) = (await viewer.text())["frames"]
            assert (delta["kind"], delta["sequence"]) == ("delta", key["sequence"] + 1)
            assert [(flight["icao24"], flight["latitude_deg"]) for flight in delta["flights"]] == [("3c6444", 51.0)]
            for _ in range(61):
                await running.tick(position(position_time=running.clock.now_ms()))
            removed: list[str] = []
            while not removed:
                (delta,) = (await viewer.text())["frames"]
                removed = delta["removed"]
            assert removed == ["000001"]


async def test_a_returning_viewer_gets_only_the_deltas_that_it_missed() -> None:
    async with running_gateway() as running:
        await running.tick(*[position(icao24=f"{number:06x}") for number in range(500)])
        async with running.connect() as socket:
            viewer = Watcher(socket)
            await viewer.text()
            had = read_header((await viewer.frames())[0])
        missed = [await running.tick(position(position_time=running.clock.now_ms())) for _ in range(3)]
        since = f"?since={had.shard}.{had.epoch}.{had.sequence}"
        async with running.connect(query=since) as socket:
            returned = Watcher(socket)
            returned.picture = viewer.picture
            await returned.text()
            assert await returned.frames() == missed
            assert returned.outcomes == [Outcome.APPLIED] * 3


@pytest.mark.parametrize("since", ["0.4.0", "0.5.999", "7.1.1"])
async def test_a_viewer_with_a_useless_cursor_gets_key_frames(since: str) -> None:
    async with running_gateway() as running:
        await running.tick(position())
        async with running.connect(query=f"?since={since}") as socket:
            viewer = Watcher(socket)
            await viewer.text()
            sent = await running.tick(position(icao24="000001"))
            seen: list[bytes] = []
            while sent not in seen:
                seen += await viewer.frames()
            # Who claims to have frames of the future gets deltas, which it can check itself; all others a key frame.
            assert read_header(seen[0]).is_key == (since != "0.5.999")


async def test_resync_answers_with_key_frames() -> None:
    async with running_gateway() as running:
        await running.tick(position())
        async with running.connect() as socket:
            viewer = Watcher(socket)
            await viewer.text()
            first = await viewer.frames()
            await socket.send_str('{"type": "resync"}')
            assert await viewer.frames() == first


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("hello", "not a message of this protocol: JSON is malformed: invalid character (byte 0)"),
        ('{"type": "attack"}', "not a message of this protocol: Invalid value 'attack' - at `$.type`"),
        ("[]", "not a message of this protocol: Expected `object`, got `array`"),
        (
            '{"type": "resync", "x": ' + "[" * 2_000 + "]" * 2_000 + "}",
            "not a message of this protocol: maximum recursion depth exceeded while deserializing an object",
        ),
    ],
    ids=["no JSON", "unknown", "a list", "too deep"],
)
async def test_garbage_closes_with_4400_and_says_why(said: str, reason: str) -> None:
    async with running_gateway() as running, running.connect() as socket:
        await socket.send_str(said)
        assert await Watcher(socket).closed() == (4400, reason)
        assert running.metric("flights_ws_client_errors_total", reason="garbage") == 1


async def test_binary_closes_with_1003() -> None:
    async with running_gateway() as running, running.connect() as socket:
        await socket.send_bytes(b"\x00")
        assert (await Watcher(socket).closed())[0] == 1003
        await until(lambda: running.metric("flights_ws_client_errors_total", reason="binary") == 1)


async def test_text_that_is_not_utf8_closes_with_1007() -> None:
    async with running_gateway() as running, running.connect() as socket:
        await socket.send_frame(b'{"type": "\xff"}', aiohttp.WSMsgType.TEXT)
        assert (await Watcher(socket).closed())[0] == 1007
        await until(lambda: running.metric("flights_ws_client_errors_total", reason="not_utf8") == 1)


async def test_a_message_of_16_mb_closes_with_1009_and_is_not_kept() -> None:
    async with running_gateway() as running, running.connect() as socket:
        sending = asyncio.create_task(socket.send_str("x" * 16 * 1024 * 1024))
        assert (await Watcher(socket).closed())[0] == 1009
        await asyncio.gather(sending, return_exceptions=True)
        await until(lambda: running.metric("flights_ws_client_errors_total", reason="too_long") == 1)


async def test_too_many_messages_close_with_4429() -> None:
    async with running_gateway() as running, running.connect() as socket:
        for _ in range(6):
            await socket.send_str('{"type": "token", "token": ""}')
        assert await Watcher(socket).closed() == (4429, "more than 5 messages a second")
        assert running.metric("flights_ws_client_errors_total", reason="too_many") == 1


@pytest.mark.parametrize("subprotocol", ["flights.v1", "flights.v3", "flights.v1.json"])
async def test_a_client_gets_key_frames_as_often_as_the_page_asks_and_no_more(subprotocol: str) -> None:
    async with running_gateway() as running, running.connect(protocols=(subprotocol,)) as socket:
        viewer = Watcher(socket)
        await viewer.text()
        await running.tick(position())
        await socket.receive()
        for _ in range(5):
            await running.clock.advance(5_000)
            await socket.send_str('{"type": "resync"}')
            await socket.receive()
        for _ in range(3):
            await socket.send_str('{"type": "resync"}')
        assert await viewer.closed() == (4429, "more than 3 resyncs, and one every 5 s")
        await until(lambda: running.metric("flights_ws_client_errors_total", reason="too_many") == 1)


async def test_a_state_message_is_sent_when_the_state_changes() -> None:
    async with running_gateway() as running:
        await running.tick(position())
        async with running.connect() as socket:
            viewer = Watcher(socket)
            await viewer.text()
            await viewer.frames()
            await running.gateway.presence.update()
            await running.tick()
            await viewer.frames()
            state = await viewer.text()
            assert (state["type"], state["viewers"], state["stale_shards"]) == ("state", 1, [])
            # The operator and KEDA read these.
            assert (running.metric("flights_viewers"), running.metric("flights_aircraft")) == (1, 1)
            await running.clock.advance(3_001)
            await running.gateway.presence.update()
            assert (await viewer.text())["stale_shards"] == [0]
            assert running.metric("flights_stale_shards") == 1
            await running.gateway.presence.update()
            await running.tick()
            await viewer.frames()
            await running.gateway.presence.update()
            assert (await viewer.text())["stale_shards"] == []


async def test_a_new_viewer_gets_the_state_with_the_present_time() -> None:
    async with running_gateway() as running:
        await running.tick(position())
        async with running.connect() as first:
            await running.gateway.presence.update()
            await running.tick()
            await running.clock.advance(38_000)
            async with running.connect() as second:
                viewer = Watcher(second)
                welcome = await viewer.text()
                assert welcome["server_time_ms"] == running.clock.now_ms()
                await viewer.frames()
                state = await viewer.text()
                assert (state["type"], state["server_time_ms"]) == ("state", running.clock.now_ms())
            await first.close()


async def test_a_storm_of_200_connections_leaves_none_behind() -> None:
    async def come_and_go(number: int) -> None:
        socket = await running.connect()
        if number % 2:
            await socket.receive()
            await socket.close()
        else:
            # Gone without a word, as when a laptop is shut.
            transport = socket._response.connection.transport
            transport.abort()

    settings = GatewaySettings(limits=LimitSettings(max_connects_per_address_per_s=800))
    async with running_gateway(settings) as running:
        await running.tick(position())
        async with asyncio.timeout(WAIT_S):
            await asyncio.gather(*[come_and_go(number) for number in range(200)])
        await until(lambda: running.gateway.admission.connections == 0)
        assert len(running.gateway.hub) == 0
        assert running.metric("flights_ws_connections") == 0
        await until(lambda: not running.server.server_state.tasks)


async def test_draining_rejects_new_connections_and_tells_viewers_to_reconnect() -> None:
    async with running_gateway() as running, running.connect() as socket:
        running.gateway.admission.is_draining = True
        assert (await running.get("/ready"))[0] == 503
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.connect()
        assert refused.value.status == 503
        draining = asyncio.create_task(running.gateway.hub.drain(0.0))
        viewer = Watcher(socket)
        assert (await viewer.text())["type"] == "welcome"
        hint = await viewer.text()
        assert hint["type"] == "restart"
        assert 0 <= hint["reconnect_after_ms"] < 2_000
        code, reason = await viewer.closed()
        assert (code, reason) == (1012, "the gateway restarts, connect again")
        await until(lambda: running.clock.sleepers == 1)
        await running.clock.advance(1000)
        await draining


async def test_fragments_together_may_not_exceed_the_limit() -> None:
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Protocol: flights.v1\r\n\r\n"
        )
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        # Text fragments of 1,000 bytes, masked with zeros, none of them the last.
        for opcode in (0x01, *[0x00] * 4):
            writer.write(bytes([opcode, 0x80 | 126]) + (1000).to_bytes(2, "big") + bytes(4) + b"x" * 1000)
        async with asyncio.timeout(WAIT_S):
            received = await reader.read(-1)
        welcome, close = received[: received.index(b"\x88")], received[received.index(b"\x88") :]
        assert json.loads(welcome[welcome.index(b"{") :])["type"] == "welcome"
        assert int.from_bytes(close[2:4], "big") == 1009
        writer.close()
        await until(lambda: running.gateway.admission.connections == 0)
