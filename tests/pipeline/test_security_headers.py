"""Every answer has the security headers and an id, whichever part sends it; and the log has that id."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any, NoReturn

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker.telemetry import JsonFormatter
from flighttracker_gateway.gateway import Gateway
from tests.gateway_server import WAIT_S, Watcher, running_gateway

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=(), payment=(), usb=()",
}
PATHS = (
    "/",
    "/index.html",
    "/lost",
    "/health",
    "/ready",
    "/metrics",
    "/schema",
    "/api/v1/flights",
    "/api/v1/flights/x",
    "/api/v1/x",
    "/api/flights",
)


@pytest.fixture
def page(tmp_path: Path) -> GatewaySettings:
    (tmp_path / "index.html").write_text("<title>Flights</title><script>one()</script>")
    return GatewaySettings(page_directory=str(tmp_path))


async def test_every_answer_has_the_headers(page: GatewaySettings) -> None:
    async with running_gateway(page) as running:
        ids = set()
        for path in PATHS:
            for method in ("GET", "POST", "OPTIONS"):
                async with running.session.request(method, running.url + path) as response:
                    assert response.headers.items() >= HEADERS.items(), (method, path)
                    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
                    assert "server" not in response.headers
                    assert len(response.headers.getall("Content-Security-Policy")) == 1
                    ids.add(response.headers["X-Request-Id"])
        assert len(ids) == len(PATHS) * 3


@pytest.mark.parametrize(
    ("request_line", "header", "status"),
    [
        ("GET /health", "X-Long: " + "x" * 16_384, b"431"),
        ("PUT /api/v1/revocations/a", "Content-Length: 999999", b"413"),
        ("GET /ws", "Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: https://elsewhere.example", b"403"),
    ],
    ids=["head", "body", "handshake"],
)
async def test_rejected_requests_have_the_headers(request_line: str, header: str, status: bytes) -> None:
    async with running_gateway() as running:
        host, port = running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        writer.write(f"{request_line} HTTP/1.1\r\nHost: test\r\n{header}\r\n{key}\r\n\r\n".encode())
        async with asyncio.timeout(WAIT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        assert head.startswith(b"HTTP/1.1 " + status)
        said = [line.partition(": ") for line in head.decode().splitlines()]
        held = {name.lower(): value for name, _, value in said}
        assert held.items() >= {name.lower(): value for name, value in HEADERS.items()}.items()
        assert held["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert held["cache-control"] == "no-store"


async def test_the_page_gets_its_own_policy_and_data_none(page: GatewaySettings) -> None:
    async with running_gateway(page) as running:
        async with running.session.get(running.url + "/") as response:
            assert "script-src 'self' 'sha256-" in response.headers["Content-Security-Policy"]
        for path, stored in (
            ("/api/v1/flights", "private, no-cache"),
            ("/api/v1/stats", "private, no-cache"),
            ("/api/v1/session", "no-store"),
        ):
            async with running.session.get(running.url + path) as response:
                assert response.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
                assert response.headers["Cache-Control"] == stored


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return the gateway's log lines, parsed."""
    ours = [record for record in caplog.records if record.name.startswith("flighttracker")]
    return [json.loads(JsonFormatter().format(record)) for record in ours]


async def test_requests_are_logged_by_route_with_the_id_that_the_client_got(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with running_gateway() as running:
        assert (await running.get("/api/v1/stats"))[0] == 200
        async with running.session.get(running.url + "/api/v1/flights/nonsense?secret=1") as response:
            request = response.headers["X-Request-Id"]
        (line,) = lines(caplog)
        assert (line["level"], line["message"], line["request"]) == (
            "info",
            "GET /api/v1/flights/{icao24}: 400",
            request,
        )


async def test_a_flood_of_bad_requests_is_a_few_lines_and_a_number(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    settings = GatewaySettings(limits=LimitSettings(max_requests_per_address_per_s=1000))
    async with running_gateway(settings) as running:
        for _ in range(60):
            await running.get("/nowhere")
        assert len(lines(caplog)) == 20
        await running.clock.advance(60_000)
        await running.get("/nowhere")
        assert lines(caplog)[-1]["left_out"] == 40


async def test_a_flood_of_rejected_viewers_is_a_few_lines_each_with_a_session(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with running_gateway() as running:
        for _ in range(25):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await running.connect(origin="https://elsewhere.example")
        written = lines(caplog)
        assert len({line["session"] for line in written}) == len(written) == 20
        assert {line["message"].partition(" 'https")[0] for line in written} == {"rejected a handshake: The origin"}


async def test_viewers_are_logged_with_the_session_in_their_welcome(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with running_gateway() as running:
        async with running.connect() as socket:
            viewer = Watcher(socket)
            session = (await viewer.text())["session"]
            await socket.send_str("garbage")
            await viewer.closed()
        (line,) = lines(caplog)
        assert line["session"] == session
        assert line["message"].startswith("a connection ended with 4400 after ")


async def test_bugs_are_counted_by_place_logged_once_a_minute_and_not_shown_to_clients(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object) -> NoReturn:
        raise ZeroDivisionError("what nobody outside should read")

    async with running_gateway() as running:
        monkeypatch.setattr(type(running.gateway.picture), "statistics", fail)
        requests = []
        for _ in range(3):
            async with running.session.get(running.url + "/api/v1/stats") as response:
                requests.append(response.headers["X-Request-Id"])
                answer = await response.text()
            assert response.status == 500
            assert response.headers.items() >= HEADERS.items()
            assert "nobody outside" not in answer
            assert requests[-1] in answer
        errors = [line for line in lines(caplog) if line["level"] == "error"]
        assert [(line["message"], line["request"]) for line in errors] == [("GET /api/v1/stats failed", requests[0])]
        assert "ZeroDivisionError: what nobody outside should read" in errors[0]["exception"]
        counted = [
            sample
            for metric in running.registry.collect()
            for sample in metric.samples
            if sample.name == "flights_errors_total"
        ]
        assert [(sample.labels["where"].partition(":")[0], sample.value) for sample in counted] == [
            ("ZeroDivisionError at rest.py", 3)
        ]
        await running.clock.advance(60_000)
        await running.get("/api/v1/stats")
        errors = [line for line in lines(caplog) if line["level"] == "error"]
        assert errors[-1]["left_out"] == 2


async def test_a_bug_in_one_connection_ends_only_that_one(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_gateway() as running, running.connect() as healthy:
        viewer = Watcher(healthy)
        await viewer.text()

        async def fail(*arguments: object) -> NoReturn:
            raise ZeroDivisionError

        monkeypatch.setattr(running.gateway.hub, "resync", fail)
        async with running.connect() as unlucky:
            await unlucky.send_str('{"type": "resync"}')
            assert (await Watcher(unlucky).closed())[0] == 1011
        assert [line["message"] for line in lines(caplog) if line["level"] == "error"] == ["/ws failed"]
        await running.tick()
        await viewer.frames()
        assert isinstance(running.gateway, Gateway)
