"""What one client can take from the others: connections, time, bytes, with a false address. Through real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.http.bounds import BoundedHttp
from tests.example_flights import position
from tests.gateway_server import WAIT_S, RunningGateway, Watcher, running_gateway, until
from tests.token_issuer import bearer, secret_settings, token

GET = b"GET /health HTTP/1.1\r\nHost: test\r\n"


@asynccontextmanager
async def raw(running: RunningGateway) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Open a connection that sends nothing by itself."""
    host, port = running.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()


async def everything(reader: asyncio.StreamReader) -> bytes:
    """Return the bytes until the gateway closes the connection."""
    async with asyncio.timeout(WAIT_S):
        try:
            return await reader.read(-1)
        except ConnectionResetError:
            return b"reset"


def open_http(running: RunningGateway) -> int:
    """Return the number of HTTP connections."""
    return sum(isinstance(connection, BoundedHttp) for connection in running.server.server_state.connections)


async def test_connections_of_one_user_are_limited_and_others_still_connect(tmp_path: Path) -> None:
    limits = LimitSettings(max_connections_per_user=2)
    settings = GatewaySettings(auth=secret_settings(tmp_path), limits=limits)
    async with running_gateway(settings) as running:
        own = bearer(token())
        async with running.connect(headers=own), running.connect(headers=own) as second:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                # Another token of the same person is the same person.
                await running.connect(headers=bearer(token(jti="token-2")))
            assert refused.value.status == 429
            assert running.metric("flights_ws_refused_total", reason="max_connections_per_user") == 1
            async with running.connect(headers=bearer(token(sub="bert"))) as other:
                assert (await Watcher(other).text())["type"] == "welcome"
            await second.close()
            await until(lambda: running.gateway.admission.connections == 1)
            async with running.connect(headers=own) as third:
                assert (await Watcher(third).text())["type"] == "welcome"
        await until(lambda: running.gateway.admission.connections == 0)
        assert running.gateway.admission._of_user == {}


@pytest.mark.parametrize(
    ("trusted", "lies", "let_in"),
    [
        ((), ["1.1.1.1", "2.2.2.2"], 1),
        (("127.0.0.0/8",), ["1.1.1.1", "2.2.2.2"], 2),
        (("127.0.0.0/8",), ["1.1.1.1", "9.9.9.9, 1.1.1.1"], 1),
        (("10.0.0.0/8",), ["1.1.1.1", "2.2.2.2"], 1),
    ],
    ids=["nobody is trusted", "the proxy is", "only its own entry is", "another one is"],
)
async def test_only_a_trusted_proxy_determines_the_clients_address(
    trusted: tuple[str, ...], lies: list[str], let_in: int
) -> None:
    settings = GatewaySettings(trusted_proxies=trusted, limits=LimitSettings(max_connections_per_user=1))
    async with running_gateway(settings) as running:
        opened = []
        for address in lies:
            try:
                opened.append(await running.connect(headers={"X-Forwarded-For": address}))
            except aiohttp.WSServerHandshakeError:
                continue
        assert len(opened) == let_in
        for viewer in opened:
            await viewer.close()


async def test_the_environment_cannot_make_a_proxy_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    settings = GatewaySettings(limits=LimitSettings(max_connections_per_user=1))
    async with running_gateway(settings) as running, running.connect(headers={"X-Forwarded-For": "1.1.1.1"}):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await running.connect(headers={"X-Forwarded-For": "2.2.2.2"})


@pytest.mark.parametrize("said", [b"", b"\r\n", GET, GET + b"X-Slow: "], ids=["nothing", "line end", "head", "header"])
async def test_an_unfinished_request_is_closed(said: bytes) -> None:
    settings = GatewaySettings(limits=LimitSettings(request_head_s=0.2))
    async with running_gateway(settings) as running, raw(running) as (reader, writer):
        writer.write(said)
        assert (await everything(reader)).startswith(b"HTTP/1.1 408 ")
        assert running.metric("flights_http_cut_total", reason="head_too_slow") == 1
        await until(lambda: open_http(running) == 0)


async def test_slow_headers_do_not_extend_the_timeout() -> None:
    settings = GatewaySettings(limits=LimitSettings(request_head_s=0.3))
    async with running_gateway(settings) as running, raw(running) as (reader, writer):

        async def trickle() -> None:
            writer.write(GET)
            while True:
                writer.write(b"X-A: b\r\n")
                await asyncio.sleep(0.01)

        trickling = asyncio.create_task(trickle())
        assert (await everything(reader)).startswith((b"HTTP/1.1 408 ", b"reset"))
        trickling.cancel()
        await until(lambda: open_http(running) == 0)


async def test_line_ends_between_requests_do_not_keep_a_connection() -> None:
    settings = GatewaySettings(limits=LimitSettings(request_head_s=0.3))
    async with running_gateway(settings) as running, raw(running) as (reader, writer):
        writer.write(GET + b"\r\n")
        async with asyncio.timeout(WAIT_S):
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\r\n")
        assert b"HTTP/1.1 408 " in await everything(reader)


async def test_a_finished_request_leaves_time_for_the_next() -> None:
    settings = GatewaySettings(limits=LimitSettings(request_head_s=0.5, answer_s=0.5))
    async with running_gateway(settings) as running, raw(running) as (reader, writer):
        for _ in range(8):
            writer.write(GET + b"\r\n")
            async with asyncio.timeout(WAIT_S):
                assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
                await reader.readuntil(b"}")
            await asyncio.sleep(0.1)
        assert running.metric("flights_http_cut_total", reason="head_too_slow") == 0
        assert running.metric("flights_http_cut_total", reason="answer_too_slow") == 0


