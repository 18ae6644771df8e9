"""The errors of `flighttracker.client`: each says what is wrong, against a real gateway and servers that are none."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from flighttracker.client import (
    AddressError,
    Client,
    FlightPosition,
    UnavailableError,
    Update,
    VersionError,
    fetch_flights,
)
from flighttracker.settings import GatewaySettings, LimitSettings, TlsSettings
from tests.example_flights import position
from tests.gateway_server import WAIT_S, RunningGateway, running_gateway
from tests.servers.process import free_port
from tests.token_issuer import token


def at(running: RunningGateway, icao24: str = "3c6444", **changes: Any) -> FlightPosition:
    """Return a position of the next tick."""
    time_ms = running.clock.now_ms() + 1000
    return position(icao24=icao24, position_time=time_ms, last_contact=time_ms, **changes)


async def following(client: Client) -> Update:
    """Return the next update, within the time of a test."""
    async with asyncio.timeout(WAIT_S):
        return await anext(client)


async def test_a_certificate_is_verified(tmp_path: Path) -> None:
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1")
    certificate, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    certificate.write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
    key.write_bytes(made.private_key_pem.bytes())
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    settings = GatewaySettings(tls=TlsSettings(certificate_file=str(certificate), key_file=str(key)))
    async with running_gateway(settings, trust=trust) as running:
        await running.tick(at(running))
        assert len(await fetch_flights(running.url, tls=trust)) == 1
        with pytest.raises(AddressError, match="is not trusted"):
            await fetch_flights(running.url)
        with pytest.raises((AddressError, UnavailableError)):
            await fetch_flights(running.url.replace("https", "http"))
    async with running_gateway() as running:
        with pytest.raises(AddressError, match="does not answer with TLS: is it http://"):
            await fetch_flights(running.url.replace("http", "https"))


async def test_wrong_addresses_say_what_is_wrong() -> None:
    with pytest.raises(UnavailableError, match=r"no gateway answers at ws://127\.0\.0\.1"):
        await fetch_flights(f"http://127.0.0.1:{free_port()}")
    async with running_gateway() as running:
        with pytest.raises(AddressError, match="/elsewhere/ws: There is no WebSocket at this path"):
            await fetch_flights(running.url + "/elsewhere")


@asynccontextmanager
async def other_server(handler: Any) -> AsyncIterator[str]:
    """A server that is not a gateway, and its URL."""
    application = web.Application()
    application.router.add_get("/ws", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port := free_port())
    await site.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def test_other_servers_are_told_apart() -> None:
    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>")

    async def chat(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        return socket

    async def newer(_: web.Request) -> web.StreamResponse:
        detail = "None of the subprotocols 'flights.v1' is supported; flights.v9 are."
        return web.json_response({"detail": detail, "reason": "subprotocol"}, status=400)

    async def full(_: web.Request) -> web.StreamResponse:
        body = {"detail": "This gateway has 3 connections, its maximum.", "reason": "max_connections"}
        return web.json_response(body, status=503, headers={"Retry-After": "7"})

    async def nested(_: web.Request) -> web.StreamResponse:
        return web.Response(text='{"more": ' + "[" * 10_000, status=400)

    async def nested_message(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("flights.v1",))
        await socket.prepare(request)
        await socket.send_str('{"more": ' + "[" * 100_000)
        return socket

    async with other_server(page) as url:
        with pytest.raises(AddressError, match="answers 200"):
            await fetch_flights(url)
    async with other_server(nested) as url:
        with pytest.raises(AddressError, match="answers 400"):
            await fetch_flights(url)
    async with other_server(nested_message) as url:
        with pytest.raises(AddressError, match="does not send what a gateway sends"):
            await fetch_flights(url)
    async with other_server(chat) as url:
        with pytest.raises(AddressError, match="not that of a gateway"):
            await fetch_flights(url)
    async with other_server(newer) as url:
        with pytest.raises(VersionError, match=r"flights.v9 are\. Update flighttracker\."):
            await fetch_flights(url)
    async with other_server(full) as url:
        with pytest.raises(UnavailableError, match="its maximum") as raised:
            await fetch_flights(url)
        assert raised.value.retry_after_s == 7.0


async def test_a_token_stays_with_its_server() -> None:
    """A redirect to another origin does not take the token along."""
    got: list[str | None] = []

    async def thief(request: web.Request) -> web.StreamResponse:
        got.append(request.headers.get("Authorization"))
        return web.Response(status=404)

    async with other_server(thief) as elsewhere:

        async def away(_: web.Request) -> web.StreamResponse:
            raise web.HTTPFound(f"{elsewhere}/ws")

        async with other_server(away) as url:
            with pytest.raises(AddressError):
                await fetch_flights(url, token=token())
    assert got in ([], [None])


async def test_a_frame_of_a_newer_version_ends_the_iteration() -> None:
    async with running_gateway() as running:
        frame = await running.tick(at(running))

    async def newer(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=("flights.v1",))
        await socket.prepare(request)
        await socket.send_bytes(frame)
        await socket.send_bytes(frame[:3] + b"\x63" + frame[4:])
        return socket

    async with other_server(newer) as url, Client(url) as client:
        assert [flight.icao24 for flight in (await following(client)).changed] == ["3c6444"]
        with pytest.raises(VersionError, match=r"frame version 99 is unsupported.*: update flighttracker"):
            await following(client)


async def test_a_client_of_a_full_gateway_learns_why() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_connections_per_user=1))
    async with running_gateway(settings) as running, Client(running.url):
        with pytest.raises(UnavailableError, match="You have 1 connections"):
            await fetch_flights(running.url)
