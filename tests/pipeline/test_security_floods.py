"""Floods from one client: frames of every kind, in segments of every size. All through real sockets."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.delivery.prepared import PreparedProtocol
from tests.example_flights import position
from tests.gateway_server import WAIT_S, RunningGateway, Watcher, running_gateway, until

MASK = bytes(4)
"""A mask of zeros leaves the payload unchanged."""

EMPTY_PING = b"\x89\x80" + MASK
EMPTY_PONG = b"\x8a\x80" + MASK
EMPTY_CONTINUATION = b"\x00\x80" + MASK
TEXT_BEGINS = b"\x01\x80" + MASK
LONGEST_PING = b"\x89\xfd" + MASK + bytes(125)
RESYNC = b'\x81\x91{mask}{"type": "resync"}'.replace(b"{mask}", MASK)
BYTE_OF_TEXT = b"\x00\x81" + MASK + b"x"

FLOODS: dict[str, tuple[bytes, bytes]] = {
    "empty pings": (b"", EMPTY_PING),
    "pings of 125 bytes": (b"", LONGEST_PING),
    "empty pongs": (b"", EMPTY_PONG),
    "empty fragments": (TEXT_BEGINS, EMPTY_CONTINUATION),
    "fragments of one byte": (TEXT_BEGINS, BYTE_OF_TEXT),
    "fragments with pings between them": (TEXT_BEGINS, EMPTY_CONTINUATION + EMPTY_PING),
    "empty texts": (b"", b"\x81\x80" + MASK),
}
"""Bytes that are sent once, and bytes that are repeated."""


@asynccontextmanager
async def raw_viewer(
    running: RunningGateway, subprotocol: str = "flights.v1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a WebSocket whose client sends nothing by itself."""
    host, port = running.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    writer.write(
        b"GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Protocol: " + subprotocol.encode() + b"\r\n\r\n"
    )
    try:
        async with asyncio.timeout(WAIT_S):
            assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        yield reader, writer
    finally:
        writer.transport.abort()


async def close_of(reader: asyncio.StreamReader) -> tuple[int, str]:
    """Skip the messages of the server; return code and reason of its close frame."""
    async with asyncio.timeout(WAIT_S):
        while True:
            opcode, length = await reader.readexactly(2)
            if length >= 126:
                length = int.from_bytes(await reader.readexactly({126: 2, 127: 8}[length]))
            payload = await reader.readexactly(length)
            if opcode == 0x88:
                return struct.unpack("!H", payload[:2])[0], payload[2:].decode()


def open_websockets(running: RunningGateway) -> int:
    """Return the number of WebSocket connections."""
    return sum(isinstance(connection, PreparedProtocol) for connection in running.server.server_state.connections)


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_of_frames_of_any_kind_closes_with_4429(flood: str) -> None:
    first, repeated = FLOODS[flood]
    async with running_gateway() as running, raw_viewer(running) as (reader, writer):
        writer.write(first + repeated * 1_000)
        assert await close_of(reader) == (4429, "more than 20 frames a second")
        await until(lambda: running.metric("flights_ws_client_errors_total", reason="too_many") == 1)
        assert running.metric("flights_ws_closed_total", code="4429") == 1
        # The client neither answers the close frame nor disconnects.
        await until(lambda: open_websockets(running) == 0)


@pytest.mark.parametrize("flood", FLOODS)
async def test_a_flood_of_one_client_does_not_delay_others(flood: str) -> None:
    first, repeated = FLOODS[flood]
    async with running_gateway() as running, running.connect() as honest, raw_viewer(running) as (_, writer):
        viewer = Watcher(honest)
        await viewer.text()
        # More than one read takes, and enough to keep a gateway busy for seconds.
        writer.write(first + repeated * (8_000_000 // len(repeated)))
        loop = asyncio.get_running_loop()
        slowest_s = 0.0
        for _ in range(20):
            await running.tick(position(position_time=running.clock.now_ms()))
            started_s = loop.time()
            await viewer.frames()
            slowest_s = max(slowest_s, loop.time() - started_s)
        assert slowest_s < 0.2
        await until(lambda: open_websockets(running) == 1)


async def test_bytes_one_by_one_count_as_reads() -> None:
    async with running_gateway() as running, raw_viewer(running) as (reader, writer):

        async def trickle() -> None:
            writer.write(b"\x81\xfe" + (4000).to_bytes(2) + MASK)
            for _ in range(4000):
                writer.write(b"x")
                await asyncio.sleep(0.0002)

        trickling = asyncio.create_task(trickle())
        assert await close_of(reader) == (4429, "more than 25600 bytes a second")
        trickling.cancel()


async def test_a_client_within_its_limits_stays() -> None:
    limits = LimitSettings(max_messages_per_s=1000.0, max_message_bytes=1024)
    async with running_gateway(GatewaySettings(limits=limits)) as running, raw_viewer(running) as (reader, writer):
        # Half a second of pings, of pongs, and of messages in fragments.
        for frame in (EMPTY_PING, LONGEST_PING, EMPTY_PONG):
            writer.write(frame * 500)
        writer.write((b"\x01\x86" + MASK + b'{"type' + b"\x80\x8b" + MASK + b'":"resync"}') * 3)
        await asyncio.sleep(0.3)
        writer.write(b"\x88\x82" + MASK + (1000).to_bytes(2))
        assert await close_of(reader) == (1000, "")


async def test_frames_before_the_handshake_is_answered_count() -> None:
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        gate = asyncio.Event()
        handle = running.gateway.gate.handle

        async def handle_later(*arguments: object) -> None:
            await gate.wait()
            await handle(*arguments)  # type: ignore[arg-type]

        running.gateway.gate.handle = handle_later  # type: ignore[assignment]
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Protocol: flights.v1\r\n\r\n"
        )
        await until(lambda: open_websockets(running) == 1)
        writer.write(EMPTY_PING * 1_000)
        async with asyncio.timeout(WAIT_S):
            assert await reader.read(-1) == b""
        gate.set()
        await until(lambda: not running.server.server_state.tasks)
        writer.close()


@pytest.mark.parametrize(
    "header", [b"X-Long: " + b"x" * 9_000 + b"\r\n", b"X-Many: x\r\n" * 200], ids=["a long header", "many headers"]
)
async def test_an_upgrade_whose_head_the_library_rejects_is_answered_and_closed(header: bytes) -> None:
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + header + b"\r\n"
        )
        async with asyncio.timeout(WAIT_S):
            assert (await reader.read(-1)).startswith(b"HTTP/1.1 431 ")
        await until(lambda: open_websockets(running) == 0)
        writer.close()
