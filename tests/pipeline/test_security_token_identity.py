"""A revoked token stays revoked at a real gateway, however its holder rewrites its text."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from flighttracker.settings import AuthSettings, GatewaySettings
from tests.gateway_server import RunningGateway, running_gateway
from tests.token_issuer import SECRET, PrivateKey, bearer, claims, jwk, jwks_server, secret_settings, token

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
KEYS: dict[str, PrivateKey] = {"HS256": SECRET, "RS256": RSA_KEY, "ES256": EC_KEY}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def signed(algorithm: str, payload: bytes, header: bytes | None = None) -> str:
    """Return a token with exactly these bytes, signed as by an unusual issuer."""
    head = header if header is not None else json.dumps({"alg": algorithm, "typ": "JWT"}).encode()
    text = f"{encoded(head)}.{encoded(payload)}"
    signer = jwt.get_algorithm_by_name(algorithm)
    return f"{text}.{encoded(signer.sign(text.encode(), signer.prepare_key(KEYS[algorithm])))}"


def with_signature(change: Callable[[str], str]) -> Callable[[str], str]:
    def changed(shown: str) -> str:
        text, _, signature = shown.rpartition(".")
        return f"{text}.{change(signature)}"

    return changed


def unused_bits(signature: str) -> str:
    """Return another base64url text of the same bytes: its last letter has unused bits."""
    last = ALPHABET.index(signature[-1])
    return signature[:-1] + ALPHABET[last ^ 1]


def other_root(signature: str) -> str:
    """Return (r, n - s), which is a valid ECDSA signature wherever (r, s) is."""
    raw = decoded(signature)
    s = int.from_bytes(raw[32:], "big")
    return encoded(raw[:32] + (P256_ORDER - s).to_bytes(32, "big"))


def der(signature: str) -> str:
    raw = decoded(signature)
    return encoded(encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")))


SAME_TOKEN: dict[str, Callable[[str], str]] = {
    "padded": with_signature(lambda signature: signature + "=" * (-len(signature) % 4)),
    "overly padded": with_signature(lambda signature: signature + "===="),
    "unused bits": with_signature(unused_bits),
    "letters of no alphabet": with_signature(lambda signature: signature[:8] + "!*" + signature[8:]),
    "a space": with_signature(lambda signature: signature[:8] + " " + signature[8:]),
    "the other alphabet": with_signature(lambda signature: signature.replace("-", "+").replace("_", "/")),
    "a padded header": lambda shown: "=.".join(shown.split(".", 1)),
    "a no-break space behind it": lambda shown: shown + "\xa0",
}


@asynccontextmanager
async def gateway_for(algorithm: str, tmp_path: Path) -> AsyncIterator[RunningGateway]:
    """Serve a gateway that accepts tokens of one algorithm."""
    if algorithm == "HS256":
        async with running_gateway(GatewaySettings(auth=secret_settings(tmp_path))) as running:
            yield running
        return
    async with jwks_server() as issuer:
        issuer.keys = [jwk(RSA_KEY, None), jwk(EC_KEY, None)]
        auth = AuthSettings(mode="token", jwks_url=issuer.url, audience="flights")
        async with running_gateway(GatewaySettings(auth=auth)) as running:
            yield running


async def ask(running: RunningGateway, shown: str) -> tuple[int, str]:
    """Return status and reason of a request with a token."""
    status, answer = await running.get("/api/v1/flights", headers=bearer(shown))
    return status, answer.get("reason", "") if status != 200 else ""


async def sign_out(running: RunningGateway, shown: str) -> None:
    async with running.session.delete(running.url + "/api/v1/session", headers=bearer(shown)) as response:
        assert response.status == 204


@pytest.mark.parametrize("jti", ["token-1", None])
@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256"])
async def test_a_revoked_token_stays_revoked_in_every_encoding(tmp_path: Path, algorithm: str, jti: str | None) -> None:
    shown = token(KEYS[algorithm], algorithm, jti=jti)
    while algorithm == "ES256" and not {"-", "_"} & set(shown.rpartition(".")[2]):
        shown = token(KEYS[algorithm], algorithm, jti=jti)
    variants = {name: change(shown) for name, change in SAME_TOKEN.items()}
    if algorithm == "ES256":
        variants |= {"other root": with_signature(other_root)(shown), "DER": with_signature(der)(shown)}
    async with gateway_for(algorithm, tmp_path) as running:
        assert await ask(running, shown) == (200, "")
        await sign_out(running, shown)
        assert await ask(running, shown) == (401, "revoked")
        for name, variant in variants.items():
            # An address may fail a few times a second.
            await running.clock.advance(1_000)
            if variant != shown:
                assert (await ask(running, variant))[0] == 401, name
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await running.connect(headers=bearer(variant))
            assert refused.value.status == 401, name


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256"])
@pytest.mark.parametrize("name", SAME_TOKEN)
async def test_only_the_canonical_encoding_of_a_good_token_is_accepted(
    tmp_path: Path, algorithm: str, name: str
) -> None:
    # Some signatures have the same letters in both alphabets: take the first token that the variant changes.
    shown, variant = next(
        (made, changed)
        for number in count()
        if (changed := SAME_TOKEN[name](made := token(KEYS[algorithm], algorithm, jti=f"token-{number}"))) != made
    )
    async with gateway_for(algorithm, tmp_path) as running:
        assert await ask(running, shown) == (200, "")
        assert await ask(running, variant) == (401, "malformed")


async def test_the_same_content_signed_again_is_the_same_token(tmp_path: Path) -> None:
    """ECDSA signs with a random number, headers may differ, and so may the order of the claims."""
    content = claims(jti=None)
    reversed_content = dict(reversed(content.items()))
    async with gateway_for("ES256", tmp_path) as running:
        await sign_out(running, signed("ES256", json.dumps(content).encode()))
        for other in (
            signed("ES256", json.dumps(content).encode()),
            signed("ES256", json.dumps(content).encode(), b'{"typ":"at+jwt","alg":"ES256"}'),
            signed("ES256", json.dumps(reversed_content, indent=1).encode()),
            signed("RS256", json.dumps(content).encode()),
        ):
            assert await ask(running, other) == (401, "revoked")
        assert await ask(running, signed("ES256", json.dumps(claims(jti=None, nonce=1)).encode())) == (200, "")


@pytest.mark.parametrize("spelled", ["{}.0", "{}e0", "{}.00E+0", "{}0.0e-1"])
async def test_a_number_is_the_same_however_it_is_spelled(tmp_path: Path, spelled: str) -> None:
    content = claims(jti=None)
    text = json.dumps(content)
    again = text.replace(str(content["exp"]), spelled.format(content["exp"]))
    async with gateway_for("ES256", tmp_path) as running:
        await sign_out(running, signed("ES256", text.encode()))
        assert await ask(running, signed("ES256", again.encode())) == (401, "revoked")


async def test_a_renewal_with_a_revoked_token_ends_the_connection_in_any_encoding(tmp_path: Path) -> None:
    old = token(EC_KEY, "ES256", jti=None, nonce="old")
    async with gateway_for("ES256", tmp_path) as running:
        await sign_out(running, old)
        async with running.connect(headers=bearer(token(EC_KEY, "ES256", jti=None))) as socket:
            await socket.receive()
            await socket.send_json({"type": "token", "token": with_signature(other_root)(old)})
            assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
            assert socket.close_code == 4401


async def test_a_renewal_by_the_same_name_at_another_issuer_ends_the_connection(tmp_path: Path) -> None:
    settings = GatewaySettings(auth=secret_settings(tmp_path, issuer=""))
    async with running_gateway(settings) as running, running.connect(headers=bearer(token(iss="a"))) as socket:
        await socket.receive()
        await socket.send_json({"type": "token", "token": token(iss="a", jti="token-2")})
        assert (await socket.receive_json())["type"] == "session"
        await socket.send_json({"type": "token", "token": token(iss="b", jti="token-3")})
        assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert socket.close_code == 4401


REPEATED: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "jti": lambda content: json.dumps(content).encode()[:-1] + b', "jti": "token-2"}',
    "jti in other letters": lambda content: json.dumps(content).encode()[:-1] + b', "\\u006ati": "token-2"}',
    "exp": lambda content: json.dumps(content).encode()[:-1] + b', "exp": 9999999999}',
    "a name inside a claim": lambda content: json.dumps(content).encode()[:-1] + b', "act": {"sub": "a", "sub": "b"}}',
}


@pytest.mark.parametrize("name", REPEATED)
async def test_a_claim_that_is_there_twice_is_rejected(tmp_path: Path, name: str) -> None:
    async with gateway_for("HS256", tmp_path) as running:
        assert await ask(running, signed("HS256", json.dumps(claims()).encode())) == (200, "")
        assert await ask(running, signed("HS256", REPEATED[name](claims()))) == (401, "malformed")


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"HS256","alg":"HS256"}',
        b'{"alg":"none","alg":"HS256"}',
        b'{"alg":"HS256","kid":"a","kid":"b"}',
        b'\xef\xbb\xbf{"alg":"HS256"}',
        '{"alg":"HS256"}'.encode("utf-16"),
        b'["alg"]',
    ],
    ids=["alg twice", "two algorithms", "two keys", "byte order mark", "UTF-16", "a list"],
)
async def test_a_header_that_can_be_read_in_two_ways_is_rejected(tmp_path: Path, header: bytes) -> None:
    payload = json.dumps(claims()).encode()
    async with gateway_for("HS256", tmp_path) as running:
        assert await ask(running, signed("HS256", payload, b'{"alg":"HS256"}')) == (200, "")
        assert await ask(running, signed("HS256", payload, header)) == (401, "malformed")


async def test_one_issuers_token_id_does_not_revoke_anothers(tmp_path: Path) -> None:
    settings = GatewaySettings(auth=secret_settings(tmp_path, issuer=""))
    ours, theirs = token(iss="https://id.example"), token(iss="https://other.example")
    async with running_gateway(settings) as running:
        await sign_out(running, theirs)
        assert await ask(running, theirs) == (401, "revoked")
        assert await ask(running, ours) == (200, "")


async def test_two_different_tokens_in_one_request_are_rejected(tmp_path: Path) -> None:
    """A proxy that checks one of them must not pass the other one."""
    good, other = token(), token(jti="token-2")
    async with gateway_for("HS256", tmp_path) as running:
        for headers, protocols in (
            ([("Authorization", f"Bearer {good}"), ("Authorization", f"Bearer {other}")], ()),
            ([("Authorization", f"Bearer {good}")], ("flights.v1", f"bearer.{other}")),
            ([], ("flights.v1", f"bearer.{good}", f"bearer.{other}")),
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await running.connect(headers=headers, protocols=protocols or ("flights.v1",))
            assert refused.value.status == 400
        headers = [("Authorization", f"Bearer {good}"), ("Authorization", f"Bearer {other}")]
        async with running.session.get(running.url + "/api/v1/flights", headers=headers) as response:
            assert response.status == 400
