"""The built page through the real server."""

from __future__ import annotations

from pathlib import Path

from flighttracker.settings import GatewaySettings
from tests.example_flights import position
from tests.gateway_server import running_gateway


async def test_the_page_is_served_with_the_right_caching(tmp_path: Path) -> None:
    (tmp_path / "_next" / "static").mkdir(parents=True)
    (tmp_path / "index.html").write_text("<title>Flights</title>")
    (tmp_path / "404.html").write_text("<title>Lost</title>")
    (tmp_path / "_next" / "static" / "chunk-abc.js").write_text("1")
    async with running_gateway(GatewaySettings(page_directory=str(tmp_path))) as running:
        async with running.session.get(running.url + "/") as response:
            assert (response.status, await response.text()) == (200, "<title>Flights</title>")
            assert response.headers["Cache-Control"] == "no-cache"
        async with running.session.get(running.url + "/_next/static/chunk-abc.js") as response:
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert response.content_type in ("text/javascript", "application/javascript")
        async with running.session.get(running.url + "/lost") as response:
            assert (response.status, await response.text()) == (404, "<title>Lost</title>")
        async with running.session.head(running.url + "/") as response:
            assert (response.status, await response.read()) == (200, b"")
        # A 304 without the page's policy would give it that of the API, and the page could not run any more.
        async with running.session.get(running.url + "/", headers={"If-None-Match": "*"}) as response:
            assert response.status == 200
            assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        for outside in ("/../settings.json", "/%2e%2e/settings.json", "/_next/static/%2e%2e/%2e%2e/%2e%2e/x"):
            async with running.session.get(running.url + outside) as response:
                assert response.status == 404
        assert (await running.get("/api/v1/flights"))[0] == 200


async def test_a_page_that_is_not_built_is_reported(tmp_path: Path) -> None:
    settings = GatewaySettings(page_directory=str(tmp_path))
    async with running_gateway(settings) as running, running.session.get(running.url + "/") as response:
        assert response.status == 503
        assert "make web" in await response.text()


async def test_everything_is_below_the_base_path_and_at_the_root_for_proxies_that_remove_it(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Flights</title>")
    (tmp_path / "404.html").write_text('<a href="/">Map</a>')
    settings = GatewaySettings(page_directory=str(tmp_path), base_path="/maps/north")
    async with running_gateway(settings) as running:
        await running.tick(position())
        for base in ("/maps/north", ""):
            assert await running.get(f"{base}/api/v1/stats") == await running.get("/api/v1/stats")
            async with running.session.get(f"{running.url}{base}/") as response:
                assert (response.status, await response.text()) == (200, "<title>Flights</title>")
            async with running.session.get(f"{running.url}{base}/lost") as response:
                assert (response.status, await response.text()) == (404, '<a href="/maps/north/">Map</a>')
            async with running.session.get(f"{running.url}{base}/schema") as response:
                assert [server["url"] for server in (await response.json())["servers"]] == ["/maps/north"]
            async with running.session.ws_connect(f"{running.url}{base}/ws", protocols=["flights.v1"]) as socket:
                assert (await socket.receive(timeout=5)).type.name in ("TEXT", "BINARY")
        for path, location in (("", "/maps/north/"), ("?flight=3c6444&at=1", "/maps/north/?flight=3c6444&at=1")):
            async with running.session.get(f"{running.url}/maps/north{path}", allow_redirects=False) as response:
                assert (response.status, response.headers["Location"]) == (308, location)
                assert response.headers["X-Content-Type-Options"] == "nosniff"
        for other in ("/maps/northern/", "/maps/", "/maps/north/maps/north/"):
            async with running.session.get(running.url + other) as response:
                assert response.status == 404
        assert running.metric("flights_http_requests_total", method="GET", route="/api/v1/stats", status="200") == 4
