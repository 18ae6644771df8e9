"""`flighttracker.client` against a real gateway: typed positions, boxes, losses, tokens, TLS, and errors that help."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from flighttracker.client import (
    Client,
    FlightPosition,
    TokenRejectedError,
    UnavailableError,
    Update,
    fetch_flights,
    to_pandas,
)
from flighttracker.client import client as client_module
from flighttracker.settings import GatewaySettings
from tests.example_flights import NOW_MS, position
from tests.faults.link import Link
from tests.gateway_server import WAIT_S, RunningGateway, running_gateway, until
from tests.token_issuer import secret_settings, token

GERMANY = (5.5, 47.0, 15.5, 55.0)


def at(running: RunningGateway, icao24: str = "3c6444", **changes: Any) -> FlightPosition:
    """Return a position of the next tick."""
    time_ms = running.clock.now_ms() + 1000
    return position(icao24=icao24, position_time=time_ms, last_contact=time_ms, **changes)


async def following(client: Client) -> Update:
    """Return the next update, within the time of a test."""
    async with asyncio.timeout(WAIT_S):
        return await anext(client)


@asynccontextmanager
async def linked(running: RunningGateway) -> AsyncIterator[tuple[Link, str]]:
    """A link to a gateway that can be cut, and its URL."""
    link = Link(int(running.url.rpartition(":")[2]))
    task = asyncio.create_task(link.run())
    try:
        yield link, f"http://127.0.0.1:{link.port}"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def connected(url: str) -> Client:
    """Return a client as soon as the port takes connections."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                return await Client(url).__aenter__()
            except UnavailableError:
                await asyncio.sleep(0.01)


async def test_a_client_gets_the_whole_picture_and_then_each_change() -> None:
    async with running_gateway() as running:
        sent = at(running)
        await running.tick(sent, at(running, "000001"))
        async with Client(running.url) as client:
            assert (client.tracker, dict(client.flights), client.time_ms) == ("", {}, None)
            first = await following(client)
            assert {flight.icao24 for flight in first.changed} == {*client.flights} == {"3c6444", "000001"}
            shown = client.flights["3c6444"]
            assert (shown.callsign, shown.aircraft_type, shown.position_time) == (
                sent.callsign,
                sent.aircraft_type,
                sent.position_time,
            )
            assert (client.tracker, client.is_complete, client.time_ms) == ("local", True, running.clock.now_ms())
            await running.tick(at(running, latitude_deg=51.0))
            second = await following(client)
            assert [(flight.icao24, flight.latitude_deg) for flight in second.changed] == [("3c6444", 51.0)]
            assert client.to_pandas().loc["3c6444", "latitude_deg"] == 51.0
            assert second.time_ms == running.clock.now_ms()


async def test_the_picture_of_now_is_one_line_and_one_more_for_pandas() -> None:
    async with running_gateway() as running:
        await running.tick(at(running, ground_speed_mps=None), at(running, "000001"))
        frame = to_pandas(await fetch_flights(running.url))
        assert sorted(frame.index) == ["000001", "3c6444"]
        assert frame.loc["3c6444", "position_time"].timestamp() * 1000 == NOW_MS + 1000
        assert str(frame["ground_speed_mps"].dtype) == "float64"
        assert frame["ground_speed_mps"].isna().tolist() == [False, True] or frame["ground_speed_mps"].isna().sum() == 1
        assert to_pandas([]).empty


async def test_a_gateway_below_a_path_is_found_at_the_address_of_its_page() -> None:
    async with running_gateway(GatewaySettings(base_path="/maps/north")) as running:
        await running.tick(at(running))
        for url in (f"{running.url}/maps/north", f"{running.url}/maps/north/"):
            assert len(await fetch_flights(url)) == 1


async def test_a_box_has_only_its_aircraft() -> None:
    async with running_gateway() as running:
        await running.tick(
            at(running, latitude_deg=50.0, longitude_deg=8.0),
            at(running, "000001", latitude_deg=-33.95, longitude_deg=151.18),
            at(running, "000002", latitude_deg=46.0, longitude_deg=8.0),
        )
        async with Client(running.url, box=GERMANY) as client:
            await following(client)
            assert {*client.flights} == {"3c6444"}
            await running.tick(at(running, "000002", latitude_deg=48.0, longitude_deg=8.0))
            assert [flight.icao24 for flight in (await following(client)).changed] == ["000002"]


async def test_after_a_loss_the_missed_ticks_are_fetched_and_nothing_is_hidden() -> None:
    async with running_gateway() as running, linked(running) as (link, url):
        await running.tick(at(running))
        client = await connected(url)
        await following(client)
        before_ms = client.time_ms
        link.cut()
        lost = await following(client)
        assert lost.lost
        assert (lost.changed, lost.time_ms, client.lost) == ((), before_ms, lost.lost)
        assert {*client.flights} == {"3c6444"}
        await running.tick(at(running, latitude_deg=51.0))
        await running.tick(at(running, latitude_deg=52.0))
        link.restore()
        update = await following(client)
        while update.lost:
            update = await following(client)
        assert (client.flights["3c6444"].latitude_deg, client.lost) == (52.0, "")
        assert update.gap is None
        await client.__aexit__(None, None, None)


