"""With `auth.mode: token` no byte of flight data leaves without a token: tests every route, and the socket."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker_gateway.access.tokens import Scope
from flighttracker_gateway.app import create_routes
from tests.example_flights import position
from tests.gateway_server import WAIT_S, RunningGateway, running_gateway
from tests.token_issuer import SECRET, bearer, secret_settings, token

FLIGHT = position(registration="D-AIZZ")
TELLING = [
    FLIGHT.icao24,
    str(FLIGHT.callsign),
    str(FLIGHT.registration),
    str(FLIGHT.origin_country),
    f"{FLIGHT.latitude_deg:.3f}",
    bytes.fromhex(FLIGHT.icao24)[::-1].decode("latin-1"),
]
"""Bytes that reveal the flight, as JSON or in a frame."""

OPEN = {
    "/",
    "/{file_path}",
    "/health",
    "/metrics",
    "/ready",
    "/schema",
    "/schema/openapi.json",
    "/schema/{path}",
}
SCOPES: dict[str, set[str]] = {
    "/api/v1/flights": {"view"},
    "/api/v1/flights/{icao24}": {"view"},
    "/api/v1/flights/{icao24}/track": {"view"},
    "/api/v1/history": {"view"},
    "/api/v1/history/frames": {"view"},
    "/api/v1/history/flights": {"view"},
    "/api/v1/history/movements": {"view"},
    "/api/v1/config": {"view"},
    "/api/v1/names": {"view"},
    "/api/v1/tracks": {"view"},
    "/api/v1/sources": {"view"},
    "/api/v1/events": {"view"},
    "/api/v1/stats": {"stats"},
    "/api/v1/session": {"view", "stats"},
    "/api/v1/revocations/{token_id}": set(),
}
"""The scope of each protected route; `admin` includes all."""

NOT_KEPT = {template: (404,) for template in SCOPES if template.startswith("/api/v1/history")}
"""What a tracker without a history answers to those who may ask."""

VALUES = {"icao24": FLIGHT.icao24, "file_path": "index.html", "token_id": "token-1", "path": "else"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.fixture
def locked(tmp_path: Path) -> GatewaySettings:
    page = tmp_path / "page"
    (page / "_next" / "static").mkdir(parents=True)
    (page / "_next" / "static" / "index.html").write_text("asset")
    (page / "index.html").write_text("<title>Flights</title>")
    limits = LimitSettings(max_requests_per_address_per_s=100_000)
    return GatewaySettings(
        auth=secret_settings(tmp_path), page_directory=str(page), allowed_origins=("*",), limits=limits
    )


def routes(running: RunningGateway) -> Iterator[tuple[str, str]]:
    """Yield every route: its template, and an example path."""
    for route in create_routes(running.gateway).routes:
        template = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path_format if route.path_format else route.path)
        yield template, template.format(**VALUES)


async def test_the_walk_covers_every_kind_of_route(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        known = create_routes(running.gateway).routes
        assert {type(route) for route in known} <= {HTTPRoute, WebSocketRoute, ASGIRoute}
        assert [route.path for route in known if isinstance(route, WebSocketRoute)] == ["/ws"]


@pytest.mark.parametrize(
    ("shown", "refused_with"),
    [
        (None, {401}),
        ("garbage", {401}),
        (token("another secret that is long enough to be one"), {401}),
        (token(exp=1), {401}),
        (token(aud="another"), {401}),
        (token(scope="other"), {403, 401}),  # its own DELETE of the session has revoked it
    ],
    ids=["none", "garbage", "forged", "expired", "foreign", "no scope"],
)
async def test_without_a_token_no_route_shows_flights(
    locked: GatewaySettings, shown: str | None, refused_with: set[int]
) -> None:
    async with running_gateway(locked) as running:
        await running.tick(FLIGHT)
        seen_open = set()
        for template, path in routes(running):
            if template == "/ws":
                continue
            for method in METHODS:
                headers = {"Accept-Encoding": "identity"} | (bearer(shown) if shown else {})
                url = running.url + path
                async with running.session.request(method, url, headers=headers) as response:
                    # An error repeats the path that was asked for, which the client knew before.
                    answer = (await response.read()).decode("latin-1").replace(path, "")
                assert not [word for word in TELLING if word in answer], (method, template)
                if response.status < 400 and method in ("GET", "HEAD"):
                    seen_open.add(template)
                elif template not in OPEN and response.status != 405 and method != "OPTIONS":
                    # Whoever has a valid token may ask who he is, and give it back.
                    expected = refused_with | ({200, 204} if template == "/api/v1/session" and shown else set())
                    assert response.status in expected, (method, template)
        assert seen_open - ({"/api/v1/session"} if 403 in refused_with else set()) <= OPEN


async def test_rejected_requests_and_preflights_are_counted_with_their_status(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        preflight = {"Origin": "https://map.example", "Access-Control-Request-Method": "GET"}
        for method, path, headers, route, status in (
            ("GET", "/api/v1/stats", {}, "/api/v1/stats", 401),
            ("GET", "/api/v1/stats", bearer(token(scope="view")), "/api/v1/stats", 403),
            ("OPTIONS", "/api/v1/stats", {}, "/api/v1/stats", 204),
            ("OPTIONS", "/api/v1/stats", preflight, "(no route)", 204),
            ("POST", "/api/v1/stats", {}, "(no route)", 405),
        ):
            async with running.session.request(method, running.url + path, headers=headers) as response:
                assert response.status == status, (method, headers)
            labels = {"method": method, "route": route}
            assert running.metric("flights_http_requests_total", **labels, status=str(status)) == 1, (method, headers)
            assert running.metric("flights_http_requests_total", **labels, status="500") == 0, (method, headers)


async def test_with_the_right_token_the_same_routes_answer(locked: GatewaySettings) -> None:
    """The test above would pass on a gateway that never answers; this one shows that the routes do answer."""
    async with running_gateway(locked) as running:
        await running.tick(FLIGHT)
        told = ""
        for path in (
            "/api/v1/flights",
            f"/api/v1/flights/{FLIGHT.icao24}",
            "/api/v1/stats",
            "/api/v1/config",
            "/api/v1/session",
        ):
            async with running.session.get(running.url + path, headers=bearer(token(scope="view stats"))) as response:
                assert response.status == 200, path
                told += await response.text()
        assert [word for word in TELLING[:5] if word not in told] == []


async def test_each_scope_permits_only_its_routes(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        await running.tick(FLIGHT)
        opened: dict[str, set[str]] = {}
        for template, path in routes(running):
            if template in OPEN or template == "/ws":
                continue
            method = "PUT" if "token_id" in template else "GET"
            opened[template] = set()
            for scope in Scope:
                shown = bearer(token(jti=f"only {scope}", scope=scope))
                async with running.session.request(method, running.url + path, headers=shown) as response:
                    assert response.status in (200, 204, 403, *NOT_KEPT.get(template, ())), (template, scope)
                    if response.status != 403:
                        opened[template].add(scope.value)
        assert opened == {template: scopes | {"admin"} for template, scopes in SCOPES.items()}


async def test_a_route_without_a_rule_is_for_administrators_only(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        from litestar import Litestar, get

        from flighttracker_gateway.access.http_gate import TokenGate

        @get("/new")
        async def forgotten() -> str:
            return "flights"

        app = Litestar([forgotten], middleware=[TokenGate(running.gateway.auth)], openapi_config=None)
        from litestar.testing import AsyncTestClient

        async with AsyncTestClient(app) as client:
            assert (await client.get("/new")).status_code == 401
            assert (await client.get("/new", headers=bearer(token(scope="view stats")))).status_code == 403
            assert (await client.get("/new", headers=bearer(token(scope="admin")))).status_code == 200


@pytest.mark.parametrize(
    "protocols",
    [
        (),
        ("flights.v1",),
        ("flights.v3",),
        ("flights.v1.json",),
        ("flights.v1", "bearer."),
        ("flights.v1", "bearer.garbage"),
        ("flights.v1", f"bearer.{token('another secret that is long enough to be one')}"),
        ("flights.v1", f"bearer.{token(exp=1)}"),
    ],
    ids=["nothing", "v1", "v3", "json", "empty", "garbage", "forged", "expired"],
)
async def test_without_a_token_the_socket_is_rejected(locked: GatewaySettings, protocols: tuple[str, ...]) -> None:
    async with running_gateway(locked) as running:
        await running.tick(FLIGHT)
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        offered = f"Sec-WebSocket-Protocol: {', '.join(protocols)}\r\n" if protocols else ""
        writer.write(
            f"GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{offered}"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        async with asyncio.timeout(WAIT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 401 ")
        await running.tick(position(position_time=running.clock.now_ms()))
        async with asyncio.timeout(WAIT_S):
            answer = (head + await reader.read(-1)).decode("latin-1")
        writer.close()
        assert "www-authenticate: Bearer" in answer
        assert not [word for word in TELLING if word in answer]
        assert running.gateway.admission.connections == 0


async def test_a_token_for_counts_cannot_open_the_socket(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.connect(headers=bearer(token(scope="stats")))
        assert refused.value.status == 403


async def test_no_token_is_logged_wherever_it_is_sent(
    locked: GatewaySettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    good, bad = token(jti=None), token(SECRET + "!", sub="mallory")
    async with running_gateway(locked) as running:
        await running.tick(FLIGHT)
        for shown in (good, bad):
            for path in (
                "/api/v1/flights",
                f"/api/v1/flights?token={shown}",
                f"/api/v1/flights/{shown}",
                f"/{shown[:40]}",
            ):
                async with running.session.get(running.url + path, headers=bearer(shown)) as response:
                    await response.read()
            for options in (
                {"headers": bearer(shown)},
                {"protocols": ("flights.v1", f"bearer.{shown}")},
                {"protocols": (f"bearer.{shown}",)},
                {"query": f"?token={shown}"},
            ):
                try:
                    async with running.connect(**options) as socket:
                        await socket.send_json({"type": "token", "token": bad})
                        await socket.send_json({"type": bad})
                        await socket.receive()
                        await socket.close()
                except aiohttp.WSServerHandshakeError:
                    continue
    ours = [record for record in caplog.records if not record.name.startswith(("asyncio", "aiohttp"))]
    assert ours
    text = "\n".join(f"{record.getMessage()} {record.__dict__.get('fields')}" for record in ours)
    for shown in (good, bad):
        for part in shown.split("."):
            assert part not in text
