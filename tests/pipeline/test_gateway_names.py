"""The names of aircraft through the real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from flighttracker.settings import GatewaySettings
from tests.example_flights import position
from tests.gateway_server import running_gateway
from tests.token_issuer import bearer, secret_settings, token

ASKED = "/api/v1/names"


async def test_all_some_and_changed_names() -> None:
    async with running_gateway() as running:
        await running.tick(position(icao24="3c6444", callsign="DLH1"), position(icao24="4ca7b3", callsign="RYR1"))
        status, answer = await running.get(ASKED)
        assert status == 200
        assert answer["is_whole"]
        assert (answer["icao24"], answer["callsign"]) == (["3c6444", "4ca7b3"], ["DLH1", "RYR1"])
        assert {len(column) for name, column in answer.items() if isinstance(column, list)} == {2}
        many = ",".join(f"{number:06x}" for number in range(499))
        status, some = await running.get(f"{ASKED}?icao24={many},4ca7b3")
        assert (status, some["icao24"], some["is_whole"]) == (200, ["4ca7b3"], False)
        later = running.clock.now_ms() + 1000
        await running.tick(position(icao24="4ca7b3", callsign="RYR2", position_time=later, last_contact=later))
        _, changed = await running.get(f"{ASKED}?since={answer['version']}")
        assert (changed["icao24"], changed["callsign"], changed["is_whole"]) == (["4ca7b3"], ["RYR2"], False)
        _, both = await running.get(f"{ASKED}?since={answer['version']}&icao24=3c6444,4ca7b3")
        assert (both["icao24"], both["is_whole"]) == (["4ca7b3"], False)
        _, whole = await running.get(f"{ASKED}?since=00000000-1")
        assert (whole["icao24"], whole["is_whole"]) == (["3c6444", "4ca7b3"], True)


async def test_all_unknown_versions_have_the_same_answer() -> None:
    async with running_gateway() as running:
        await running.tick(position())
        tags = set()
        for since in ("", "?since=00000000-1", "?since=00000000-2", "?since=ffffffff-0"):
            async with running.session.get(running.url + ASKED + since) as response:
                tags.add(response.headers["etag"])
        assert len(tags) == 1


async def test_an_answer_is_checked_by_its_tag() -> None:
    async with running_gateway() as running:
        await running.tick(position())
        async with running.session.get(running.url + ASKED) as response:
            tag = response.headers["etag"]
        for _ in range(3):
            await running.clock.advance(5_000)
            async with running.session.get(running.url + ASKED, headers={"If-None-Match": tag}) as response:
                assert response.status == 304
        await running.tick(position(icao24="000001", position_time=running.clock.now_ms()))
        async with running.session.get(running.url + ASKED, headers={"If-None-Match": tag}) as response:
            assert response.status == 200


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("icao24=", "icao24 is ''; it must be addresses of six lower-case hex digits, with commas between."),
        ("icao24=3c644", "icao24 is '3c644'; it must be addresses of six lower-case hex digits, with commas between."),
        ("icao24=" + ",".join(f"{number:06x}" for number in range(501)), "icao24 has 501 addresses; it may have 500."),
        ("since=1", "since is '1'; it must be the version of an earlier answer."),
        ("until=1", "'until' is not a parameter of /api/v1/names; allowed: icao24, since."),
    ],
    ids=["empty", "short", "many", "version", "unknown"],
)
async def test_a_mistake_in_the_query_is_explained(query: str, detail: str) -> None:
    async with running_gateway() as running:
        status, answer = await running.get(f"{ASKED}?{query}")
        assert (status, answer["detail"]) == (400, detail)


async def test_names_need_the_scope_view(tmp_path: Path) -> None:
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        assert (await running.get(ASKED))[0] == 401
        assert (await running.get(ASKED, headers=bearer(token(scope="stats"))))[0] == 403
        assert (await running.get(ASKED, headers=bearer(token())))[0] == 200
