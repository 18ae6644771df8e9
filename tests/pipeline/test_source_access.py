"""Sources behind accounts, certificates and proxies, against real servers."""

from __future__ import annotations

import asyncio
import logging
import ssl
from base64 import b64encode
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import trustme
from aiohttp import web

from flighttracker.errors import StartError
from flighttracker.settings import GeneratorSettings, HttpAccessSettings, OpenSkySource
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import source_for
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import USER_AGENT, HttpClient
from tests.forward_proxy import ForwardProxy, lead_to_this_machine
from tests.manual_clock import ManualClock
from tests.source_server import NO_ENVIRONMENT, NOW_MS, Server, ask, failure, secret, serve

pytest_plugins = ["tests.source_fixtures"]


async def test_requests_name_the_program_and_not_its_library(server: Server) -> None:
    await ask(server.url)
    assert server.headers["User-Agent"] == USER_AGENT
    assert USER_AGENT.startswith("flighttracker/")


async def test_user_agent_and_headers_can_be_set(server: Server) -> None:
    await ask(server.url, HttpAccessSettings(user_agent="map (me@example.org)", headers={"X-Client": "home"}))
    assert (server.headers["User-Agent"], server.headers["X-Client"]) == ("map (me@example.org)", "home")


async def test_basic_authentication(server: Server, tmp_path: Path) -> None:
    secret(tmp_path, username="pi\n", password="s3crét:pw\n")
    access = HttpAccessSettings(username_file=f"{tmp_path}/username", password_file=f"{tmp_path}/password")
    await ask(server.url, access)
    assert server.headers["Authorization"] == "Basic " + b64encode("pi:s3crét:pw".encode()).decode()


async def test_bearer_token_is_read_again_when_the_secret_changes(server: Server, tmp_path: Path) -> None:
    access = HttpAccessSettings(token_file=f"{tmp_path}/token")
    async with HttpClient(access, 5.0, environment=NO_ENVIRONMENT) as client:
        for token in ("one", "two"):
            secret(tmp_path, token=token)
            await request(client, "GET", server.url, now_ms=NOW_MS, max_bytes=100)
            assert server.headers["Authorization"] == f"Bearer {token}"


async def test_an_api_key_goes_into_a_header_or_into_the_query(server: Server, tmp_path: Path) -> None:
    file = f"{secret(tmp_path, api_key='k&y=1')}/api_key"
    await ask(server.url, HttpAccessSettings(api_key_file=file, api_key_header="X-API-Key"))
    assert server.headers["X-API-Key"] == "k&y=1"
    await ask(f"{server.url}/v2?box=1", HttpAccessSettings(api_key_file=file, api_key_query="key"), params={"a": "b"})
    assert dict(server.requests[-1].query) == {"box": "1", "a": "b", "key": "k&y=1"}


