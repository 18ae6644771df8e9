"""Handshakes of `/ws` through the real server: accepted, or rejected with a reason."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from flighttracker.plan import plan
from flighttracker.settings import GatewaySettings, LimitSettings
from flighttracker.spec import read_tracker
from tests.gateway_server import RunningGateway, Watcher, running_gateway

REFUSALS: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "unknown subprotocol": (
        {"protocols": ("chat",)},
        400,
        "subprotocol",
        "None of the subprotocols 'chat' is supported; flights.v1, flights.v3, flights.v1.json are.",
    ),
    "no subprotocol": (
        {"protocols": ()},
        400,
        "subprotocol",
        "A subprotocol is missing; flights.v1, flights.v3, flights.v1.json are supported.",
    ),
    "unknown parameter": (
        {"query": "?sinc=0.1.2"},
        400,
        "query",
        "'sinc' is not a parameter of /ws; allowed: since.",
    ),
    "repeated parameter": (
        {"query": "?since=0.1.2&since=0.1.3"},
        400,
        "query",
        "The parameter since of /ws is repeated; give it once.",
    ),
    "malformed since": (
        {"query": "?since=0.1"},
        400,
        "since",
        "since has the part '0.1', which is not shard.epoch.sequence (three numbers).",
    ),
    "foreign origin": (
        {"headers": {"Origin": "https://elsewhere.example"}},
        403,
        "origin",
        "The origin 'https://elsewhere.example' may not connect; see allowed_origins of the gateway.",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_rejected_handshake_says_why(case: str) -> None:
    options, status, reason, detail = REFUSALS[case]
    query = options.get("query", "")
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": ", ".join(options.get("protocols", ("flights.v1",))),
    }
    if not headers["Sec-WebSocket-Protocol"]:
        del headers["Sec-WebSocket-Protocol"]
    headers |= options.get("headers", {})
    async with running_gateway() as running:
        answered, problem = await running.get(f"/ws{query}", headers=headers)
        assert (answered, problem["detail"], problem["reason"]) == (status, detail, reason)
        assert running.metric("flights_ws_refused_total", reason=reason) == 1


async def test_the_gateways_own_page_may_connect() -> None:
    async with running_gateway() as running, running.connect(origin=running.url) as socket:
        assert (await Watcher(socket).text())["type"] == "welcome"


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        ("https://map.example", "https://map.example"),
        ("https://Map.example", "https://map.example"),
        ("https://map.example:8443", "https://map.example:8443"),
        ("https://*.map.example", "https://a.map.example"),
        ("https://*.map.example:8443", "https://a-1.map.example:8443"),
        ("*", "https://elsewhere.example"),
    ],
)
async def test_an_allowed_origin_may_connect_and_read_the_api(allowed: str, origin: str) -> None:
    async with running_gateway(GatewaySettings(allowed_origins=(allowed,))) as running:
        async with running.connect(origin=origin) as socket:
            assert (await Watcher(socket).text())["type"] == "welcome"
        assert await cors_answer(running, origin) in (origin, "*")


async def cors_answer(running: RunningGateway, origin: str) -> str | None:
    """Return the CORS header of an answer to a page of another site."""
    async with running.session.get(running.url + "/api/v1/config", headers={"Origin": origin}) as answer:
        return answer.headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize(
    ("origin", "is_accepted"),
    [
        ("https://a.map.example", True),
        ("https://b.map.example", False),
        ("https://map.example", False),
        ("https://elsewhere.example", False),
    ],
)
async def test_behind_a_wildcard_ingress_only_the_page_of_the_same_host_may_connect(
    origin: str, is_accepted: bool
) -> None:
    head = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "sky"}}
    tracker = read_tracker({**head, "spec": {"ingress": {"enabled": True, "host": "*.map.example"}}})
    settings = GatewaySettings(allowed_origins=plan(tracker).gateway.allowed_origins)
    async with running_gateway(settings) as running:
        headers = {"Host": "a.map.example", "Origin": origin}
        if is_accepted:
            async with running.connect(headers=headers) as socket:
                assert (await Watcher(socket).text())["type"] == "welcome"
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await running.connect(headers=headers)
            assert refused.value.status == 403


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        ((), "http://{host}.elsewhere.example"),
        ((), "http://elsewhere.example/{host}"),
        ((), "http://127.0.0.1:1"),
        ((), "null"),
        (("https://map.example",), "https://elsewhere.example"),
        (("https://map.example",), "https://map.example.elsewhere.example"),
        (("https://map.example",), "http://map.example"),
        (("https://map.example",), "https://map.example:8443"),
        (("https://*.map.example",), "https://map.example"),
        (("https://*.map.example",), "https://a.b.map.example"),
        (("https://*.map.example",), "https://a.elsewhere.example:1.map.example"),
        (("https://*.map.example",), "https://a.mapxexample"),
        (("https://*.map.example",), "http://a.map.example"),
    ],
)
async def test_an_origin_that_resembles_an_allowed_one_is_rejected(allowed: tuple[str, ...], origin: str) -> None:
    async with running_gateway(GatewaySettings(allowed_origins=allowed)) as running:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.connect(origin=origin.format(host=running.url.removeprefix("http://")))
        assert refused.value.status == 403
        assert running.metric("flights_ws_refused_total", reason="origin") == 1
        assert await cors_answer(running, origin.format(host="127.0.0.1")) is None


@pytest.mark.parametrize(("name", "status"), [("rebound.example", 421), ("localhost", 200)])
async def test_a_page_whose_name_leads_to_this_computer_reads_nothing(name: str, status: int) -> None:
    """A browser takes the gateway for the server of that page, so there is no Origin, or its own."""
    async with running_gateway(GatewaySettings(allowed_hosts=("localhost",))) as running:
        host = f"{name}:{running.url.rpartition(':')[2]}"
        for path in ("/api/v1/flights", "/api/v1/config", "/api/v1/stats", "/metrics"):
            async with running.session.get(running.url + path, headers={"Host": host}) as response:
                assert response.status == status, path
        headers = {"Host": host, "Origin": f"http://{host}"}
        if status == 200:
            async with running.connect(headers=headers) as socket:
                assert (await Watcher(socket).text())["type"] == "welcome"
            return
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.connect(headers=headers)
        assert refused.value.status == status
        assert running.metric("flights_ws_refused_total", reason="host") == 1


async def test_a_full_gateway_says_when_to_retry() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_connections=1))
    async with running_gateway(settings) as running, running.connect():
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await running.connect()
        assert refused.value.status == 503
        assert refused.value.headers is not None
        assert refused.value.headers["Retry-After"] == "5"


async def test_connections_are_accepted_no_faster_than_the_limit() -> None:
    settings = GatewaySettings(limits=LimitSettings(max_connects_per_s=2))
    async with running_gateway(settings) as running, running.connect(), running.connect():
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await running.connect()
        await running.clock.advance(1000)
        async with running.connect() as socket:
            assert (await Watcher(socket).text())["type"] == "welcome"
