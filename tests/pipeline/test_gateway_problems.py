"""Every error of the gateway is `application/problem+json` (RFC 9457), whichever part of it answers."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from tests.gateway_server import WAIT_S, RunningGateway, running_gateway
from tests.token_issuer import secret_settings

UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
PREFLIGHT = "Origin: https://elsewhere.example\r\nAccess-Control-Request-Method: GET\r\n"
REQUESTS: dict[str, tuple[str, str, int, str]] = {
    "mistake": ("GET /api/v1/flights?limit=0", "", 400, "limit is '0'; it must be a whole number"),
    "many parameters": (f"GET /api/v1/flights?{'q=a&' * 512}", "", 400, "The URL has more than 512 parameters."),
    "handshake with many parameters": (f"GET /ws?{'=&' * 512}", UPGRADE, 400, "The URL has more than 512 parameters."),
    "many escapes": (
        f"GET /api/v1/flights?q={'%61' * 1_025}",
        "",
        400,
        "The URL has more than 1,024 percent-encoded bytes.",
    ),
    "many headers": ("GET /health", "a: b\r\n" * 128, 431, "A request may have 128 headers."),
    "handshake with many subprotocols": (
        "GET /ws",
        f"{UPGRADE}Sec-WebSocket-Protocol: {'a,' * 65}a\r\n",
        431,
        "A handshake may offer 64 subprotocols and extensions.",
    ),
    "handshake with many subprotocols in many headers": (
        "GET /ws",
        f"{UPGRADE}Sec-WebSocket-Extensions: a;b\r\n" + "Sec-WebSocket-Protocol: a,b,c\r\n" * 32,
        431,
        "A handshake may offer 64 subprotocols and extensions.",
    ),
    "no route": ("GET /nothing", "", 404, "There is nothing at /nothing"),
    "no aircraft": ("GET /api/v1/flights/abcdef", "", 404, "No aircraft with the icao24 abcdef"),
    "method": ("POST /api/v1/stats", "", 405, "POST is not possible at /api/v1/stats."),
    "no upgrade": ("GET /ws", "", 426, "/ws is a WebSocket"),
    "body": ("PUT /api/v1/revocations/a", "Content-Length: 999999\r\n", 413, "No request here has a body."),
    "head": ("GET /health", f"X-Long: {'x' * 16_384}\r\n", 431, "The head of a request may have 16384 bytes."),
    "not http": (
        "GET /health HTTP/1.1\r\nHost: test\r\nno colon\r\n\r\nGET /",
        "",
        400,
        "The request is not valid HTTP.",
    ),
    "no host": ("GET /health HTTP/1.1\r\n\r\n", "", 400, "The header Host is missing."),
    "two hosts": ("GET /health", "Host: test\r\n", 400, "The header Host is repeated"),
    "two other hosts": ("GET /health", "HOST: other\r\n", 400, "The header Host is repeated"),
    "another host in the target": ("GET http://other/health", "", 400, "The header Host is repeated"),
    "another port in the target": ("GET http://test:81/health", "", 400, "The header Host is repeated"),
    "handshake with another host in the target": ("GET http://other/ws", UPGRADE, 400, "The header Host is repeated"),
    "empty host": ("GET /health HTTP/1.1\r\nHost:\r\n\r\n", "", 400, "The header Host is neither a host name"),
    "list of hosts": ("GET /health HTTP/1.1\r\nHost: a, b\r\n\r\n", "", 400, "The header Host is neither a host name"),
    "path in host": ("GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n", "", 400, "The header Host is neither a host name"),
    "user in host": ("GET /health HTTP/1.1\r\nHost: u@a\r\n\r\n", "", 400, "The header Host is neither a host name"),
    "handshake without host": (f"GET /ws HTTP/1.1\r\n{UPGRADE}\r\n", "", 400, "The header Host is missing."),
    "handshake with two hosts": ("GET /ws", f"Host: other\r\n{UPGRADE}", 400, "The header Host is repeated"),
    "handshake with empty host": (
        f"GET /ws HTTP/1.1\r\nHost:\r\nOrigin: null\r\n{UPGRADE}\r\n",
        "",
        400,
        "The header Host is neither a host name",
    ),
    "handshake": (
        "GET /ws?x=1",
        f"{UPGRADE}Sec-WebSocket-Protocol: flights.v1\r\n",
        400,
        "'x' is not a parameter of /ws",
    ),
    "handshake elsewhere": ("GET /nothing", UPGRADE, 404, "There is no WebSocket at this path; /ws is one."),
    "preflight": ("OPTIONS /api/v1/stats", PREFLIGHT, 400, "Disallowed CORS Origin"),
}


async def problem_of(running: RunningGateway, line: str, headers: str = "") -> tuple[int, dict[str, str], Any]:
    """Send one request; return status, headers and body of the answer."""
    host, port = running.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    end = "" if line.endswith(("\r\n\r\n", "GET /")) else f" HTTP/1.1\r\nHost: test\r\n{headers}\r\n"
    writer.write((line + end).encode())
    async with asyncio.timeout(WAIT_S):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status, *rest = head.strip().split("\r\n")
        found = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        body = await reader.readexactly(int(found["content-length"])) if "content-length" in found else b""
        if not body:
            body = (await reader.read(-1)).strip()
    writer.close()
    return int(status.split()[1]), found, json.loads(body)


@pytest.mark.parametrize("case", REQUESTS)
async def test_an_error_is_a_problem_document(case: str) -> None:
    line, headers, status, detail = REQUESTS[case]
    settings = GatewaySettings(allowed_origins=("https://map.example",))
    async with running_gateway(settings) as running:
        answered, found, problem = await problem_of(running, line, headers)
        assert answered == status
        assert found["content-type"] == "application/problem+json"
        assert problem.keys() >= {"type", "title", "status", "detail"}
        assert (problem["type"], problem["status"]) == ("about:blank", status)
        assert problem["detail"].startswith(detail)


@pytest.mark.parametrize("host", ["test", "Test.example:8080", "10.0.0.1:80", "[::1]", "[fd00::1]:8080", "a_b.svc"])
async def test_a_host_with_an_optional_port_is_accepted(host: str) -> None:
    async with running_gateway() as running:
        answered, _, health = await problem_of(running, f"GET /health HTTP/1.1\r\nHost: {host}\r\n\r\n")
        assert (answered, health["status"]) == (200, "alive")


async def test_a_target_may_have_the_host_of_the_header() -> None:
    async with running_gateway() as running:
        line = "GET http://Test:8080/health HTTP/1.1\r\nHost: test:8080\r\n\r\n"
        assert (await problem_of(running, line))[2]["status"] == "alive"


async def test_health_checks_of_http_1_0_need_no_host() -> None:
    async with running_gateway() as running:
        answered, _, health = await problem_of(running, "GET /health HTTP/1.0\r\n\r\n")
        assert (answered, health["status"]) == (200, "alive")


async def test_a_rejected_token_says_why_in_a_member(tmp_path: Path) -> None:
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        _, _, problem = await problem_of(running, "GET /api/v1/stats")
        assert (problem["status"], problem["title"], problem["reason"]) == (401, "Unauthorized", "missing")
        _, _, problem = await problem_of(running, "GET /ws", UPGRADE)
        assert (problem["status"], problem["reason"]) == (401, "token_missing")


async def test_a_slow_head_is_answered_with_a_problem_document() -> None:
    async with running_gateway(GatewaySettings(limits=LimitSettings(request_head_s=0.2))) as running:
        answered, found, problem = await problem_of(running, "GET /health HTTP/1.1\r\nHost: te" + "GET /")
        assert (answered, found["content-type"]) == (408, "application/problem+json")
        assert problem["title"] == "Request Timeout"


async def test_a_bug_names_the_request_in_a_member(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_gateway() as running:
        monkeypatch.setattr(running.gateway.picture, "statistics", lambda: 1 / 0)
        answered, found, problem = await problem_of(running, "GET /api/v1/stats")
        assert (answered, problem["request_id"]) == (500, found["x-request-id"])