@pytest.mark.parametrize("content", [None, "", "two\nlines", "nul\x00", "\x7f"])
async def test_a_credential_that_cannot_be_used_is_named_without_its_content(
    server: Server, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        secret(tmp_path, token=content)
    access = HttpAccessSettings(token_file=f"{tmp_path}/token")
    error = await failure(server.url, access)
    assert (error.reason, error.was_reached) == ("credentials", False)
    assert f"{tmp_path}/token" in str(error)
    assert "lines\n" not in str(error)
    assert server.requests == []
    with pytest.raises(StartError, match="token"):
        HttpClient(access, 5.0).check()


async def test_no_failure_shows_the_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    file = f"{secret(tmp_path, api_key='s3cret')}/api_key"
    for access in (
        HttpAccessSettings(api_key_file=file, api_key_query="k"),
        HttpAccessSettings(api_key_file=file, api_key_header="X-K"),
    ):
        assert "s3cret" not in str(await failure("http://127.0.0.1:1/", access))
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize("status", [401, 403])
async def test_a_server_that_wants_an_account_is_answered_with_the_field_to_use(server: Server, status: int) -> None:
    server.answer = web.Response(status=status)
    error = await failure(server.url)
    assert error.reason == "unauthorized"
    assert "credentialsSecret" in str(error)


async def test_the_token_server_gets_neither_account_nor_headers(server: Server, tmp_path: Path) -> None:
    secret(tmp_path, client_id="id", client_secret="s3cret")
    server.answer = web.json_response({"access_token": "t"})
    source = OpenSkySource(
        url=f"{server.url}/states",
        token_url=f"{server.url}/token",
        credentials_directory=str(tmp_path),
        access=HttpAccessSettings(headers={"X-Client": "home"}, user_agent="map"),
    )
    batches = source_for(GeneratorSettings(sources=(source,)), ManualClock(NOW_MS), GeneratorMetrics()).batches()
    async with aclosing(batches):
        waiting = asyncio.ensure_future(anext(batches))
        while len(server.requests) < 2:
            await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    token, data = server.requests[:2]
    assert (token.path, "X-Client" in token.headers, token.headers["User-Agent"]) == ("/token", False, "map")
    assert (data.path, data.headers["X-Client"], data.headers["Authorization"]) == ("/states", "home", "Bearer t")


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA, clients: trustme.CA | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    if clients is not None:
        clients.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def test_an_authority_of_ones_own_is_trusted_when_it_is_named(authority: trustme.CA, tmp_path: Path) -> None:
    server = Server()
    runner = await serve(server, server_context(authority))
    error = await failure(server.url)
    assert (error.reason, error.was_reached) == ("tls", False)
    assert "caSecret" in str(error)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    assert await ask(server.url, HttpAccessSettings(ca_file=str(tmp_path / "ca.crt"))) == b"{}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("name", "expired", "words"),
    [
        (
            "localhost",
            False,
            "IP address mismatch, certificate is not valid for '127.0.0.1'; use a name that is in the",
        ),
        ("127.0.0.1", True, "certificate has expired; renew it, or set the clock of this computer"),
    ],
)
async def test_a_certificate_of_the_right_authority_is_not_blamed_on_it(
    authority: trustme.CA, tmp_path: Path, name: str, expired: bool, words: str
) -> None:
    server, context = Server(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    not_after = datetime(2020, 1, 1, tzinfo=UTC) if expired else None
    authority.issue_cert(name, not_after=not_after).configure_cert(context)
    runner = await serve(server, context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    error = await failure(server.url, HttpAccessSettings(ca_file=str(tmp_path / "ca.crt")))
    assert (error.reason, error.was_reached) == ("tls", False)
    assert f"its certificate is not valid: {words}" in str(error)
    assert "caSecret" not in str(error)
    await runner.cleanup()


async def test_an_authority_that_did_not_sign_the_certificate_is_named(authority: trustme.CA, tmp_path: Path) -> None:
    server = Server()
    runner = await serve(server, server_context(authority))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    error = await failure(server.url, HttpAccessSettings(ca_file=str(tmp_path / "ca.crt")))
    assert str(error).endswith("; the ca.crt in caSecret is of another authority")
    await runner.cleanup()


async def test_a_client_certificate_is_shown_and_its_renewal_is_noticed(authority: trustme.CA, tmp_path: Path) -> None:
    server, clients = Server(), trustme.CA()
    runner = await serve(server, server_context(authority, clients))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    only_ca = HttpAccessSettings(ca_file=str(tmp_path / "ca.crt"))
    assert "it may want a client certificate" in str(await failure(server.url, only_ca))
    access = msgspec.structs.replace(
        only_ca, certificate_file=str(tmp_path / "tls.crt"), key_file=str(tmp_path / "tls.key")
    )
    stranger = authority.issue_cert("stranger@example.org")
    stranger.cert_chain_pems[0].write_to_path(str(tmp_path / "tls.crt"))
    stranger.private_key_pem.write_to_path(str(tmp_path / "tls.key"))
    assert "it may reject the certificate in clientCertificateSecret" in str(await failure(server.url, access))
    shown = []
    async with HttpClient(access, 5.0, environment=NO_ENVIRONMENT) as client:
        for name in ("old@example.org", "new@example.org"):
            certificate = clients.issue_cert(name)
            certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "tls.crt"))
            certificate.private_key_pem.write_to_path(str(tmp_path / "tls.key"))
            await request(client, "GET", server.url, now_ms=NOW_MS, max_bytes=100)
            transport = server.requests[-1].transport
            assert transport is not None
            shown.append(transport.get_extra_info("peercert")["subjectAltName"][0][1])
    assert shown == ["old@example.org", "new@example.org"]
    await runner.cleanup()


