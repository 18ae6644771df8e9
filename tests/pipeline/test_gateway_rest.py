"""The HTTP interface through the real server."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from pathlib import Path

import pytest

from flighttracker.settings import BaseMapSettings, GatewaySettings, OverlaySettings, PhotoSettings
from tests.example_flights import NOW_MS, position
from tests.gateway_server import EPOCH, WAIT_S, running_gateway

FLIGHTS = (
    position(icao24="000001", origin_country="Germany", status="cruising", ground_speed_mps=230.0),
    position(icao24="000002", origin_country="France", status="taxiing", ground_speed_mps=8.0, on_ground=True),
    position(icao24="000003", origin_country="Fiji"),
    position(icao24="000004", origin_country="Fiji"),
)


async def test_one_flight_is_found_by_its_address() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        for spelling in ("000001", "000001".upper()):
            status, flight = await running.get(f"/api/v1/flights/{spelling}")
            assert (status, flight["icao24"], flight["callsign"]) == (200, "000001", "DLH4YA")
        status, answer = await running.get("/api/v1/flights/abcdef")
        assert (status, answer["detail"]) == (404, "No aircraft with the icao24 abcdef has been heard recently.")
        status, answer = await running.get("/api/v1/flights/lufthansa")
        assert (status, answer["detail"]) == (400, "icao24 is 'lufthansa'; it must be six hexadecimal digits.")


async def test_times_say_their_unit_and_the_api_has_its_version_in_the_path(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Flights</title>")
    async with running_gateway(GatewaySettings(page_directory=str(tmp_path))) as running:
        await running.tick(FLIGHTS[0])
        _, flight = await running.get("/api/v1/flights/000001")
        assert (flight["position_time_ms"], flight["last_contact_ms"]) == (NOW_MS, NOW_MS)
        _, features = await running.get("/api/v1/flights?format=geojson")
        assert features["features"][0]["properties"]["position_time_ms"] == NOW_MS
        _, stats = await running.get("/api/v1/stats")
        assert stats["time_ms"] == features["time_ms"] == running.clock.now_ms()
        for path in ("/api/flights", "/api/flights/000001", "/api/stats", "/api/v2/flights"):
            status, answer = await running.get(path)
            assert (status, answer["detail"]) == (404, f"There is nothing at {path}; /schema lists what there is.")


async def test_stats_have_counts_and_the_age_of_each_shard() -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        await running.clock.advance(2_500)
        status, stats = await running.get("/api/v1/stats")
        assert status == 200
        assert (stats["aircraft"], stats["on_ground"], stats["viewers"]) == (4, 1, 0)
        assert stats["by_country"] == {"Fiji": 2, "France": 1, "Germany": 1}
        assert stats["by_status"]["taxiing"] == 1
        shard = {"shard": 0, "epoch": EPOCH, "sequence": 0, "aircraft": 4, "age_s": 2.5, "newest_position_age_s": 3.5}
        assert stats["shards"] == [shard]


async def test_config_has_what_the_page_needs() -> None:
    settings = GatewaySettings(
        tracker="europe",
        tiles_url="https://tiles.example/{z}/{x}/{y}.png",
        receiver=(52.3, 4.8, "Roof"),
        base_maps=(BaseMapSettings(name="Europe", url="/maps/europe.pmtiles"),),
        overlays=(OverlaySettings(name="Airspaces", url="/overlays/airspaces.kml"),),
        photos=PhotoSettings(url="https://photos.example/{icao24}.jpg", attribution="Example"),
        history_url="http://historian:9090",
    )
    async with running_gateway(settings) as running:
        status, config = await running.get("/api/v1/config")
        assert status == 200
        assert config.pop("version")
        assert config == {
            "tracker": "europe",
            "tiles_url": "https://tiles.example/{z}/{x}/{y}.png",
            "tiles_attribution": "",
            "base_maps": [{"name": "Europe", "url": "/maps/europe.pmtiles", "attribution": ""}],
            "overlays": [{"name": "Airspaces", "url": "/overlays/airspaces.kml"}],
            "default_view": [30.0, 5.0, 3.0],
            "receiver": {"latitude": 52.3, "longitude": 4.8, "name": "Roof"},
            "photos": {"url": "https://photos.example/{icao24}.jpg", "page_url": "", "attribution": "Example"},
            "has_history": True,
        }


async def test_a_gateway_is_ready_when_it_has_a_picture_and_says_what_is_stale() -> None:
    async with running_gateway() as running:
        assert (await running.get("/health"))[0] == 200
        status, answer = await running.get("/ready")
        assert (status, answer["status"]) == (503, "no picture yet")
        assert answer["waiting_for"] == "The first frames of all shards have not arrived."
        await running.tick(*FLIGHTS)
        status, answer = await running.get("/ready")
        assert answer["waiting_for"] == ""
        assert (status, answer["status"], answer["stale_shards"]) == (200, "ready", [])
        assert "aircraft" not in answer["shards"][0], "everybody may read this"
        await running.clock.advance(3_001)
        status, answer = await running.get("/ready")
        assert (status, answer["stale_shards"], answer["shards"][0]["age_s"]) == (200, [0], 3.001)
        running.gateway.admission.is_draining = True
        status, answer = await running.get("/ready")
        assert (status, answer["status"]) == (503, "draining")
        assert (await running.get("/health"))[0] == 200


@pytest.mark.parametrize(("accepted", "used"), [("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)])
async def test_answers_are_compressed_with_an_encoding_of_the_client(accepted: str, used: str | None) -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        headers = {"Accept-Encoding": accepted}
        async with running.session.get(f"{running.url}/api/v1/flights", headers=headers) as response:
            assert response.headers.get("Content-Encoding") == used
            assert len(json.loads(await response.read())["flights"]) == 4


async def test_a_large_answer_does_not_block_the_event_loop() -> None:
    fleet = [position(icao24=f"{number:06x}") for number in range(20_000)]
    async with running_gateway(shards=4) as running:
        for shard in range(4):
            await running.tick(*fleet[shard::4], shard=shard)
        longest_s = 0.0

        async def watch() -> None:
            nonlocal longest_s
            while True:
                started_s = time.thread_time()
                await asyncio.sleep(0)
                longest_s = max(longest_s, time.thread_time() - started_s)

        gc.collect()
        gc.disable()  # looking through what all tests before have left is not what is measured
        try:
            watching = asyncio.create_task(watch())
            async with asyncio.timeout(WAIT_S):
                async with running.session.get(f"{running.url}/api/v1/flights", auto_decompress=False) as response:
                    assert len(await response.read()) > 20_000
            watching.cancel()
        finally:
            gc.enable()
        # Processor time of this thread between two turns: a list takes a millisecond, the whole fleet 60.
        assert longest_s < 0.03


async def test_errors_are_problem_documents_with_a_sentence() -> None:
    async with running_gateway() as running:
        status, answer = await running.get("/nothing")
        assert (status, answer["detail"]) == (404, "There is nothing at /nothing; /schema lists what there is.")
        async with running.session.post(f"{running.url}/api/v1/flights") as response:
            assert (response.status, await response.json()) == (
                405,
                {
                    "type": "about:blank",
                    "title": "Method Not Allowed",
                    "status": 405,
                    "detail": "POST is not possible at /api/v1/flights.",
                },
            )


ROUTES = ("/api/v1/flights/000001", "/api/v1/flights/000001/track", "/api/v1/stats", "/api/v1/config",
    "/api/v1/session", "/health", "/ready", "/metrics", "/schema", "/schema/openapi.json")  # fmt: skip


@pytest.mark.parametrize("path", ROUTES)
async def test_an_unknown_query_parameter_is_rejected_on_every_route(path: str) -> None:
    async with running_gateway() as running:
        await running.tick(*FLIGHTS)
        status, answer = await running.get(path + "?verbose=1")
        assert (status, answer["detail"].partition(" of /")[0]) == (400, "'verbose' is not a parameter")
        allowed = {"/api/v1/flights/000001": "fields, format", "/api/v1/flights/000001/track": "from, to, format"}
        assert answer["detail"].endswith(f"; allowed: {allowed.get(path, 'none')}.")


@pytest.mark.parametrize("path", ["/api/v1/flights", *ROUTES, "/", "/index.html", "/lost"])
async def test_head_and_options_are_answered_as_allow_says(path: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Flights</title>")
    async with running_gateway(GatewaySettings(page_directory=str(tmp_path))) as running:
        await running.tick(*FLIGHTS)
        async with running.session.options(running.url + path) as response:
            assert response.status == 204
            allowed = response.headers["Allow"].split(", ")
        assert {"GET", "HEAD", "OPTIONS"} <= set(allowed)
        async with running.session.post(running.url + path) as response:
            assert response.status == 405
            assert response.headers["Allow"].split(", ") == allowed
        async with running.session.get(running.url + path) as got, running.session.head(running.url + path) as head:
            assert (head.status, await head.read()) == (got.status, b"")
            changing = {"x-request-id", "date", "transfer-encoding"}
            if path == "/metrics":
                changing.add("content-length")
            for name, value in got.headers.items():
                assert name.lower() in changing or head.headers[name] == value, name


async def test_a_request_to_the_socket_without_an_upgrade_says_what_is_needed() -> None:
    async with running_gateway() as running:
        for method in ("GET", "POST", "OPTIONS"):
            async with running.session.request(method, running.url + "/ws") as response:
                assert response.status == 426
                assert response.headers["Upgrade"] == "websocket"
                assert "Allow" not in response.headers


async def test_metrics_count_requests_by_route_and_never_by_path() -> None:
    async with running_gateway() as running:
        await running.get("/api/v1/flights/abcdef")
        async with running.session.get(f"{running.url}/metrics") as response:
            assert response.headers["Content-Type"].startswith("text/plain; version=")
            text = await response.text()
        assert 'route="/api/v1/flights/{icao24}",status="404"' in text
        assert "abcdef" not in text
        assert "process_resident_memory_bytes" in text


async def test_an_allowed_origin_may_read() -> None:
    origin = {"Origin": "https://map.example"}
    settings = GatewaySettings(allowed_origins=("https://map.example",))
    async with (
        running_gateway(settings) as running,
        running.session.get(running.url + "/api/v1/config", headers=origin) as r,
    ):
        assert r.headers["Access-Control-Allow-Origin"] == "https://map.example"
    async with running_gateway() as running, running.session.get(f"{running.url}/health", headers=origin) as r:
        assert "Access-Control-Allow-Origin" not in r.headers
        assert r.headers["X-Content-Type-Options"] == "nosniff"
