"""Sources of keys: a secret that changes, and a JWKS that rotates, is requested too often, or is unavailable."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from prometheus_client import CollectorRegistry

from flighttracker.errors import StartError
from flighttracker.settings import AuthSettings
from flighttracker_gateway.access.token_keys import JwksKeys, KeysAwayError, SecretKey, read_keys
from flighttracker_gateway.metrics import GatewayMetrics
from tests.example_flights import NOW_MS
from tests.forward_proxy import forward_proxy, lead_to_this_machine
from tests.manual_clock import ManualClock
from tests.token_issuer import JwksServer, jwk, jwks_server

RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
WAIT_S = 10.0


@pytest.fixture
async def server() -> AsyncIterator[JwksServer]:
    async with jwks_server() as made:
        made.keys = [jwk(RSA_KEY, "one")]
        yield made


class Keys(JwksKeys):
    """Keys with the clock and the metrics of a test."""

    def __init__(self, server: JwksServer, *, is_private_forbidden: bool = False) -> None:
        self.clock = ManualClock(NOW_MS)
        self.registry = CollectorRegistry()
        settings = AuthSettings(mode="token", jwks_url=server.url, is_private_forbidden=is_private_forbidden)
        super().__init__(settings, self.clock, GatewayMetrics(self.registry))


async def test_a_key_is_found_by_id_and_algorithm(server: JwksServer) -> None:
    server.keys = [jwk(RSA_KEY, "one"), jwk(EC_KEY, "two"), jwk(EC_KEY, "three")]
    keys = Keys(server)
    await keys.look()
    found = await keys.find("two", "ES256")
    assert found is not None
    assert (found.key_id, found.algorithm) == ("two", "ES256")
    assert await keys.find("two", "RS256") is None
    for refused in ("HS256", "none", "RS512", ""):
        assert await keys.find("one", refused) is None


async def test_a_token_without_a_key_id_gets_the_only_key_of_its_algorithm(server: JwksServer) -> None:
    server.keys = [jwk(RSA_KEY, "one"), jwk(EC_KEY, "two"), jwk(EC_KEY, "three")]
    keys = Keys(server)
    assert (await keys.find("", "RS256")) is not None
    assert (await keys.find("", "ES256")) is None


async def test_keys_are_fetched_again_after_the_refresh_interval(server: JwksServer) -> None:
    keys = Keys(server)
    await keys.look()
    server.keys = [jwk(RSA_KEY, "two")]
    await keys.clock.advance(299_999)
    await keys.look()
    assert server.asked == 1
    await keys.clock.advance(1)
    await keys.look()
    assert server.asked == 2
    await keys.clock.advance(1_000)
    assert await keys.find("one", "RS256") is None
    assert await keys.find("two", "RS256") is not None


async def test_an_unknown_key_causes_one_fetch_and_no_flood(server: JwksServer) -> None:
    keys = Keys(server)
    await keys.look()
    await keys.clock.advance(10_000)
    server.keys.append(jwk(EC_KEY, "new"))
    found = await asyncio.gather(*[keys.find("new", "ES256") for _ in range(5)])
    assert None not in found, "tokens that arrive during the fetch wait for it"
    assert server.asked == 2
    for number in range(50):
        assert await keys.find(f"guess {number}", "ES256") is None
    assert server.asked == 2
    await keys.clock.advance(10_000)
    await asyncio.gather(*[keys.find(f"guess {number}", "ES256") for number in range(50)])
    assert server.asked == 3


async def test_known_keys_are_found_during_a_fetch(server: JwksServer) -> None:
    keys = Keys(server)
    await keys.look()
    await keys.clock.advance(10_000)
    server.hold = asyncio.Event()
    waiting = asyncio.create_task(keys.find("unknown", "RS256"))
    async with asyncio.timeout(WAIT_S):
        while server.asked < 2:
            await asyncio.sleep(0.001)
        assert await keys.find("one", "RS256") is not None
        server.hold.set()
        assert await waiting is None


@pytest.mark.parametrize("trouble", ["status", "body", "empty", "large", "redirect"])
async def test_keys_stay_in_use_while_the_key_server_fails(
    server: JwksServer, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    keys = Keys(server)
    await keys.look()
    match trouble:
        case "status":
            server.status = 500
        case "redirect":
            server.status, server.moved_to = 302, "/elsewhere"
        case "body":
            server.body = b"<html>"
        case "empty":
            server.keys = []
        case "large":
            server.body = json.dumps({"keys": server.keys}).encode() + b" " * (256 * 1024)
    for _ in range(3):
        await keys.clock.advance(300_000)
        await keys.look()
    assert await keys.find("one", "RS256") is not None
    assert server.asked == 4
    assert keys.registry.get_sample_value("flights_token_key_fetches_total", {"outcome": "failed"}) == 3
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1, "logged once, not each time"
    assert "the 1 previous ones stay in use" in warnings[0].getMessage()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_keys_come_from_private_addresses_unless_they_are_forbidden(
    server: JwksServer, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    server.url = server.url.replace("127.0.0.1", host)
    keys = Keys(server, is_private_forbidden=True)
    await keys.look()
    assert server.asked == 0
    assert "127.0.0.1 is not on the public internet" in caplog.text
    with pytest.raises(KeysAwayError):
        await keys.find("one", "RS256")


async def test_keys_are_fetched_through_the_proxy(server: JwksServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with forward_proxy() as proxy:
        lead_to_this_machine(monkeypatch, "keys.test")
        server.url = server.url.replace("127.0.0.1", "keys.test")
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        keys = Keys(server)
        await keys.look()
        assert await keys.find("one", "RS256") is not None
        assert proxy.asked == [f"GET {server.url} HTTP/1.1"]


async def test_without_any_key_no_token_can_be_checked(server: JwksServer) -> None:
    server.status = 503
    keys = Keys(server)
    await keys.look()
    with pytest.raises(KeysAwayError, match="not known yet"):
        await keys.find("one", "RS256")
    server.status = 200
    await keys.clock.advance(10_000)
    assert await keys.find("one", "RS256") is not None


@pytest.mark.parametrize(
    "entry",
    [
        jwk(rsa.generate_private_key(public_exponent=65_537, key_size=1024), "short"),
        jwk(ec.generate_private_key(ec.SECP384R1()), "other curve"),
        jwk(RSA_KEY, "for encryption", use="enc"),
        jwk(RSA_KEY, "other algorithm", alg="PS256"),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric"},
        {"kty": "RSA", "n": "!", "e": "AQAB", "kid": "spoilt"},
        {"kty": "RSA"},
        {},
    ],
    ids=lambda entry: str(entry.get("kid", entry.get("kty", "empty"))),
)
def test_unsafe_keys_are_left_out(entry: dict[str, str]) -> None:
    kept = read_keys(json.dumps({"keys": [entry, jwk(EC_KEY, "good")]}).encode())
    assert [key.key_id for key in kept] == ["good"]
    with pytest.raises(ValueError, match="none of the 1 keys"):
        read_keys(json.dumps({"keys": [entry]}).encode())


def test_only_the_first_keys_of_a_long_set_are_used() -> None:
    kept = read_keys(json.dumps({"keys": [jwk(EC_KEY, str(number)) for number in range(65)]}).encode())
    assert [key.key_id for key in kept] == [str(number) for number in range(64)]


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"keys": 3}', b'"keys"', b"\xff", b'{"keys": [[], null, 1]}'])
def test_an_answer_that_is_not_a_jwks_is_an_error(answer: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a JWKS|none of the 0 keys"):
        read_keys(answer)


async def test_a_changed_secret_is_read_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    file = tmp_path / "secret"
    file.write_text("x" * 32 + "\n")
    key = SecretKey(file)
    await key.look()
    first = await key.find("any", "HS256")
    assert first is not None
    assert first.material == b"x" * 32
    assert await key.find("", "RS256") is None
    file.write_text("y" * 32)
    await key.look()
    second = await key.find("", "HS256")
    assert second is not None
    assert second.material == b"y" * 32
    for spoil in (lambda: file.write_text("short"), file.unlink):
        spoil()
        await key.look()
        await key.look()
        assert await key.find("", "HS256") == second
    assert "xxx" not in caplog.text
    assert "yyy" not in caplog.text
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING", "WARNING"]


async def test_a_missing_or_short_secret_prevents_the_start(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"cannot read .*secret, the secret of the tokens: No such file"):
        await SecretKey(tmp_path / "secret").look()
    for secret in ("hunter2", "x" * 31):
        (tmp_path / "secret").write_text(secret + "\n")
        words = rf"has {len(secret)} bytes, .* at least 32: make one with `openssl rand -hex 32`"
        with pytest.raises(StartError, match=words):
            await SecretKey(tmp_path / "secret").look()
