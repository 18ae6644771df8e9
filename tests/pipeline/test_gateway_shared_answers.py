"""Answers that are the same for every client: built once a tick, with an entity tag, and few at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from flighttracker.query.filters import Filters
from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.http import rest
from flighttracker_gateway.picture.selection import Selection
from tests.example_flights import position
from tests.gateway_server import RunningGateway, running_gateway
from tests.token_issuer import bearer, secret_settings, token

FLIGHTS = (
    position(icao24="000001", origin_country="Germany"),
    *(position(icao24=f"{number:06x}", origin_country="Fiji") for number in (2, 3, 4)),
)


async def test_an_answer_for_many_clients_is_made_once_a_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    made = count_selections(monkeypatch)
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        tags = {await tag_of(running, "/api/v1/flights") for _ in range(20)}
        assert (len(tags), len(made)) == (1, 1)
        assert len({await tag_of(running, "/api/v1/stats") for _ in range(20)}) == 1
        await tag_of(running, "/api/v1/flights?country=Fiji")
        await running.tick()
        assert await tag_of(running, "/api/v1/flights") not in tags
        assert len(made) == 3
        await running.clock.advance(60_000)
        await tag_of(running, "/api/v1/flights")
        assert len(made) == 3, "nothing has changed"


def count_selections(monkeypatch: pytest.MonkeyPatch) -> list[Filters]:
    """Return a list to which each selection of flights adds its filters."""
    made: list[Filters] = []

    def counted(shards: Any, filters: Filters, *bounds: Any) -> Selection:
        made.append(filters)
        return Selection(shards, filters, *bounds)

    monkeypatch.setattr(rest, "Selection", counted)
    return made


async def tag_of(running: RunningGateway, path: str, **headers: str) -> str:
    async with running.session.get(running.url + path, headers=headers) as answer:
        assert answer.status == 200
        return answer.headers["ETag"]


@pytest.mark.parametrize("path", ["/api/v1/flights", "/api/v1/flights?format=geojson", "/api/v1/stats"])
async def test_a_client_with_the_current_answer_gets_304(path: str) -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        plain, coded = [await tag_of(running, path, **{"Accept-Encoding": coding}) for coding in ("identity", "br")]
        assert (plain != coded) is ("flights" in path), "the bytes differ, except of a short answer"
        for known in (coded, f'"other", W/{coded}', "*"):
            headers = {"Accept-Encoding": "br", "If-None-Match": known}
            async with running.session.get(running.url + path, headers=headers) as answer:
                assert (answer.status, await answer.read()) == (304, b"")
                assert answer.headers["ETag"] == coded
                assert answer.headers["Cache-Control"] == "private, no-cache"
        await running.tick()
        assert await tag_of(running, path, **{"Accept-Encoding": "br", "If-None-Match": coded}) != coded


async def test_a_page_of_an_allowed_origin_may_send_and_read_the_tag() -> None:
    origin = {"Origin": "https://map.example"}
    async with running_gateway(GatewaySettings(allowed_origins=("https://map.example",))) as running:
        await running.tick(*FLIGHTS)
        url = running.url + "/api/v1/flights"
        async with running.session.get(url, headers=origin) as answer:
            exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
            assert {"ETag", "Retry-After"} <= set(exposed)
            tag = answer.headers["ETag"]
        asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
        async with running.session.options(url, headers=origin | asks) as answer:
            assert answer.status == 204
        async with running.session.get(url, headers=origin | {"If-None-Match": tag}) as answer:
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (304, "https://map.example")


async def test_with_tokens_no_answer_may_be_stored_and_a_program_may_still_send_its_tag(tmp_path: Path) -> None:
    settings = GatewaySettings(auth=secret_settings(tmp_path))
    async with running_gateway(settings) as running:
        await running.tick(*FLIGHTS)
        url = running.url + "/api/v1/flights"
        headers = bearer(token())
        async with running.session.get(url, headers=headers) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
            tag = answer.headers["ETag"]
        async with running.session.get(url, headers=headers | {"If-None-Match": tag}) as answer:
            assert (answer.status, answer.headers["Cache-Control"]) == (304, "no-store")
        async with running.session.get(url, headers={"If-None-Match": tag}) as answer:
            assert answer.status == 401


async def test_more_different_questions_than_may_wait_are_answered_with_503() -> None:
    fleet = [position(icao24=f"{number:06x}") for number in range(5_000)]
    limits = LimitSettings(max_concurrent_requests_per_address=200, max_requests_per_address_per_s=100_000)
    async with running_gateway(GatewaySettings(limits=limits, trusted_proxies=("127.0.0.1",))) as running:
        await running.tick(*fleet)
        paths = [f"/api/v1/flights?bbox=-{edge},-80,179,80" for edge in range(1, 150)]
        of_clients = (
            running.get(path, headers={"X-Forwarded-For": f"192.0.2.{number % 15}"})
            for number, path in enumerate(paths)
        )
        answers = await asyncio.gather(*of_clients)
        rejected = [answer for status, answer in answers if status == 503]
        assert rejected
        assert {status for status, _ in answers} == {200, 503}
        assert rejected[0]["detail"] == "The gateway is preparing as many different answers as it can; try again."


async def test_a_client_with_many_expensive_questions_keeps_no_other_client_waiting() -> None:
    fleet = [position(icao24=f"{number:06x}") for number in range(20_000)]
    async with running_gateway(GatewaySettings(trusted_proxies=("127.0.0.1",)), shards=2) as running:
        await running.tick(*fleet[::2])
        await running.tick(*fleet[1::2], shard=1)
        greedy, modest = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
        terms = ",".join(f"{number:03X}" for number in range(99))
        finished: list[str] = []

        async def ask(client: str, path: str, headers: dict[str, str]) -> int:
            status, _ = await running.get(path, headers=headers)
            if status == 200:
                finished.append(client)
            return int(status)

        asked = [
            asyncio.create_task(ask("greedy", f"/api/v1/flights?q={terms},{number}&fields=icao24", greedy))
            for number in range(30)
        ]
        while not any(task.done() for task in asked):  # those that are too many
            await asyncio.sleep(0.001)
        assert await ask("modest", "/api/v1/flights?country=Fiji", modest) == 200
        waited_for = len(finished) - 1
        statuses = await asyncio.gather(*asked)
        assert (statuses.count(429), statuses.count(200)) == (30 - 16, 16)
        assert waited_for < 8, "of sixteen"
