"""Targets of a source: redirects, forbidden addresses, web pages, and unreachable servers."""

from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from flighttracker.errors import SourceError
from flighttracker.settings import GeneratorSettings, HttpAccessSettings, ReadsbSource
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import source_for
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import MAX_REDIRECTS, HttpClient
from flighttracker_generator.sources.readsb import Readsb
from tests.forward_proxy import ForwardProxy
from tests.manual_clock import ManualClock
from tests.source_server import NO_ENVIRONMENT, NOW_MS, Server, ask, failure, secret, serve

pytest_plugins = ["tests.source_fixtures"]

USUAL_PLACES = (
    "; receivers usually have it at {url}/tar1090/data/aircraft.json or {url}/skyaware/data/aircraft.json or "
    "http://127.0.0.1:8080/data/aircraft.json"
)


async def test_a_redirect_on_the_same_server_is_followed_with_the_account(server: Server, tmp_path: Path) -> None:
    file = f"{secret(tmp_path, api_key='k')}/api_key"
    server.answer = web.Response(status=302, headers={"Location": "/there?a=1"})
    access = HttpAccessSettings(api_key_file=file, api_key_query="key", headers={"X-Client": "home"})
    assert await ask(f"{server.url}/here", access) == b"{}"
    assert [dict(asked.query) for asked in server.requests] == [{"key": "k"}, {"a": "1", "key": "k"}]
    assert server.headers["X-Client"] == "home"


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{port}/",
        "http://127.0.0.1:{other}/",
        "https://127.0.0.1:{port}/",
        "//evil.test/",
        "http://127.0.0.1:{port}@evil.test/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[",
    ],
)
async def test_a_redirect_elsewhere_is_not_followed(server: Server, location: str) -> None:
    elsewhere = Server()
    runner = await serve(elsewhere)
    ports = {"port": server.url.rpartition(":")[2], "other": elsewhere.url.rpartition(":")[2]}
    server.answer = web.Response(status=301, headers={"Location": location.format(**ports)})
    assert (await failure(server.url)).reason == "redirected"
    assert len(server.requests) == 1
    assert elsewhere.requests == []
    await runner.cleanup()


async def test_the_address_of_a_redirect_is_named_with_its_port_and_without_its_account(server: Server) -> None:
    server.answer = web.Response(status=302, headers={"Location": "http://pi:s3cret@[::1]:8080/a.json?key=s3cret#top"})
    assert "the server redirects to http://[::1]:8080/a.json: redirects" in str(await failure(server.url))


async def test_redirects_end(server: Server) -> None:
    server.always_moved_to = "/again"
    assert (await failure(server.url)).reason == "redirected"
    assert len(server.requests) == MAX_REDIRECTS + 1


