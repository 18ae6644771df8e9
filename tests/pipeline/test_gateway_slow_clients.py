"""A slow client costs the others nothing and the gateway a bounded amount of memory. On uvloop, as in production."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import psutil
import uvloop

from flighttracker.flight import FlightPosition
from flighttracker.frame import read_header, split_frames
from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.picture.cursor import RECENT_TICKS
from flighttracker_gateway.picture.picture import Outcome, Picture
from tests.example_flights import position
from tests.gateway_server import WAIT_S, RunningGateway, Watcher, running_gateway, synthetic_frame, until

FRAME_BYTES = 200_000
MOST_TICKS = 400
"""More bytes than the kernel buffers for one loopback connection."""

STUCK_TICKS = 30
"""Consecutive ticks that cannot be written: then the kernel's growing buffers are full, too."""


def on_uvloop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run a test on uvloop, whose transports buffer in their own way."""

    @functools.wraps(test)
    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(test())

    return run


async def broadcast_until_stuck(running: RunningGateway, clients: int) -> int:
    """Broadcast large frames until all buffers of clients that do not read are full; return the last sequence."""
    stuck_for = 0
    for sequence in range(1, MOST_TICKS):
        await running.gateway.hub.broadcast([synthetic_frame(sequence, FRAME_BYTES)])
        # Lets the kernel and the clients' sockets take what they will take.
        await asyncio.sleep(0.001)
        stuck_for = stuck_for + 1 if running.metric("flights_ws_slow_clients") == clients else 0
        if stuck_for == STUCK_TICKS:
            return sequence
    raise AssertionError("no client became slow")


async def sequences(socket: aiohttp.ClientWebSocketResponse, until_sequence: int) -> list[list[int]]:
    """Return the sequences in each binary message, up to the one with `until_sequence`."""
    messages: list[list[int]] = []
    async with asyncio.timeout(WAIT_S):
        while not messages or messages[-1][-1] < until_sequence:
            message = await socket.receive()
            if message.type is aiohttp.WSMsgType.BINARY:
                messages.append([read_header(frame).sequence for frame in split_frames(message.data)])
    return messages


@on_uvloop
async def test_a_slow_client_gets_what_it_missed_as_one_message_and_the_others_every_tick() -> None:
    async with running_gateway() as running, running.connect() as slow, running.connect() as quick:
        reading = asyncio.create_task(sequences(quick, MOST_TICKS))
        last = await broadcast_until_stuck(running, 1)
        for sequence in range(last + 1, last + 11):
            await running.gateway.hub.broadcast([synthetic_frame(sequence, FRAME_BYTES)])
        slow_reading = asyncio.create_task(sequences(slow, last + 11))
        viewer = next(iter(running.gateway.hub._slow))
        await until(lambda: viewer.socket.is_writable)
        await running.gateway.hub.broadcast([synthetic_frame(last + 11, FRAME_BYTES)])
        messages = await slow_reading
        assert [sequence for message in messages for sequence in message] == list(range(1, last + 12))
        assert len(messages[-1]) > STUCK_TICKS + 10
        assert running.metric("flights_ws_slow_clients") == 0
        await running.gateway.hub.broadcast([synthetic_frame(MOST_TICKS, FRAME_BYTES)])
        quick_messages = await reading
        assert quick_messages == [[sequence] for sequence in range(1, last + 12)] + [[MOST_TICKS]]


@on_uvloop
async def test_a_client_that_missed_more_than_is_stored_ends_with_the_same_picture() -> None:
    async with running_gateway() as running, running.connect() as slow:
        await running.tick(*[position(icao24=f"{number * 7919:06x}") for number in range(500)])
        await broadcast_until_stuck(running, 1)
        viewer = next(iter(running.gateway.hub._slow))
        for number in range(RECENT_TICKS + 1):
            await running.tick(position(latitude_deg=number / 10, position_time=running.clock.now_ms()))
        last = running.gateway.picture.shards[0].sequence + 1
        reading = asyncio.create_task(picture_at(slow, last))
        await until(lambda: viewer.socket.is_writable)
        await running.tick()
        assert sorted((await reading).flights(), key=_address) == sorted(
            running.gateway.picture.flights(), key=_address
        )


def _address(flight: FlightPosition) -> str:
    return flight.icao24


async def picture_at(socket: aiohttp.ClientWebSocketResponse, sequence: int) -> Picture:
    """Apply the frames of shard 0 up to a sequence; fails if one cannot be applied."""
    picture = Picture()
    async with asyncio.timeout(WAIT_S):
        while 0 not in picture.shards or picture.shards[0].sequence < sequence:
            message = await socket.receive()
            for frame in split_frames(message.data) if message.type is aiohttp.WSMsgType.BINARY else ():
                if read_header(frame).shard == 0:
                    assert picture.apply(frame) is not Outcome.GAP
    return picture


@on_uvloop
async def test_a_client_that_never_reads_is_closed_and_its_memory_is_bounded() -> None:
    clients = 20
    settings = GatewaySettings(limits=LimitSettings(slow_client_s=30.0))
    process = psutil.Process()
    async with running_gateway(settings) as running:
        sockets: list[Any] = [await running.connect() for _ in range(clients)]
        last = await broadcast_until_stuck(running, clients)
        before_bytes = process.memory_info().rss
        for sequence in range(last + 1, last + 201):
            await running.gateway.hub.broadcast([synthetic_frame(sequence, FRAME_BYTES)])
        # A queue for each client would hold 800 MB now.
        assert process.memory_info().rss - before_bytes < 50_000_000
        await running.clock.advance(29_999)
        await running.gateway.presence.update()
        assert len(running.gateway.hub) == clients
        await running.clock.advance(1)
        await running.gateway.presence.update()
        await until(lambda: running.gateway.admission.connections == 0)
        assert running.metric("flights_ws_closed_total", code="4408") == clients
        assert running.metric("flights_ws_slow_clients") == 0
        # The sockets go although nobody reads the close frames.
        await until(lambda: len(running.server.server_state.connections) == 0)
        for socket in sockets:
            await socket.close()


@on_uvloop
async def test_a_slow_client_that_reads_again_learns_why_it_was_closed() -> None:
    settings = GatewaySettings(limits=LimitSettings(slow_client_s=5.0))
    async with running_gateway(settings) as running, running.connect() as slow:
        await broadcast_until_stuck(running, 1)
        await running.clock.advance(5_000)
        await running.gateway.presence.update()
        assert await Watcher(slow).closed() == (4408, "behind for more than 5 s")


@on_uvloop
async def test_a_client_that_neither_reads_nor_answers_pings_is_closed() -> None:
    settings = GatewaySettings(limits=LimitSettings(ping_interval_s=0.2, ping_timeout_s=0.2))
    async with running_gateway(settings) as running, running.connect() as slow:
        await broadcast_until_stuck(running, 1)
        await until(lambda: running.gateway.admission.connections == 0)
        await until(lambda: len(running.server.server_state.connections) == 0)
        assert running.metric("flights_ws_closed_total", code="1011") == 1
        await slow.close()


@on_uvloop
async def test_unsent_bytes_of_a_socket_are_bounded_by_the_settings() -> None:
    settings = GatewaySettings(limits=LimitSettings(write_buffer_bytes=16_384))
    async with running_gateway(settings) as running, running.connect():
        await until(lambda: len(running.gateway.hub) == 1)
        (viewer,) = running.gateway.hub
        running.gateway.hub.leave(viewer)
        transport = viewer.socket.transport  # type: ignore[attr-defined]
        assert transport.get_write_buffer_limits()[1] == 16_384
        kernel = transport.get_extra_info("socket")
        assert kernel.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == 16_384


@on_uvloop
async def test_the_kernel_buffers_few_ticks_for_a_client_that_does_not_read() -> None:
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Protocol: flights.v1\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        async with asyncio.timeout(WAIT_S):
            assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        await until(lambda: len(running.gateway.hub) == 1)
        sequence = 0
        while running.metric("flights_ws_slow_clients") == 0:
            sequence += 1
            await running.gateway.hub.broadcast([synthetic_frame(sequence, 50_000)])
            await asyncio.sleep(0.001)
        # What the client's own kernel takes before it stops is not ours to bound.
        assert sequence <= 12, "seconds that a viewer may be behind before it is known"
        writer.transport.abort()