async def test_certificates_that_do_not_fit_are_named_at_the_start(tmp_path: Path) -> None:
    secret(tmp_path, **{"tls.crt": "nonsense", "tls.key": "nonsense"})
    access = HttpAccessSettings(certificate_file=f"{tmp_path}/tls.crt", key_file=f"{tmp_path}/tls.key")
    with pytest.raises(StartError, match=r"tls\.crt"):
        HttpClient(access, 5.0).check()


OUTSIDE = "http://receiver.test/data/aircraft.json"
"""Only the proxy of these tests is asked for it."""


async def test_a_proxy_is_used_for_http(server: Server, proxy: ForwardProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to_this_machine(monkeypatch, "receiver.test")
    port = server.url.rpartition(":")[2]
    url = f"http://receiver.test:{port}/a.json"
    assert await ask(url, environment={"HTTP_PROXY": proxy.url}) == b"{}"
    assert proxy.asked == [f"GET {url} HTTP/1.1"]


async def test_https_goes_through_a_tunnel_and_the_proxy_sees_no_account(
    proxy: ForwardProxy, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("receiver.test").configure_cert(context)
    runner = await serve(server, context)
    port = server.url.rpartition(":")[2]
    lead_to_this_machine(monkeypatch, "receiver.test")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    secret(tmp_path, token="s3cret")
    access = HttpAccessSettings(ca_file=f"{tmp_path}/ca.crt", token_file=f"{tmp_path}/token")
    proxy.account = "me:pw"
    environment = {"https_proxy": proxy.url.replace("http://", "http://me:pw@")}
    assert await ask(f"https://receiver.test:{port}/a", access, environment=environment) == b"{}"
    assert proxy.asked == [f"CONNECT receiver.test:{port} HTTP/1.1"]
    assert "s3cret" not in proxy.heads[0]
    assert server.headers["Authorization"] == "Bearer s3cret"
    assert "Proxy-Authorization" not in server.headers
    await runner.cleanup()


@pytest.mark.parametrize(("scheme", "account"), [("http", "me:pw"), ("https", "me:pw")], ids=["absolute URL", "tunnel"])
async def test_a_proxy_that_rejects_us_is_named_as_the_cause(proxy: ForwardProxy, scheme: str, account: str) -> None:
    proxy.account = account
    error = await failure(f"{scheme}://receiver.test/", environment={f"{scheme}_proxy": proxy.url})
    assert (error.reason, error.was_reached) == ("proxy", False)
    assert "407" in str(error)


@pytest.mark.parametrize("value", ["http://127.0.0.1:1", "socks5://127.0.0.1:1080", "http://"])
async def test_a_proxy_that_cannot_be_used_is_named(value: str) -> None:
    error = await failure(OUTSIDE, environment={"HTTP_PROXY": value})
    assert (error.reason, error.was_reached) == ("proxy", False)


async def test_no_proxy_is_honoured(server: Server, proxy: ForwardProxy) -> None:
    environment = {"HTTP_PROXY": proxy.url, "NO_PROXY": "127.0.0.0/8"}
    assert await ask(server.url, environment=environment) == b"{}"
    assert proxy.asked == []