async def test_a_token_request_is_never_redirected(server: Server) -> None:
    server.answer = web.Response(status=307, headers={"Location": "/there"})
    async with HttpClient(HttpAccessSettings(), 5.0, environment=NO_ENVIRONMENT) as client:
        with pytest.raises(SourceError) as caught:
            await request(client, "POST", server.url, now_ms=NOW_MS, max_bytes=100, form={"client_secret": "s3cret"})
    assert caught.value.reason == "redirected"
    assert len(server.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_private_addresses_can_be_forbidden_also_behind_a_name(server: Server, host: str) -> None:
    url = server.url.replace("127.0.0.1", host)
    error = await failure(url, HttpAccessSettings(is_private_forbidden=True))
    assert error.reason == "forbidden_target"
    assert "public internet" in str(error)
    assert server.requests == []


async def test_a_name_that_changes_its_address_does_not_reach_the_metadata_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up, connected = [], []

    def answer(host: Any, port: Any, *arguments: Any, **options: Any) -> list[Any]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

    async def connect(self: Any, sock: Any, address: Any) -> None:
        connected.append(address)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", connect)
    error = await failure("http://rebind.test/aircraft.json")
    assert (error.reason, connected) == ("forbidden_target", [])
    assert looked_up


async def test_an_address_in_the_url_is_checked_before_a_proxy_is_asked(proxy: ForwardProxy) -> None:
    error = await failure("http://169.254.169.254/latest", environment={"HTTP_PROXY": proxy.url})
    assert (error.reason, proxy.asked) == ("forbidden_target", [])


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/", "/data/aircraft.json or {url}/tar1090/data/aircraft.json"),
        ("/tar1090/", "/tar1090/data/aircraft.json"),
        ("/tar1090", "/tar1090/data/aircraft.json"),
        ("/skyaware/index.html", "/skyaware/data/aircraft.json"),
        ("/dump1090/gmap.html?lat=1", "/dump1090/data/aircraft.json"),
    ],
)
async def test_a_web_page_yields_the_address_that_is_meant(
    server: Server, path: str, meant: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer = web.Response(text="\n<!DOCTYPE html><html>tar1090</html>", content_type="text/html")
    source = ReadsbSource(url=f"{server.url}{path}")
    batches = source_for(GeneratorSettings(sources=(source,)), ManualClock(NOW_MS), GeneratorMetrics()).batches()
    async with aclosing(batches):
        waiting = asyncio.ensure_future(anext(batches))
        while "next request" not in caplog.text:
            await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert (
        f"is a web page, not JSON; the aircraft are probably at {server.url}{meant.format(url=server.url)}"
        in caplog.text
    )


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/tar1090", USUAL_PLACES),
        ("/dump1090/data/aircraft.json", USUAL_PLACES),
        ("/v2/point/52/4/100", ""),
    ],
)
async def test_an_address_that_does_not_exist_yields_the_usual_ones(server: Server, path: str, words: str) -> None:
    server.answer = web.Response(status=404)
    source = Readsb(ReadsbSource(url=f"{server.url}{path}"), ManualClock(NOW_MS), GeneratorMetrics().of_source("home"))
    async with HttpClient(HttpAccessSettings(), 5.0, environment=NO_ENVIRONMENT) as client:
        with pytest.raises(SourceError) as refused:
            await source.ask(client)
    assert str(refused.value) == f"the server answered 404 Not Found{words.format(url=server.url)}"


async def test_json_that_is_called_html_is_read(server: Server) -> None:
    server.answer = web.Response(text=' {"now": 1}', content_type="text/html")
    assert await ask(server.url) == b' {"now": 1}'


@pytest.mark.parametrize(
    ("url", "reason", "was_reached"),
    [
        ("http://127.0.0.1:1/", "connection", False),
        ("http://does-not-exist.invalid/", "dns", False),
        ("http://127.0.0.1:99999/", "connection", False),
        ("http://[::1/", "connection", False),
        ("{server}", "server_error", True),
    ],
)
async def test_it_is_known_whether_a_request_cost_anything(
    server: Server, url: str, reason: str, was_reached: bool
) -> None:
    server.answer = web.Response(status=500)
    error = await failure(url.format(server=server.url))
    assert (error.reason, error.was_reached) == (reason, was_reached)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://127.0.0.1:1/"])
async def test_a_failure_says_what_the_system_says_and_names_the_address_once(url: str) -> None:
    assert str(await failure(url)) == f"cannot reach {url}: Connection refused"


async def test_a_server_that_lets_no_connection_through_cost_nothing() -> None:
    # A listener that accepts nothing, with a full queue: further connections hang.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        fillers = [socket.socket() for _ in range(8)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        await asyncio.sleep(0.05)
        error = await failure(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout_s=1.0)
        for filler in fillers:
            filler.close()
    assert (error.reason, error.was_reached) == ("timeout", False)


async def test_a_tls_server_without_tls_cost_nothing(server: Server) -> None:
    error = await failure(server.url.replace("http://", "https://"))
    assert (error.reason, error.was_reached) == ("tls", False)
