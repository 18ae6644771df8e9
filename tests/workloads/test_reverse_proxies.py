"""The configurations of docs/how-to/proxies.md in the real proxies, in front of a real gateway.

Their idle timeouts and the gateway's pings are both a twentieth of the documented ones, so that a test takes seconds.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings, LimitSettings
from tests.example_flights import position
from tests.gateway_server import RunningGateway, running_gateway, until
from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.workloads.fetch import traefik_or_skip

PAGE = (Path(__file__).parents[2] / "docs/how-to/proxies.md").read_text(encoding="utf-8")
BASE_PATH = "/maps/north"
IDLE_S = 3.0
"""A twentieth of the 60 s in the documented configurations."""
PING_S = 1.0
"""A twentieth of the gateway's 20 s."""
PINGS = LimitSettings(ping_interval_s=PING_S)
NO_PINGS = LimitSettings(ping_interval_s=600)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy of the documentation.

    Args:
        name: the language of its configuration on the page.
        command: its program and arguments; {file} is its configuration, {folder} is for its files.
        around: its configuration, with {text} where the documented part is.
        idle_timeout: whether it ends a connection on which nothing is sent.
    """

    name: str
    command: tuple[str, ...]
    around: str = "{text}"
    idle_timeout: bool = True


NGINX = """
daemon off; error_log stderr; pid {folder}/nginx.pid; events {{}}
http {{
access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{text}
}}
"""
PROXIES = (
    Proxy("nginx", ("nginx", "-c", "{file}"), NGINX),
    Proxy("haproxy", ("haproxy", "-db", "-f", "{file}")),
    Proxy(
        "caddy",
        ("caddy", "run", "--adapter", "caddyfile", "--config", "{file}"),
        "{{\nadmin off\n}}\n{text}",
        idle_timeout=False,
    ),
    Proxy(
        "traefik",
        (
            "traefik",
            "--entryPoints.web.address=127.0.0.1:{port}",
            f"--entryPoints.web.transport.respondingTimeouts.readTimeout={IDLE_S:g}s",
            f"--entryPoints.web.transport.respondingTimeouts.idleTimeout={IDLE_S:g}s",
            "--providers.file.filename={file}",
        ),
        idle_timeout=False,
    ),
)
EACH = pytest.mark.parametrize("proxy", PROXIES, ids=[proxy.name for proxy in PROXIES])


def program_or_skip(name: str) -> str:
    """Return the path of a proxy's program; Traefik is no package of Debian."""
    program = str(traefik_or_skip()) if name == "traefik" else shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    return program


def documented(proxy: Proxy) -> str:
    """Return the configuration of the documentation, with a twentieth of its idle timeouts."""
    text: str
    (text,) = re.findall(rf"^```{proxy.name}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert ("60s" in text) is proxy.idle_timeout
    return text.replace("60s", f"{IDLE_S:g}s")


@asynccontextmanager
async def behind(
    proxy: Proxy, folder: Path, limits: LimitSettings = PINGS
) -> AsyncIterator[tuple[RunningGateway, str]]:
    """Yield a gateway, and the URL of its base path at the proxy."""
    program = program_or_skip(proxy.name)
    settings = GatewaySettings(base_path=BASE_PATH, trusted_proxies=(LOOPBACK,), limits=limits)
    async with running_gateway(settings) as running:
        port = free_port()
        text = documented(proxy).replace("gateway:8080", running.url.removeprefix("http://"))
        text = re.sub(r"(listen |bind :|^:)8000\b", rf"\g<1>{port}", text, flags=re.MULTILINE)
        file = folder / "proxy.yaml"  # in `traefik.yaml` Traefik looks for other settings
        file.write_text(proxy.around.format(folder=folder, text=text), encoding="utf-8")
        url = f"http://{LOOPBACK}:{port}{BASE_PATH}"
        loop = asyncio.get_running_loop()

        async def is_up() -> bool:
            async with running.session.get(f"{url}/api/v1/stats") as response:
                return response.status == 200

        def answers() -> bool:
            return asyncio.run_coroutine_threadsafe(is_up(), loop).result(5)

        command = [program, *(part.format(file=file, folder=folder, port=port) for part in proxy.command[1:])]
        private = {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
        server = ServerProcess(proxy.name, command, folder, answers, environment=private, start_s=20)
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


@EACH
async def test_a_quiet_viewer_outlives_the_idle_timeout(proxy: Proxy, tmp_path: Path) -> None:
    async with behind(proxy, tmp_path) as (running, url), connect(running, url) as socket:
        messages: list[aiohttp.WSMessage] = []
        reading = asyncio.create_task(arrivals(socket, messages))
        await asyncio.sleep(1.5 * IDLE_S)
        before = len(messages)
        assert not reading.done(), f"{proxy.name} closed the connection of a viewer that answers pings"
        await running.tick(position())
        await until(lambda: len(messages) > before)
        await socket.close()
        await reading


@EACH
async def test_without_pings_the_proxy_ends_it_if_the_page_says_so(proxy: Proxy, tmp_path: Path) -> None:
    """Otherwise the test above would show nothing."""
    async with behind(proxy, tmp_path, NO_PINGS) as (running, url), connect(running, url) as socket:
        reading = asyncio.create_task(arrivals(socket, []))
        await asyncio.wait({reading}, timeout=2 * IDLE_S)
        assert reading.done() is proxy.idle_timeout
        await socket.close()
        await reading


@EACH
async def test_both_ends_close_cleanly(proxy: Proxy, tmp_path: Path) -> None:
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


@EACH
async def test_the_address_without_its_last_slash_leads_to_the_page_at_the_same_host(
    proxy: Proxy, tmp_path: Path
) -> None:
    async with (
        behind(proxy, tmp_path) as (running, url),
        running.session.get(f"{url}?flight=3c6444", allow_redirects=False) as response,
    ):
        assert (response.status, response.headers["Location"]) == (308, f"{BASE_PATH}/?flight=3c6444")


@EACH
async def test_each_viewer_behind_the_proxy_has_its_own_address(proxy: Proxy, tmp_path: Path) -> None:
    """The proxy adds the viewer's address, and what the viewer says of itself does not count."""
    limits = LimitSettings(max_connects_per_address_per_s=1, ping_interval_s=600)
    async with behind(proxy, tmp_path, limits) as (_, url), AsyncExitStack() as stack:

        async def opens(address: str, says: str) -> int:
            connector = aiohttp.TCPConnector(local_addr=(address, 0))
            session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            try:
                await session.ws_connect(f"{url}/ws", protocols=["flights.v1"], headers={"X-Forwarded-For": says})
            except aiohttp.WSServerHandshakeError as refused:
                return refused.status
            return 101

        assert await opens("127.0.0.5", "192.0.2.1") == 101
        assert await opens("127.0.0.5", "192.0.2.2") == 429, "a viewer chooses its address"
        assert await opens("127.0.0.6", "192.0.2.1") == 101, "two viewers share the limits of one"


@EACH
async def test_events_arrive_at_once(proxy: Proxy, tmp_path: Path) -> None:
    async with behind(proxy, tmp_path) as (running, url):
        await running.tick(position())
        async with running.session.get(f"{url}/api/v1/events") as response, asyncio.timeout(IDLE_S / 2):
            await running.gateway.events.round()
            while b"3c6444" not in (line := await response.content.readline()):
                assert line, "the answer has ended"
