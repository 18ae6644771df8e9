"""Connections of one address: how many are open, how many are made, and what becomes of the rest."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.http import bounds
from tests.gateway_server import WAIT_S, RunningGateway, running_gateway, until


async def test_a_client_that_ignores_refusals_is_not_answered_and_others_are() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_connects_per_address_per_s=3))
    async with running_gateway(settings) as running:
        connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0), force_close=True)
        async with aiohttp.ClientSession(connector=connector) as flooding:
            answers = []
            for _ in range(8):
                try:
                    await (await flooding.ws_connect(running.url + "/ws", protocols=("flights.v1",))).close()
                    answers.append(101)
                except aiohttp.WSServerHandshakeError as refused:
                    answers.append(refused.status)
                except aiohttp.ClientError:
                    answers.append(0)
            assert answers == [101] * 3 + [429] * 3 + [0] * 2
            assert running.metric("flights_http_cut_total", reason="flood") >= 2
            assert (await running.get("/health"))[0] == 200
            await running.clock.advance(1000)
            async with flooding.get(running.url + "/health") as response:
                assert response.status == 200


async def test_one_address_has_a_bounded_number_of_idle_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_OPEN_PER_ADDRESS", 3)
    settings = GatewaySettings(limits=LimitSettings(request_head_s=0.5))
    async with running_gateway(settings) as running:
        host, port = running.url.removeprefix("http://").split(":")
        options: dict[str, Any] = {"local_addr": ("127.0.0.2", 0)}
        opened = [await asyncio.open_connection(host, int(port), **options) for _ in range(3)]
        reader, writer = await asyncio.open_connection(host, int(port), **options)
        with suppress(ConnectionResetError):
            async with asyncio.timeout(WAIT_S):
                assert await reader.read() == b""
        assert running.metric("flights_http_cut_total", reason="too_many") == 1
        assert (await running.get("/health"))[0] == 200
        # A WebSocket counts no longer.
        async with running.connect(), running.connect(), running.connect(), running.connect():
            assert running.gateway.admission.connections == 4
        for _, one in [*opened, (reader, writer)]:
            one.close()
        await running.session.close()
        protocol: Any = running.server.config.http_protocol_class
        await until(lambda: protocol.open_of == {})


async def connects(running: RunningGateway, connections: int) -> int:
    """Return how many connections that send something that is no HTTP are answered."""
    host, port = running.url.removeprefix("http://").split(":")
    answered = 0
    for _ in range(connections):
        with suppress(ConnectionResetError):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(b"\x16\x03\x01\r\n\r\n")
            async with asyncio.timeout(WAIT_S):
                answered += (await reader.read()).startswith(b"HTTP/1.1 400 ")
            writer.close()
    return answered


@pytest.mark.parametrize(
    ("proxies", "answered"), [((), 7), (("127.0.0.0/8",), 10)], ids=["a client", "a trusted proxy"]
)
async def test_connections_that_make_no_request_count(proxies: tuple[str, ...], answered: int) -> None:
    limits = LimitSettings(max_connects_per_address_per_s=3, max_requests_per_address_per_s=4)
    async with running_gateway(GatewaySettings(trusted_proxies=proxies, limits=limits)) as running:
        assert await connects(running, 10) == answered
        await running.clock.advance(1000)
        assert await connects(running, 3) == 3


EVENTS = b"GET /api/v1/events HTTP/1.1\r\nHost: test\r\n\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nHost: test\r\n\r\n"


async def test_an_answer_ends_with_its_client_if_further_requests_wait_for_it() -> None:
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        for _ in range(3):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(EVENTS + HEALTH)
            await reader.readuntil(b"retry: ")
            writer.transport.abort()
        await until(lambda: running.metric("flights_events_closed_total", code="1005") == 3)
        assert running.gateway.admission.connections == 0


async def test_few_requests_wait_for_an_answer() -> None:
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(HEALTH * bounds.MAX_PIPELINED)
        for _ in range(bounds.MAX_PIPELINED):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            await reader.readuntil(b"}")
        writer.write(EVENTS + HEALTH * 1_000)
        with suppress(ConnectionResetError):
            async with asyncio.timeout(WAIT_S):
                await reader.read()
        writer.close()
        assert running.metric("flights_http_cut_total", reason="pipelined") == 1
        await until(lambda: running.gateway.admission.connections == 0)


async def test_no_websocket_begins_within_an_answer() -> None:
    upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: flights.v1\r\n\r\n"
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(EVENTS + b"GET /ws HTTP/1.1\r\nHost: test\r\n" + upgrade + key)
        answer = b""
        with suppress(ConnectionResetError):
            async with asyncio.timeout(WAIT_S):
                answer = await reader.read()
        writer.close()
        assert b"101 Switching" not in answer
        await until(lambda: running.gateway.admission.connections == 0)
