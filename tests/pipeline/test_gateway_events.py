"""Server-sent events through the real server: same tokens and limits as the WebSocket, and slow readers are ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.delivery.event_streams import HEARTBEAT_MS, LINGER_MS, MAX_STREAMS_OF_USER
from tests.example_flights import NOW_MS, position
from tests.gateway_server import WAIT_S, RunningGateway, running_gateway, until
from tests.token_issuer import bearer, secret_settings, token

FLIGHTS = (
    position(icao24="000001", origin_country="Germany"),
    position(icao24="000002", origin_country="France"),
    position(icao24="000003", origin_country="Fiji"),
)


class Events:
    """Reads events as a program without a library does."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.last_id = ""

    async def next(self) -> tuple[str, Any]:
        """Return name and data of the next event; a comment has the name ":"."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(WAIT_S):
            while True:
                line = (await self.response.content.readline()).decode()
                assert line, "the connection has ended"
                if line != "\n":
                    name, _, value = line.rstrip("\n").partition(": ")
                    fields[name] = value
                elif "event" in fields:
                    self.last_id = fields.get("id", self.last_id)
                    return fields["event"], json.loads(fields["data"])
                elif "" in fields:
                    return ":", fields[""]
                else:
                    fields.clear()


@asynccontextmanager
async def reading(running: RunningGateway, query: str = "", **headers: str) -> AsyncIterator[Events]:
    async with running.session.get(f"{running.url}/api/v1/events{query}", headers=headers) as response:
        assert response.status == 200, await response.text()
        await running.gateway.events.round()
        yield Events(response)


async def refused(running: RunningGateway, query: str = "", **headers: str) -> tuple[int, str]:
    async with running.session.get(f"{running.url}/api/v1/events{query}", headers=headers) as response:
        answer = await response.json(content_type=None)
        return response.status, answer["detail"]


async def test_a_client_gets_a_snapshot_and_then_what_changes() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        async with reading(running, "?country=Germany&country=fiji&fields=latitude_deg") as events:
            assert events.response.headers["Content-Type"] == "text/event-stream"
            assert events.response.headers["X-Accel-Buffering"] == "no"
            assert events.response.headers["Cache-Control"] == "no-store, no-transform"
            assert events.response.headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors")
            assert "Content-Encoding" not in events.response.headers
            name, snapshot = await events.next()
            assert (name, snapshot["total"], snapshot["time_ms"]) == ("snapshot", 2, running.clock.now_ms())
            assert snapshot["flights"] == [{"icao24": f"00000{n}", "latitude_deg": 50.03333} for n in (1, 3)]
            assert await events.next() == ("state", {"stale_shards": [], "stale_since_ms": None})
            moved = {"latitude_deg": 2.0, "position_time": NOW_MS + 1_000}
            await running.tick(
                position(icao24="000001", **moved), position(icao24="000002", origin_country="France", **moved)
            )
            await running.gateway.events.round()
            name, update = await events.next()
            assert (name, update["removed"]) == ("update", [])
            assert update["flights"] == [{"icao24": "000001", "latitude_deg": 2.0}]
            assert running.metric("flights_event_connections") == 1
            assert running.metric("flights_ws_connections") == 0
        await until(lambda: running.gateway.admission.connections == 0)
        assert running.metric("flights_events_closed_total", code="1005") == 1


async def test_an_aircraft_that_leaves_the_box_is_removed_and_geojson_has_features() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        async with reading(running, "?bbox=8,50,9,51&format=geojson") as events:
            _, snapshot = await events.next()
            assert (snapshot["type"], len(snapshot["features"])) == ("FeatureCollection", 3)
            await events.next()
            await running.tick(position(icao24="000002", latitude_deg=1.0, position_time=NOW_MS + 1_000))
            await running.gateway.events.round()
            name, update = await events.next()
            assert (name, update["removed"], update["features"]) == ("update", ["000002"], [])


async def test_a_client_that_reconnects_gets_what_it_missed() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        async with reading(running, "?fields=icao24") as events:
            await events.next()
        await until(lambda: len(running.gateway.events) == 0)
        await running.tick(position(icao24="000004"))
        await running.gateway.events.round()
        async with reading(running, "?fields=icao24", **{"Last-Event-ID": events.last_id}) as again:
            name, update = await again.next()
            assert (name, update["flights"]) == ("update", [{"icao24": "000004"}])
        await until(lambda: len(running.gateway.events) == 0)
        await running.clock.advance(LINGER_MS)
        await running.gateway.events.round()
        async with reading(running, "?fields=icao24", **{"Last-Event-ID": again.last_id}) as late:
            assert (await late.next())[0] == "snapshot"


async def test_silence_is_filled_with_comments_and_stale_shards_are_announced() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        async with reading(running) as events:
            assert [(await events.next())[0] for _ in range(2)] == ["snapshot", "state"]
            await running.clock.advance(HEARTBEAT_MS)
            await running.gateway.presence.update()
            assert await events.next() == ("state", {"stale_shards": [0], "stale_since_ms": NOW_MS})
            await running.clock.advance(HEARTBEAT_MS)
            await running.gateway.presence.update()
            assert await events.next() == (":", "still here")
            assert running.gateway.presence.viewers == 1


async def test_events_outlast_the_time_of_an_answer_and_take_no_slot_of_requests() -> None:
    limits = LimitSettings(answer_s=0.2, max_concurrent_requests_per_address=1)
    async with running_gateway(GatewaySettings(limits=limits)) as running:
        await running.tick(*FLIGHTS)
        async with reading(running) as events:
            await events.next()
            await asyncio.sleep(0.5)
            assert (await running.get("/api/v1/flights"))[0] == 200
            assert (await events.next())[0] == "state"
            await running.tick(position(icao24="000009"))
            await running.gateway.events.round()
            assert (await events.next())[0] == "update"


async def test_connections_count_like_those_of_the_websocket() -> None:
    async with running_gateway(
        GatewaySettings(limits=LimitSettings(max_connections=2, max_connections_per_user=2))
    ) as running:
        await running.tick(*FLIGHTS)
        async with running.connect() as _, reading(running) as _:
            assert running.gateway.admission.connections == 2
            assert await refused(running) == (503, "This gateway has 2 connections, its maximum.")
    limits = LimitSettings(max_connections_per_user=1)
    async with running_gateway(GatewaySettings(limits=limits)) as running:
        async with reading(running):
            status, detail = await refused(running)
            assert (status, detail) == (429, "You have 1 connections to this gateway; one user may have 1 now.")
        await until(lambda: running.gateway.admission.connections == 0)
        running.gateway.admission.is_draining = True
        assert (await refused(running))[0] == 503
        assert running.metric("flights_events_refused_total", reason="draining") == 1


async def test_one_user_has_few_different_queries() -> None:
    async with running_gateway() as running:
        sessions = [reading(running, f"?min_speed_kt={number}") for number in range(MAX_STREAMS_OF_USER)]
        for session in sessions:
            await session.__aenter__()
        async with reading(running, "?min_speed_kt=0"):
            status, detail = await refused(running, "?min_speed_kt=9")
        assert (status, detail) == (429, "You have 4 different event streams open, the maximum of one user.")
        for session in sessions:
            await session.__aexit__(None, None, None)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("?limit=5", "'limit' is not a parameter of /api/v1/events; allowed: country,"),
        ("?bbox=1,2,3", "bbox is '1,2,3'; it must be four numbers"),
        ("?fields=speed", "fields has 'speed'; it may have"),
        ("?status=flying", "status is 'flying'; it may be unknown,"),
    ],
)
async def test_an_invalid_query_is_rejected_before_the_events_begin(query: str, detail: str) -> None:
    async with running_gateway() as running:
        status, said = await refused(running, query)
        assert (status, said[: len(detail)]) == (400, detail)


async def test_tokens_are_needed_and_end_the_events_when_they_expire(tmp_path: Path) -> None:
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        await running.tick(*FLIGHTS)
        assert (await refused(running))[0] == 401
        assert (await refused(running, **bearer(token(scope="stats"))))[0] == 403
        expires_s = NOW_MS // 1000 + 60
        async with reading(running, **bearer(token(exp=expires_s))) as events:
            await events.next()
            await events.next()
            await running.clock.advance(120_000)
            await running.gateway.auth.look()
            assert await events.next() == ("end", {"code": 4401, "reason": "the token has expired"})
            assert await events.response.read() == b""


async def test_a_gateway_that_restarts_says_when_to_reconnect() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        async with reading(running) as events:
            await events.next()
            await events.next()
            running.gateway.events.drain()
            assert await events.next() == ("end", {"code": 1012, "reason": "the gateway restarts"})


async def test_a_page_of_an_allowed_origin_may_read_events() -> None:
    async with running_gateway(GatewaySettings(allowed_origins=("https://map.example",))) as running:
        await running.tick(*FLIGHTS)
        async with reading(running, "", Origin="https://map.example") as events:
            assert events.response.headers["Access-Control-Allow-Origin"] == "https://map.example"
            assert (await events.next())[0] == "snapshot"
        assert running.metric("flights_http_request_seconds_count", route="/api/v1/events") == 0


async def test_events_are_below_the_path_of_the_gateway() -> None:
    async with running_gateway(GatewaySettings(base_path="/flights")) as running:
        await running.tick(*FLIGHTS)
        async with running.session.get(f"{running.url}/flights/api/v1/events?q=000001") as response:
            await running.gateway.events.round()
            assert (await Events(response).next())[1]["total"] == 1
        await until(lambda: running.metric("flights_events_closed_total", code="1005") == 1)


async def test_head_gets_the_headers_only() -> None:
    async with running_gateway() as running, asyncio.timeout(WAIT_S):
        async with running.session.head(f"{running.url}/api/v1/events") as response:
            assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream")
        assert running.gateway.admission.connections == 0


async def test_a_client_that_does_not_read_is_ended_and_costs_others_nothing() -> None:
    fleet = [position(icao24=f"{number:06x}") for number in range(20_000)]
    async with running_gateway() as running:
        await running.tick(*fleet)
        host, port = running.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port), limit=1024)
        writer.write(b"GET /api/v1/events HTTP/1.1\r\nHost: test\r\n\r\n")
        await until(lambda: len(running.gateway.events) == 1)
        await running.gateway.events.round()
        async with reading(running, "?fields=icao24") as events:
            assert (await events.next())[1]["total"] == 20_000
            await until(lambda: len(running.gateway.leases) == 1)
            await running.clock.advance(29_000)
            await running.gateway.presence.update()
            assert len(running.gateway.events) == 2
            await running.clock.advance(1_000)
            await running.gateway.presence.update()
            await until(lambda: len(running.gateway.events) == 1)
            assert running.metric("flights_events_closed_total", code="4408") == 1
            assert len(running.gateway.leases) == 0
        writer.close()