async def test_pipelined_requests_are_all_answered() -> None:
    async with running_gateway() as running, raw(running) as (reader, writer):
        writer.write((GET + b"\r\n") * 5 + GET + b"Connection: close\r\n\r\n")
        assert (await everything(reader)).count(b"HTTP/1.1 200 ") == 6


@pytest.mark.parametrize("ends", [True, False], ids=["complete", "endless"])
async def test_a_head_of_any_length_is_refused(ends: bool) -> None:
    async with running_gateway() as running, raw(running) as (reader, writer):
        writer.write(GET + b"X-Long: " + b"x" * 20_000 + (b"\r\n\r\n" if ends else b""))
        assert (await everything(reader)).startswith((b"HTTP/1.1 431 ", b"reset"))
        await until(lambda: open_http(running) == 0)


async def test_a_long_url_is_refused() -> None:
    async with running_gateway() as running, raw(running) as (reader, writer):
        writer.write(b"GET /health?" + b"x" * 16_500 + b" HTTP/1.1\r\n\r\n")
        assert (await everything(reader)).startswith((b"HTTP/1.1 431 ", b"reset"))


@pytest.mark.parametrize(
    "header", [b"Content-Length: 999999999\r\n", b"Content-Length: 16385\r\n", b"Transfer-Encoding: chunked\r\n"]
)
async def test_a_body_is_refused_before_it_is_read(header: bytes) -> None:
    async with running_gateway() as running, raw(running) as (reader, writer):
        writer.write(b"PUT /api/v1/revocations/a HTTP/1.1\r\nHost: test\r\n" + header + b"\r\n")
        assert (await everything(reader)).startswith(b"HTTP/1.1 413 ")
        await until(lambda: open_http(running) == 0)


async def test_a_client_that_does_not_read_an_answer_is_closed() -> None:
    settings = GatewaySettings(limits=LimitSettings(answer_s=0.5))
    async with running_gateway(settings, shards=4) as running:
        fleet = [position(icao24=f"{number:06x}") for number in range(20_000)]
        for shard in range(4):
            await running.tick(*fleet[shard::4], shard=shard)
        host, port = running.url.removeprefix("http://").split(":")
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.setblocking(False)
            async with asyncio.timeout(WAIT_S):
                await asyncio.get_running_loop().sock_connect(slow, (host, int(port)))
                await asyncio.get_running_loop().sock_sendall(
                    slow, b"GET /api/v1/flights HTTP/1.1\r\nHost: test\r\n\r\n"
                )
            await until(lambda: running.metric("flights_http_cut_total", reason="answer_too_slow") == 1)
            await until(lambda: open_http(running) == 0)
        await until(lambda: not running.server.server_state.tasks)


@pytest.mark.parametrize("then", [b"", GET + b"X-Long: " + b"x" * 20_000], ids=["idle", "refused"])
async def test_a_closing_connection_ends_even_if_the_client_does_not_read(then: bytes) -> None:
    limits = LimitSettings(request_head_s=0.5, answer_s=0.5, max_requests_per_address_per_s=100_000)
    settings = GatewaySettings(limits=limits)
    async with running_gateway(settings) as running:
        running.server.config.timeout_keep_alive = 1
        host, port = running.url.removeprefix("http://").split(":")
        loop = asyncio.get_running_loop()
        with socket.socket() as silent:
            silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            silent.setblocking(False)
            await loop.sock_connect(silent, (host, int(port)))
            await until(lambda: open_http(running) == 1)
            (connection,) = running.server.server_state.connections
            asked = 0
            while connection.transport.get_write_buffer_size() == 0:
                await loop.sock_sendall(silent, b"GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n")
                asked += 1
                await until(lambda: metrics_answers(running) == asked)  # noqa: B023 - waited for at once
            await loop.sock_sendall(silent, then)
            await until(lambda: open_http(running) == 0)


def metrics_answers(running: RunningGateway) -> float:
    return running.metric("flights_http_requests_total", method="GET", route="/metrics", status="200")


async def test_bytes_that_are_not_http_are_answered_and_counted_but_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running_gateway() as running, raw(running) as (reader, writer):
        writer.write(b"\x16\x03\x01 hello\r\n\r\n")
        assert (await everything(reader)).startswith(b"HTTP/1.1 400 ")
        assert running.metric("flights_http_cut_total", reason="malformed") == 1
    assert [record for record in caplog.records if record.name.startswith(("uvicorn", "flighttracker"))] == []


async def test_probes_are_answered_while_half_open_connections_pile_up() -> None:
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        pile = [await asyncio.open_connection(host, int(port)) for _ in range(200)]
        for _, writer in pile:
            writer.write(GET)
        async with asyncio.timeout(WAIT_S):
            assert (await running.get("/health"))[0] == 200
        for _, writer in pile:
            writer.close()


async def test_a_client_that_answers_no_ping_is_closed() -> None:
    settings = GatewaySettings(limits=LimitSettings(ping_interval_s=0.1, ping_timeout_s=0.1))
    async with running_gateway(settings) as running:
        dead = await running.connect(autoping=False)
        await until(lambda: running.gateway.admission.connections == 0)
        assert running.metric("flights_ws_closed_total", code="1011") == 1
        await dead.close()
