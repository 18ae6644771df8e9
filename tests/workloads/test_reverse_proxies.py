"""The configurations of docs/how-to/proxies.md in the real proxies, in front of a real gateway.

Their idle timeouts and the gateway's pings are both a twentieth of the documented ones, so that a test takes seconds.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from tests.example_flights import position
from tests.gateway_server import RunningGateway, running_gateway, until
from tests.servers.process import LOOPBACK, ServerProcess, free_port

PAGE = (Path(__file__).parents[2] / "docs/how-to/proxies.md").read_text(encoding="utf-8")
BASE_PATH = "/maps/north"
IDLE_S = 3.0
"""A twentieth of the 60 s in the documented configurations."""
PING_S = 1.0
"""A twentieth of the gateway's 20 s."""

MAIN = {
    "nginx": (
        "daemon off; error_log stderr; pid {folder}/nginx.pid; events {{}}\n"
        "http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        "fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;\n{text}\n}}"
    ),
    "haproxy": "{text}",
}
"""What is around the documented part."""
COMMANDS: dict[str, Callable[[Path], list[str]]] = {
    "nginx": lambda file: ["nginx", "-c", str(file)],
    "haproxy": lambda file: ["haproxy", "-db", "-f", str(file)],
}
PROXIES = tuple(COMMANDS)


def documented(proxy: str) -> str:
    """Return the configuration of the documentation, with a twentieth of its idle timeouts."""
    text: str
    (text,) = re.findall(rf"^```{proxy}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert "60s" in text
    return text.replace("60s", f"{IDLE_S:g}s")


@asynccontextmanager
async def behind(proxy: str, folder: Path, *, ping_s: float = PING_S) -> AsyncIterator[tuple[RunningGateway, str]]:
    """Yield a gateway, and the URL of its base path at the proxy."""
    program = shutil.which(proxy)
    if program is None:
        pytest.skip(f"{proxy} is not installed")
    limits = LimitSettings(ping_interval_s=ping_s)
    settings = GatewaySettings(base_path=BASE_PATH, trusted_proxies=(LOOPBACK,), limits=limits)
    async with running_gateway(settings) as running:
        port = free_port()
        text = documented(proxy).replace("gateway:8080", running.url.removeprefix("http://"))
        text = re.sub(r"(listen |bind :)\d+", rf"\g<1>{port}", text)
        file = folder / f"{proxy}.conf"
        file.write_text(MAIN[proxy].format(folder=folder, text=text), encoding="utf-8")
        url = f"http://{LOOPBACK}:{port}{BASE_PATH}"
        loop = asyncio.get_running_loop()

        async def is_up() -> bool:
            async with running.session.get(f"{url}/api/v1/stats") as response:
                return response.status == 200

        def answers() -> bool:
            return asyncio.run_coroutine_threadsafe(is_up(), loop).result(5)

        server = ServerProcess(proxy, COMMANDS[proxy](file), folder, answers, start_s=20)
        await asyncio.to_thread(server.start)
        try:
            yield running, url
        finally:
            await asyncio.to_thread(server.stop)


def connect(running: RunningGateway, url: str) -> aiohttp.client._WSRequestContextManager:
    """Connect as a page at the proxy does."""
    origin = url.removesuffix(BASE_PATH)
    return running.session.ws_connect(f"{url}/ws", protocols=["flights.v1"], headers={"Origin": origin})


async def arrivals(socket: Any, into: list[aiohttp.WSMessage]) -> None:
    """Collect messages until the end of the connection; answers pings, as browsers do."""
    while (message := await socket.receive()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
        into.append(message)


@pytest.mark.parametrize("proxy", PROXIES)
async def test_a_quiet_viewer_outlives_the_idle_timeout(proxy: str, tmp_path: Path) -> None:
    async with behind(proxy, tmp_path) as (running, url), connect(running, url) as socket:
        messages: list[aiohttp.WSMessage] = []
        reading = asyncio.create_task(arrivals(socket, messages))
        await asyncio.sleep(1.5 * IDLE_S)
        before = len(messages)
        assert not reading.done(), f"{proxy} closed the connection of a viewer that answers pings"
        await running.tick(position())
        await until(lambda: len(messages) > before)
        await socket.close()
        await reading


@pytest.mark.parametrize("proxy", PROXIES)
async def test_without_pings_the_proxy_ends_it(proxy: str, tmp_path: Path) -> None:
    """Otherwise the test above would show nothing."""
    async with behind(proxy, tmp_path, ping_s=600) as (running, url), connect(running, url) as socket:
        async with asyncio.timeout(2 * IDLE_S):
            await arrivals(socket, [])
        assert socket.closed


@pytest.mark.parametrize("proxy", PROXIES)
async def test_both_ends_close_cleanly(proxy: str, tmp_path: Path) -> None:
    async with behind(proxy, tmp_path) as (running, url):
        async with connect(running, url) as socket:
            await until(lambda: running.metric("flights_ws_connections") == 1)
            await socket.close(code=1000)
            assert socket.close_code == 1000
            await until(lambda: running.metric("flights_ws_connections") == 0)
        async with connect(running, url) as socket:
            await until(lambda: running.metric("flights_ws_connections") == 1)
            draining = asyncio.create_task(running.gateway.hub.drain(0.0))
            async with asyncio.timeout(IDLE_S / 2):
                await arrivals(socket, [])
            await running.clock.advance(1000)
            await draining
            assert socket.close_code == 1012, "the viewer is asked to connect again"


@pytest.mark.parametrize("proxy", PROXIES)
async def test_the_address_without_its_last_slash_leads_to_the_page_at_the_same_host(
    proxy: str, tmp_path: Path
) -> None:
    async with (
        behind(proxy, tmp_path) as (running, url),
        running.session.get(f"{url}?flight=3c6444", allow_redirects=False) as response,
    ):
        assert (response.status, response.headers["Location"]) == (308, f"{BASE_PATH}/?flight=3c6444")
