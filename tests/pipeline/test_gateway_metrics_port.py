"""Probes and metrics on a port of their own, and what the public port then serves."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.plan import POD_LISTENING
from flighttracker.settings import GatewaySettings
from flighttracker.spec import read_tracker
from flighttracker_gateway.app import create_routes
from flighttracker_gateway.run import run
from flighttracker_operator.manifests.ingress import GATEWAY_PATHS
from tests.gateway_server import WAIT_S, running_gateway
from tests.token_issuer import bearer, secret_settings, token
from tests.unit.operator.manifests.cases import EVERYTHING_SERVED, facts, made


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Ports(NamedTuple):
    """A gateway that runs: its task, and the URLs of its ports."""

    task: asyncio.Task[None]
    public: str
    metrics: str


@asynccontextmanager
async def gateway_with_two_ports(**changes: Any) -> AsyncIterator[Ports]:
    settings = GatewaySettings(port=0, metrics_port=free_port(), tick_s=0.2, **{"drain_s": 0.1, **changes})
    url = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run(settings, MemoryBus(1), SystemClock(), ready=url.set_result))
    try:
        async with asyncio.timeout(WAIT_S):
            yield Ports(task, await url, f"http://127.0.0.1:{settings.metrics_port}")
    finally:
        task.cancel()
        await asyncio.wait([task])


async def get(url: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_probes_and_metrics_are_on_their_own_port_and_nothing_else_is() -> None:
    async with gateway_with_two_ports() as ports:
        assert (await get(ports.metrics + "/health"))[0] == 200
        status, text = await get(ports.metrics + "/metrics")
        assert (status, "flights_aircraft " in text) == (200, True)
        status, text = await get(ports.metrics + "/ready")
        assert '"shards":' in text
        for path in ("/api/v1/flights", "/api/v1/config", "/ws", "/schema", "/"):
            assert (await get(ports.metrics + path))[0] == 404, path


async def test_a_gateway_in_a_pod_is_reached_over_ipv4_and_ipv6() -> None:
    """A cluster of IPv6 only probes and connects over IPv6, a dual-stack one over either."""
    async with gateway_with_two_ports(host=POD_LISTENING.host) as ports:
        for port in (ports.public, ports.metrics):
            for host in ("127.0.0.1", "[::1]"):
                assert (await get(f"http://{host}:{port.rpartition(':')[2]}/health"))[0] == 200, (host, port)


@pytest.mark.parametrize("has_tokens", [False, True])
async def test_the_public_port_has_no_metrics_and_tells_only_whether_it_is_ready(
    has_tokens: bool, tmp_path: Path
) -> None:
    changes = {"auth": secret_settings(tmp_path)} if has_tokens else {}
    async with gateway_with_two_ports(**changes) as ports:
        assert (await get(ports.public + "/metrics"))[0] == 404
        assert (await get(ports.public + "/health"))[0] == 200
        status, text = await get(ports.public + "/ready")
        assert (status, text.startswith('{"status":"'), text.count(":")) == (200 if "ready" in text else 503, True, 1)
        assert (await get(ports.metrics + "/metrics"))[0] == 200, "needs no token"


async def test_on_one_port_metrics_need_a_token_where_counts_do(tmp_path: Path) -> None:
    async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
        assert (await get(running.url + "/metrics"))[0] == 401
        assert (await get(running.url + "/metrics", **bearer(token(scope="view"))))[0] == 403
        assert (await get(running.url + "/metrics", **bearer(token(scope="stats"))))[0] == 200
        assert (await running.get("/ready")) == (503, {"status": "no picture yet"})
    async with running_gateway() as running:
        assert (await get(running.url + "/metrics"))[0] == 200
        assert "shards" in (await running.get("/ready"))[1]


async def test_probes_are_answered_until_the_last_viewer_has_left() -> None:
    async with gateway_with_two_ports(drain_s=1.0) as ports, aiohttp.ClientSession() as session:
        async with session.ws_connect(ports.public + "/ws", protocols=("flights.v1",)):
            ports.task.cancel()
            await asyncio.sleep(0.1)
            status, text = await get(ports.metrics + "/ready")
            assert (status, '"status":"draining"' in text) == (503, True)
            assert (await get(ports.metrics + "/metrics"))[0] == 200
        with pytest.raises(asyncio.CancelledError):
            await ports.task
        with pytest.raises(aiohttp.ClientConnectorError):
            await get(ports.metrics + "/health")


async def test_a_metrics_port_in_use_keeps_the_gateway_from_starting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = GatewaySettings(port=0, metrics_port=taken.getsockname()[1])
        with pytest.raises(StartError, match="in use"):
            await run(settings, MemoryBus(1), SystemClock())


@pytest.mark.parametrize("has_page", [True, False])
@pytest.mark.parametrize("gateway_api", [True, False])
async def test_an_ingress_leads_to_nothing_of_a_gateway_but_the_api_and_the_socket(
    has_page: bool, gateway_api: bool
) -> None:
    ingress = {"enabled": True, "host": "a.example.org"} | (
        {"gatewayApi": {"parentRef": {"name": "edge"}}} if gateway_api else {}
    )
    head = {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "sky"}}
    spec = {"ingress": ingress, "web": {"enabled": has_page}}
    objects = made(read_tracker({**head, "spec": spec}), facts(api_versions=EVERYTHING_SERVED))
    prefixes = list(gateway_prefixes(objects["HTTPRoute" if gateway_api else "Ingress", "sky"]))
    assert prefixes == list(GATEWAY_PATHS)
    async with running_gateway(GatewaySettings(metrics_port=free_port())) as running:
        paths = {route.path for route in create_routes(running.gateway).routes}
        reached = {path for path in paths if any(path == p or path.startswith(p + "/") for p in prefixes)}
        assert paths - reached == {"/health", "/ready", "/schema", "/schema/openapi.json", "/schema/{path:str}"}


def gateway_prefixes(manifest: dict[str, Any]) -> list[str]:
    """Return the path prefixes that an Ingress or HTTPRoute routes to the gateways."""
    if manifest["kind"] == "Ingress":
        paths = manifest["spec"]["rules"][0]["http"]["paths"]
        assert {path["backend"]["service"]["port"]["number"] for path in paths} == {8080}
        return [path["path"] for path in paths if path["backend"]["service"]["name"] == "sky-gateway"]
    return [
        match["path"]["value"]
        for rule in manifest["spec"]["rules"]
        if rule["backendRefs"] == [{"name": "sky-gateway", "port": 8080}]
        for match in rule["matches"]
    ]