async def test_after_a_loss_with_a_box_the_missed_ticks_are_fetched_too() -> None:
    async with running_gateway() as running, linked(running) as (link, url):
        await running.tick(at(running, latitude_deg=50.0, longitude_deg=8.0), at(running, "000002", latitude_deg=46.0))
        await (await connected(url)).__aexit__(None, None, None)
        async with Client(url, box=GERMANY) as client:
            await following(client)
            link.cut()
            assert (await following(client)).lost
            for _ in range(2):
                await running.tick(
                    at(running, latitude_deg=46.0, longitude_deg=8.0),
                    at(running, "000002", latitude_deg=50.0, longitude_deg=8.0),
                )
            link.restore()
            update = await following(client)
            while update.lost:
                update = await following(client)
            assert ([flight.icao24 for flight in update.changed], update.removed) == (["000002"], ("3c6444",))
            assert update.gap is None


async def test_a_gateway_that_restarts_is_awaited() -> None:
    async with running_gateway() as running:
        await running.tick(at(running))
        async with Client(running.url) as client:
            await following(client)
            running.server.should_exit = True
            lost = await following(client)
            assert "1012 (service restart)" in lost.lost
            assert (await following(client)).lost


async def test_a_silent_connection_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "SILENCE_S", 0.2)
    async with running_gateway() as running:
        await running.tick(at(running))
        async with Client(running.url) as client:
            await following(client)
            assert (await following(client)).lost == "the gateway was silent for 0.2 s"


async def test_a_token_is_sent_and_a_missing_or_wrong_one_is_an_error(tmp_path: Path) -> None:
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await running.tick(at(running))
        for wrong in ("", "a.b.c", token(scope="none")):
            with pytest.raises(TokenRejectedError):
                await fetch_flights(running.url, token=wrong)
            await running.clock.advance(1000)  # a wrong token counts as several handshakes
        assert len(await fetch_flights(running.url, token=token())) == 1


async def test_a_function_renews_the_token_before_it_expires(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "RENEW_AT", 0.0)
    asked: list[int] = []

    async def source() -> str:
        asked.append(running.clock.now_ms())
        return token(jti=f"token-{len(asked)}")

    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await running.tick(at(running))
        async with Client(running.url, token=source) as client:
            await following(client)
            await running.tick(at(running))
            await following(client)
            assert len(asked) >= 2
            assert client.lost == ""


async def test_another_token_is_used_when_the_first_one_is_revoked(tmp_path: Path) -> None:
    tokens = [token(jti="token-1"), token(jti="token-2")]
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await running.tick(at(running))
        async with Client(running.url, token=lambda: tokens.pop(0)) as client:
            await following(client)
            await running.gateway.auth.revoke("token-1")
            await running.gateway.auth.look()
            assert "revoked" in (await following(client)).lost
            await running.tick(at(running, latitude_deg=51.0))
            assert (await following(client)).changed[0].latitude_deg == 51.0


async def test_a_revoked_token_ends_a_client_that_has_no_other(tmp_path: Path) -> None:
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await running.tick(at(running))
        async with Client(running.url, token=token()) as client:
            await following(client)
            await running.gateway.auth.revoke("token-1")
            await running.gateway.auth.look()
            with pytest.raises(TokenRejectedError, match="revoked"):
                await following(client)


async def test_a_token_is_not_renewed_early_whatever_this_clock_shows(tmp_path: Path) -> None:
    """The gateway's clock is years behind that of this computer; by it, the token is valid for an hour."""
    asked: list[str] = []

    def source() -> str:
        asked.append("again")
        return token(jti=f"token-{len(asked)}")

    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await running.tick(at(running))
        async with Client(running.url, token=source) as client:
            for _ in range(3):
                await running.tick(at(running))
                await following(client)
            await client._connection.send({"type": "token", "token": token(jti="newer")})  # type: ignore[union-attr]
            for _ in range(10):
                await asyncio.sleep(0.02)  # the answer comes between ticks, and no update says so
                await running.tick(at(running))
                await following(client)
    assert asked == ["again"]


async def test_a_client_that_reads_too_seldom_holds_a_bounded_number_of_messages() -> None:
    async with running_gateway() as running:
        await running.tick(at(running))
        async with Client(running.url) as client:
            await following(client)
            for _ in range(100):
                await running.tick(at(running))
            await until(lambda: client._connection is not None)
            assert client._connection is not None
            assert len(client._connection._socket.recv_messages.frames) <= 2 * 16
            latest_ms = running.clock.now_ms()
            while (await following(client)).time_ms != latest_ms:
                pass
            assert client.flights["3c6444"].position_time == latest_ms


def test_the_import_is_light() -> None:
    heavy = ("aiohttp", "fastavro", "litestar", "pandas", "pydantic", "yaml", "flighttracker_gateway")
    script = f"import json, sys, flighttracker.client; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == []
