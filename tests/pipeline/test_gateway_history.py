"""A gateway whose historian is unavailable, or ends an answer too early, and a tracker without a history."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from flighttracker.settings import GatewaySettings
from flighttracker_gateway.history_client import MAX_PER_CLIENT
from tests.example_flights import position
from tests.gateway_server import running_gateway, until
from tests.token_issuer import bearer, secret_settings, token

PATHS = (
    "/api/v1/history",
    "/api/v1/history/frames?from=0",
    "/api/v1/history/flights?from=0",
    "/api/v1/flights/3c6444/track?from=0",
)
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.flighttracker.frames\r\ntransfer-encoding: chunked\r\n\r\n"


class BrokenHistorian:
    """A port that sends the head of an answer and one piece, and then what a test tells it."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.left = 0
        self.cut = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b" ")[1].decode())
        writer.write(HEAD + b"5\r\nhello\r\n")
        await writer.drain()
        gone, cut = asyncio.ensure_future(reader.read()), asyncio.ensure_future(self.cut.wait())
        await asyncio.wait({gone, cut}, return_when=asyncio.FIRST_COMPLETED)
        self.left += gone.done()
        for waiting in (gone, cut):
            waiting.cancel()
        writer.close()


@asynccontextmanager
async def broken_historian() -> AsyncIterator[BrokenHistorian]:
    historian = BrokenHistorian()
    server = await asyncio.start_server(historian.answer, "127.0.0.1", 0)
    historian.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield historian


@pytest.mark.parametrize("path", PATHS)
async def test_a_tracker_without_a_history_says_so(path: str) -> None:
    async with running_gateway() as running:
        status, problem = await running.get(path)
        assert (status, problem["reason"]) == (404, "history_not_kept")


async def test_recent_tracks_need_no_history_and_have_all_formats() -> None:
    async with running_gateway() as running:
        await running.tick(position())
        running.gateway.tracks.sample()
        for format_, media_type in (("gpx", "application/gpx+xml"), ("csv", "text/csv")):
            path = f"{running.url}/api/v1/flights/3c6444/track?format={format_}"
            async with running.session.get(path) as response:
                assert (response.status, response.content_type) == (200, media_type)
        status, problem = await running.get("/api/v1/flights/3c6444/track?format=kml")
        assert (status, problem["detail"]) == (400, "format is 'kml'; it may be json, geojson, gpx, csv.")


async def test_an_unavailable_historian_is_503_and_the_live_map_continues() -> None:
    async with broken_historian() as historian:
        url = historian.url
    async with running_gateway(GatewaySettings(history_url=url)) as running:
        for path in PATHS:
            async with running.session.get(running.url + path) as response:
                problem = await response.json(content_type="application/problem+json")
                assert (response.status, problem["reason"]) == (503, "history_unavailable")
                assert int(response.headers["Retry-After"]) > 0
        await running.tick(position())
        assert (await running.get("/api/v1/flights/3c6444"))[0] == 200
        assert running.metric("flights_history_failures_total") == len(PATHS)


async def test_the_query_is_passed_on_as_it_is_and_unknown_parameters_are_not() -> None:
    async with broken_historian() as historian, running_gateway(GatewaySettings(history_url=historian.url)) as running:
        query = "/api/v1/history/flights?from=2026-07-01T12:00:00%2B02:00&operator=a%26b&operator=c"
        async with running.session.get(URL(running.url + query, encoded=True)) as response:
            assert await response.content.readexactly(5) == b"hello"
        assert historian.asked == [query]
        for path in PATHS:
            unknown = f"{path}{'&' if '?' in path else '?'}speed=1"
            assert (await running.get(unknown))[0] == 400
        assert len(historian.asked) == 1


async def test_a_client_that_leaves_ends_the_request_to_the_historian() -> None:
    async with broken_historian() as historian, running_gateway(GatewaySettings(history_url=historian.url)) as running:
        async with running.session.get(running.url + PATHS[1]) as response:
            assert await response.content.readexactly(5) == b"hello"
            response.close()
        await until(lambda: historian.left == 1)
        await until(lambda: running.gateway.history.slots.taken == 0)


async def test_an_answer_that_ends_too_early_is_cut_not_ended() -> None:
    async with (
        broken_historian() as historian,
        running_gateway(GatewaySettings(history_url=historian.url)) as running,
        running.session.get(running.url + PATHS[1]) as response,
    ):
        assert await response.content.readexactly(5) == b"hello"
        historian.cut.set()
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_one_client_gets_a_few_answers_at_the_same_time() -> None:
    async with broken_historian() as historian, running_gateway(GatewaySettings(history_url=historian.url)) as running:
        opened = [await running.session.get(running.url + PATHS[1]) for _ in range(MAX_PER_CLIENT)]
        status, _ = await running.get(PATHS[1])
        assert status == 429
        for response in opened:
            response.close()
        await until(lambda: running.gateway.history.slots.taken == 0)


async def test_the_history_needs_the_scope_view(tmp_path: Path) -> None:
    async with broken_historian() as historian:
        settings = GatewaySettings(auth=secret_settings(tmp_path), history_url=historian.url)
        async with running_gateway(settings) as running:
            for path in PATHS:
                assert (await running.get(path))[0] == 401
                assert (await running.get(path, headers=bearer(token(scope="stats"))))[0] == 403
            assert historian.asked == []
            async with running.session.get(running.url + PATHS[1], headers=bearer(token())) as response:
                assert (response.status, response.headers["cache-control"]) == (200, "no-store")
