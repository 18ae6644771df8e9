"""Valid and invalid tokens: signature, algorithm, claims and scopes, with a case for each reason to reject one."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from flighttracker.settings import AuthSettings
from flighttracker_gateway.access.token_text import digest
from flighttracker_gateway.access.tokens import (
    Grant,
    Key,
    Scope,
    TokenRefusedError,
    check_token,
    read_header,
    refuse_token_in_url,
)
from tests.example_flights import NOW_MS
from tests.token_issuer import SECRET, claims, token

KEY = Key("", "HS256", SECRET.encode())
SETTINGS = AuthSettings(mode="token", audience="flights", issuer="https://id.example", leeway_s=30)
NOW_S = NOW_MS // 1000


def grant_of(shown: str, key: Key = KEY, settings: AuthSettings = SETTINGS) -> Grant:
    return check_token(shown, key, settings, NOW_MS)


def refusal_of(shown: str, key: Key = KEY) -> TokenRefusedError:
    with pytest.raises(TokenRefusedError) as raised:
        grant_of(shown, key)
    assert shown not in str(raised.value)
    return raised.value


def forged(header: dict[str, Any], payload: dict[str, Any], signature: bytes = b"") -> str:
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_a_valid_token_grants_its_scopes_until_it_expires() -> None:
    assert grant_of(token()) == Grant(
        "amelia",
        frozenset({Scope.VIEW}),
        (NOW_S + 3600) * 1000,
        digest(["jti", "https://id.example", "token-1"]),
        "token-1",
        "https://id.example",
    )


@pytest.mark.parametrize(
    ("given", "scopes"),
    [
        ({"scope": "view stats"}, {Scope.VIEW, Scope.STATS}),
        ({"scope": ["view", "other"]}, {Scope.VIEW}),
        ({"scope": None, "scp": ["admin"]}, {Scope.ADMIN}),
        ({"scope": "VIEW views"}, set()),
        ({"scope": None}, set()),
    ],
)
def test_scopes_are_read_from_scope_and_scp(given: dict[str, Any], scopes: set[Scope]) -> None:
    assert grant_of(token(**given)).scopes == scopes


def test_an_administrator_has_every_permission() -> None:
    assert all(grant_of(token(scope="admin")).allows(scope) for scope in Scope)


def test_a_token_without_a_jti_is_identified_by_its_claims() -> None:
    first, second, other = (grant_of(token(jti=None, nonce=nonce)).token_id for nonce in ("a", "a", "b"))
    assert first == second
    assert first != other


def test_a_jti_identifies_a_token_of_its_issuer_only() -> None:
    settings = AuthSettings(mode="token", audience="flights")
    ours, again, theirs = (
        grant_of(token(iss=issuer, nonce=nonce), settings=settings) for issuer, nonce in (("a", 1), ("a", 2), ("b", 1))
    )
    assert ours.token_id == again.token_id
    assert ours.token_id != theirs.token_id


@pytest.mark.parametrize(
    ("jti", "revoked", "is_revoked"),
    [
        ("token-1", {"token-1"}, True),
        ("token-1", {"token-2"}, False),
        ("token-1", {digest(["jti", "https://id.example", "token-1"])}, True),
        ("token-1", {digest(["jti", "https://other.example", "token-1"])}, False),
        (None, {""}, False),
    ],
)
def test_a_token_is_revoked_by_its_identity_or_its_jti(jti: str | None, revoked: set[str], is_revoked: bool) -> None:
    assert grant_of(token(jti=jti)).is_revoked_by(revoked) is is_revoked


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW_S - 30}, "expired"),
        ({"exp": NOW_S + 32 * 86_400}, "lifetime"),
        ({"exp": None}, "claims"),
        ({"exp": "tomorrow"}, "claims"),
        ({"exp": -1}, "claims"),
        ({"exp": 1e300}, "claims"),
        ({"nbf": NOW_S + 31}, "not_yet"),
        ({"aud": "others"}, "audience"),
        ({"aud": ["others"]}, "audience"),
        ({"aud": None}, "audience"),
        ({"iss": "https://id.example/"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"sub": None}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": "x" * 257}, "claims"),
        ({"jti": "x" * 257}, "claims"),
    ],
)
def test_invalid_claims_are_rejected(changes: dict[str, Any], reason: str) -> None:
    assert refusal_of(forged_signed(changes)).reason == reason


def forged_signed(changes: dict[str, Any]) -> str:
    """Return a token with a valid signature and any claims: PyJWT itself does not encode some."""
    payload = json.dumps(claims(**changes)).encode()
    return jwt.PyJWS().encode(payload, SECRET, "HS256")


@pytest.mark.parametrize("changes", [{"exp": NOW_S - 29}, {"nbf": NOW_S + 29}, {"aud": ["others", "flights"]}])
def test_clocks_may_differ_by_the_leeway_and_a_token_may_have_several_audiences(changes: dict[str, Any]) -> None:
    assert grant_of(token(**changes)).subject == "amelia"


@pytest.mark.parametrize("audience", [None, "", []])
def test_without_an_audience_and_an_issuer_a_token_needs_none(audience: Any) -> None:
    assert grant_of(token(aud=audience, iss="any"), settings=AuthSettings(mode="token")).subject == "amelia"


@pytest.mark.parametrize("audience", ["other", ["other"], ["", "other"], "flights"])
def test_without_an_audience_a_token_for_an_audience_is_rejected(audience: Any) -> None:
    shown = forged_signed({"aud": audience, "iss": "any"})
    with pytest.raises(TokenRefusedError, match="has an audience and this gateway has none") as raised:
        grant_of(shown, settings=AuthSettings(mode="token"))
    assert raised.value.reason == "audience"


def test_a_signature_with_another_secret_is_rejected() -> None:
    assert refusal_of(token("another secret that is long enough to be one")).reason == "signature"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_the_key_decides_the_algorithm_not_the_token(algorithm: str) -> None:
    assert refusal_of(token(SECRET * 2, algorithm)).reason == "algorithm"


def test_the_algorithm_none_is_rejected() -> None:
    for name in ("none", "None", ""):
        assert refusal_of(forged({"alg": name, "typ": "JWT"}, claims())).reason in ("algorithm", "malformed")


def test_a_public_key_cannot_be_used_as_a_secret() -> None:
    """The classic attack: sign with HS256, and use the public RSA key as the secret."""
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, payload, _ = token().split(".")
    hmac = jwt.get_algorithm_by_name("HS256")
    signature = hmac.sign(f"{header}.{payload}".encode(), public)
    shown = f"{header}.{payload}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    assert refusal_of(shown, Key("", "RS256", private.public_key())).reason == "algorithm"


def test_a_signature_of_another_payload_is_rejected() -> None:
    header, _, signature = token().split(".")
    _, payload, _ = token(sub="somebody else").split(".")
    assert refusal_of(f"{header}.{payload}.{signature}").reason == "signature"


@pytest.mark.parametrize("shown", ["a", "a.b", "a.b.c", "....", "eyJ.eyJ.", "\x00", "é.é.é", "e30.e30.e30"])
def test_a_text_that_is_not_a_jwt_is_malformed(shown: str) -> None:
    with pytest.raises(TokenRefusedError) as raised:
        read_header(shown)
    assert raised.value.reason == "malformed"
    assert refusal_of(shown + ".").reason in ("malformed", "signature", "algorithm")


def test_a_token_that_is_too_long_is_not_decoded() -> None:
    with pytest.raises(TokenRefusedError) as raised:
        read_header("x" * 4_001)
    assert raised.value.reason == "too_long"


def test_unknown_critical_extensions_are_rejected() -> None:
    shown = jwt.encode(claims(), SECRET, "HS256", headers={"crit": ["exp-policy"]})
    assert refusal_of(shown).reason == "malformed"


@pytest.mark.parametrize(
    "query",
    ["token=abc", "access_token=", "a=1&Bearer=x", f"q={token()}", f"since={token()}", token(), "auth=x", "jwt=x"],
)
def test_a_token_in_a_url_is_rejected_with_an_explanation(query: str) -> None:
    with pytest.raises(TokenRefusedError, match="must not be in a URL") as raised:
        refuse_token_in_url(query.encode())
    assert raised.value.status == 400


@pytest.mark.parametrize("query", ["", "since=0.5.999", "country=Fiji&bbox=1,2,3,4", "%ff=%00", "tokens=1"])
def test_other_queries_are_accepted(query: str) -> None:
    refuse_token_in_url(query.encode())
