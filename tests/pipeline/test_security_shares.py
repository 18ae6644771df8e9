"""Fair shares: one client gets its part of connections and handshakes, and the others still connect.

The clients are addresses that a trusted proxy names, or addresses of the loopback network.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.delivery import answer_leases
from flighttracker_gateway.websocket import admission
from tests.example_flights import position
from tests.gateway_server import WAIT_S, RunningGateway, Watcher, running_gateway, until
from tests.token_issuer import bearer, secret_settings, token

LOOPBACK = ("127.0.0.1",)


async def status(running: RunningGateway, address: str, **options: Any) -> int:
    """Return the status of a handshake of an address; an accepted connection is closed."""
    headers = {"X-Forwarded-For": address} | options.pop("headers", {})
    try:
        async with running.connect(headers=headers, **options) as socket:
            await Watcher(socket).text()
            return 101
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status


@pytest.mark.parametrize(
    "options",
    [{}, {"protocols": ("unknown",)}, {"query": "?unknown=1"}, {"headers": {"Origin": "https://elsewhere.example"}}],
    ids=["accepted", "unknown subprotocol", "unknown parameter", "foreign origin"],
)
async def test_every_handshake_of_a_client_counts_whatever_becomes_of_it(options: dict[str, Any]) -> None:
    settings = GatewaySettings(trusted_proxies=LOOPBACK, limits=LimitSettings(max_connects_per_address_per_s=5))
    async with running_gateway(settings) as running:
        answers = [await status(running, "192.0.2.1", **options) for _ in range(7)]
        assert answers[5:] == [429, 429]
        assert 429 not in answers[:5]
        assert running.metric("flights_ws_refused_total", reason="connect_rate_of_address") == 2
        assert await status(running, "192.0.2.2") == 101
        await running.clock.advance(1000)
        assert await status(running, "192.0.2.1") == 101


async def test_a_handshake_without_a_route_counts() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_connects_per_address_per_s=1))
    async with running_gateway(settings) as running:
        for expected in (404, 429):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await running.session.ws_connect(running.url + "/elsewhere")
            assert refused.value.status == expected


async def test_without_a_trusted_proxy_a_client_does_not_choose_its_address() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_connects_per_address_per_s=2))
    async with running_gateway(settings) as running:
        assert [await status(running, f"192.0.2.{number}") for number in range(4)] == [101, 101, 429, 429]


async def test_a_64_of_ipv6_is_one_client() -> None:
    settings = GatewaySettings(trusted_proxies=LOOPBACK, limits=LimitSettings(max_connects_per_address_per_s=2))
    async with running_gateway(settings) as running:
        answers = [await status(running, f"2001:db8:0:1::{number:x}") for number in range(4)]
        assert answers == [101, 101, 429, 429]
        assert await status(running, "2001:db8:0:2::1") == 101


async def test_invalid_tokens_use_up_the_handshakes_of_a_client(tmp_path: Path) -> None:
    settings = GatewaySettings(auth=secret_settings(tmp_path), trusted_proxies=LOOPBACK)
    async with running_gateway(settings) as running:
        wrong = bearer(token("another secret of at least thirty-two bytes"))
        answers = [await status(running, "192.0.2.1", headers=wrong) for _ in range(12)]
        # Ten each, of 25 at once.
        assert answers == [401] * 3 + [429] * 9
        assert await status(running, "192.0.2.2", headers=bearer(token())) == 101
        # A client that only needs more tokens than handshakes is soon back.
        await running.clock.advance(100)
        assert await status(running, "192.0.2.1", headers=bearer(token())) == 101


async def test_in_open_mode_one_client_leaves_half_of_the_free_connections_to_the_others() -> None:
    settings = GatewaySettings(trusted_proxies=LOOPBACK, limits=LimitSettings(max_connections=12))
    async with running_gateway(settings) as running:
        opened: list[aiohttp.ClientWebSocketResponse] = []

        async def open_all(address: str) -> int:
            before = len(opened)
            for _ in range(12):
                try:
                    opened.append(await running.connect(headers={"X-Forwarded-For": address}))
                except aiohttp.WSServerHandshakeError:
                    break
            return len(opened) - before

        assert [await open_all(f"192.0.2.{number}") for number in range(4)] == [6, 3, 1, 1]
        assert running.metric("flights_ws_refused_total", reason="max_connections_per_user") == 4
        for socket in opened:
            await socket.close()
        await until(lambda: running.gateway.admission._of_user == {})


async def test_the_last_free_connection_is_not_kept_back() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_connections=1))
    async with running_gateway(settings) as running, running.connect() as socket:
        assert (await Watcher(socket).text())["type"] == "welcome"


async def test_every_request_of_a_client_counts_and_others_are_answered() -> None:
    settings = GatewaySettings(trusted_proxies=LOOPBACK, limits=LimitSettings(max_requests_per_address_per_s=3))
    async with running_gateway(settings) as running:

        async def answer(path: str, address: str) -> int:
            return (await running.get(path, headers={"X-Forwarded-For": address}))[0]

        paths = ("/health", "/nowhere", "/api/v1/flights?unknown=1", "/api/v1/flights")
        assert [await answer(path, "192.0.2.1") for path in paths] == [200, 404, 400, 429]
        assert await answer("/api/v1/flights", "192.0.2.2") == 200
        status, problem = await running.get("/health", headers={"X-Forwarded-For": "192.0.2.1"})
        assert (status, problem["detail"]) == (429, "More than 3 requests a second from your address; try again.")
        await running.clock.advance(1000)
        assert await answer("/api/v1/flights", "192.0.2.1") == 200


async def test_invalid_tokens_use_up_the_requests_of_a_client(tmp_path: Path) -> None:
    limits = LimitSettings(max_requests_per_address_per_s=50)
    settings = GatewaySettings(auth=secret_settings(tmp_path), trusted_proxies=LOOPBACK, limits=limits)
    async with running_gateway(settings) as running:
        wrong = bearer(token("another secret of at least thirty-two bytes"))

        async def answer(address: str, shown: dict[str, str]) -> int:
            return (await running.get("/api/v1/config", headers=shown | {"X-Forwarded-For": address}))[0]

        assert [await answer("192.0.2.1", wrong) for _ in range(6)] == [401] * 3 + [429] * 3
        assert await answer("192.0.2.2", bearer(token())) == 200
        assert [await answer("192.0.2.3", {}) for _ in range(6)] == [401] * 6, "no token is no attempt"
        # What is beyond the limit is owed: five, and fifty a second are allowed.
        await running.clock.advance(100)
        assert await answer("192.0.2.1", bearer(token())) == 429
        await running.clock.advance(100)
        assert await answer("192.0.2.1", bearer(token())) == 200


async def test_an_answer_that_says_too_many_requests_says_when_to_try_again() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_requests_per_address_per_s=1))
    async with running_gateway(settings) as running:
        await running.get("/health")
        async with running.session.get(running.url + "/health") as response:
            assert (response.status, response.headers["Retry-After"], response.headers["Connection"]) == (
                429,
                "5",
                "close",
            )


async def test_one_client_gets_few_connections_with_json_and_all_together_a_bounded_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "MAX_JSON_CONNECTIONS", 6)
    settings = GatewaySettings(trusted_proxies=LOOPBACK)
    async with running_gateway(settings) as running:
        opened: list[aiohttp.ClientWebSocketResponse] = []

        async def open_json(address: str) -> int:
            try:
                options: dict[str, Any] = {"protocols": ("flights.v1.json",), "headers": {"X-Forwarded-For": address}}
                opened.append(await running.connect(**options))
            except aiohttp.WSServerHandshakeError as refused:
                return refused.status
            return 101

        assert [await open_json("192.0.2.1") for _ in range(5)] == [101] * 4 + [429]
        assert [await open_json("192.0.2.2") for _ in range(3)] == [101] * 2 + [503]
        assert await status(running, "192.0.2.1") == 101
        await opened.pop().close()
        await until(lambda: running.gateway.admission.connections == 5)
        assert await open_json("192.0.2.2") == 101
        for socket in opened:
            await socket.close()
        await until(lambda: running.gateway.admission._json_of_user == {})


async def test_clients_that_do_not_read_their_answers_hold_few_and_little_memory() -> None:
    limits = LimitSettings(max_concurrent_requests_per_address=3, max_requests_per_address_per_s=1000)
    settings = GatewaySettings(trusted_proxies=LOOPBACK, limits=limits)
    question = b"GET /api/v1/flights HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    async with running_gateway(settings) as running:
        await running.tick(*(position(icao24=f"{number:06x}") for number in range(8_000)))
        host, port = running.url.removeprefix("http://").split(":")
        with ExitStack() as opened:
            slow = [opened.enter_context(socket.socket()) for _ in range(3)]
            for silent in slow:
                silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                silent.setblocking(False)
                await asyncio.get_running_loop().sock_connect(silent, (host, int(port)))
                await asyncio.get_running_loop().sock_sendall(silent, question)
            await until(lambda: sum(map(unsent_bytes, open_connections(running))) > 3 * 64 * 1024)
            assert max(map(unsent_bytes, open_connections(running))) < 256 * 1024, "not a whole answer of 4 MB"
            async with running.session.get(running.url + "/health", headers=LATE) as response:
                assert (response.status, response.headers["Retry-After"]) == (429, "5")
                problem = await response.json()
                assert problem["detail"] == "3 requests from your address are being answered; try again."
            assert (await running.get("/health"))[0] == 200, "another client"
        await until(lambda: not open_connections(running) or not any(map(unsent_bytes, open_connections(running))))
        async with asyncio.timeout(WAIT_S):
            while (await running.get("/health", headers=LATE))[0] != 200:
                await asyncio.sleep(0.01)


LATE = {"X-Forwarded-For": "192.0.2.1"}


def open_connections(running: RunningGateway) -> list[Any]:
    return list(running.server.server_state.connections)


def unsent_bytes(connection: Any) -> int:
    size: int = connection.transport.get_write_buffer_size()
    return size


async def test_long_answers_count_by_their_length() -> None:
    settings = GatewaySettings(trusted_proxies=LOOPBACK, limits=LimitSettings(max_requests_per_address_per_s=10))
    async with running_gateway(settings, shards=1) as running:
        await running.tick(*[position(icao24=f"{number:06x}") for number in range(4_000)])

        async def answers(path: str, address: str, requests: int) -> list[int]:
            options = {"headers": {"X-Forwarded-For": address, "Accept-Encoding": "identity"}}
            return [status for status, _ in [await running.get(path, **options) for _ in range(requests)]]

        # 0.65 MB a second, twice as much at once; what is beyond it is owed. An answer has 1.9 MB.
        assert await answers("/api/v1/flights", "192.0.2.1", 3) == [200, 429, 429]
        assert await answers("/api/v1/flights", "192.0.2.2", 1) == [200]
        assert await answers("/api/v1/flights?limit=10", "192.0.2.3", 9) == [200] * 9
        assert await answers("/health", "192.0.2.1", 1) == [200], "short answers are not limited by it"
        await running.clock.advance(500)
        assert await answers("/api/v1/flights", "192.0.2.1", 1) == [429]
        await running.clock.advance(1_000)
        assert await answers("/api/v1/flights", "192.0.2.1", 1) == [200]


async def test_long_answers_that_are_asked_for_at_the_same_time_count_too() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_requests_per_address_per_s=200))
    async with running_gateway(settings, shards=1) as running:
        await running.tick(*[position(icao24=f"{number:06x}") for number in range(4_000)])
        headers = {"Accept-Encoding": "identity"}
        found = await asyncio.gather(*[running.get("/api/v1/flights", headers=headers) for _ in range(20)])
        # 26 MB may come at once; these answers have 2.1 MB each.
        assert sorted(status for status, _ in found) == [200] * 13 + [429] * 7


async def test_answers_of_several_ticks_that_nobody_reads_are_dropped_before_they_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answer_leases, "MAX_LEASED_BYTES", 14_000_000)
    limits = LimitSettings(max_requests_per_address_per_s=100_000)
    settings = GatewaySettings(trusted_proxies=LOOPBACK, limits=limits)
    question = b"GET /api/v1/flights HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    async with running_gateway(settings) as running:
        await running.tick(*(position(icao24=f"{number:06x}") for number in range(12_600)))
        host, port = running.url.removeprefix("http://").split(":")
        with ExitStack() as opened:
            for sent in range(1, 7):
                silent = opened.enter_context(socket.socket())
                silent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                silent.setblocking(False)
                await asyncio.get_running_loop().sock_connect(silent, (host, int(port)))
                await asyncio.get_running_loop().sock_sendall(silent, question)
                await until(lambda: len(running.gateway.leases) + dropped(running) == sent)  # noqa: B023 - at once
                await running.tick()
            assert 0 < running.gateway.leases.held_bytes <= 14_000_000
            assert dropped(running) == 4, "each answer has 6.6 MB"
            status, answer = await running.get("/api/v1/flights", headers={"X-Forwarded-For": "192.0.2.2"})
            assert (status, len(answer["flights"])) == (200, 12_600)
        await until(lambda: len(running.gateway.leases) == 0)


def dropped(running: RunningGateway) -> float:
    return running.metric("flights_http_cut_total", reason="memory")
