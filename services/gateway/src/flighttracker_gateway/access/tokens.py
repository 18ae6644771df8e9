"""Checks a token (a JWT, RFC 7519) and returns what it allows. Pure.

Guarantees:

- The key decides the algorithm, never the token.
- A token without expiry or subject, or one that lives longer than revocations are kept, is rejected.
- The identity of a token comes from its signed content: its `jti` and `iss`, else all of its claims. Whoever has a
  token cannot change that, however the text is encoded and whichever valid signature it has.
- No message and no error contains any part of a token.

`auth` is the only caller.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import parse_qsl

import jwt
import msgspec

from flighttracker.errors import FlightTrackerError
from flighttracker.settings import AuthSettings
from flighttracker_gateway.access.token_text import decode_object, decode_parts, digest

MAX_TOKEN_CHARACTERS: Final = 4_000
"""Longest token. It fits in a WebSocket message and in a header line."""
MAX_NAME_CHARACTERS: Final = 256
BEARER_SUBPROTOCOL: Final = "bearer."

_IN_URL: Final = frozenset({"token", "access_token", "id_token", "auth", "authorization", "bearer", "jwt"})
_LOOKS_LIKE_A_TOKEN: Final = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_MAX_TIME_S: Final = 2**53 / 1000

Algorithm = Literal["HS256", "RS256", "ES256"]


class Scope(enum.StrEnum):
    """A permission, as written in the claim `scope`."""

    VIEW = "view"
    """Flights: the WebSocket, /api/v1/flights, /api/v1/config."""
    STATS = "stats"
    """Counts only: /api/v1/stats."""
    ADMIN = "admin"
    """Everything above, and revoking tokens."""


class Key(NamedTuple):
    """A key that verifies tokens; `key_id` is "" if it has none."""

    key_id: str
    algorithm: Algorithm
    material: Any


class Grant(NamedTuple):
    """The content of a valid token.

    Attributes:
        subject: its user, `sub`.
        scopes: its permissions.
        expires_ms: when it expires, milliseconds since 1970.
        token_id: its identity: a hash of `iss` and `jti`, or of all claims if it has no `jti`.
        jti: its `jti`, by which an administrator may revoke it, too; "" if it has none.
        issuer: its `iss`; "" if it has none.
    """

    subject: str
    scopes: frozenset[Scope]
    expires_ms: int
    token_id: str
    jti: str = ""
    issuer: str = ""

    def allows(self, scope: Scope) -> bool:
        """Return whether the token has this permission."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    @property
    def user(self) -> tuple[str, str]:
        """The user: a subject of one issuer."""
        return self.issuer, self.subject

    def is_revoked_by(self, revoked: Collection[str]) -> bool:
        """Return whether the token is one of those that were revoked, by its identity or by its `jti`."""
        return self.token_id in revoked or (self.jti != "" and self.jti in revoked)


class TokenRefusedError(FlightTrackerError):
    """The token is rejected, or missing.

    Attributes:
        reason: short and stable, the label of `flights_tokens_refused_total`.
        detail: a sentence without any part of the token.
        status: 401 if another token may be accepted, 403 if the token lacks a scope, 400 if it is in the wrong place.
        subject: the token's user, if its signature is valid; else "".
    """

    def __init__(self, reason: str, detail: str, status: int = 401, subject: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.status = status
        self.subject = subject


class TokenHeader(msgspec.Struct, frozen=True):
    """The header of a token, which is not verified yet."""

    alg: str
    kid: str = ""


class _Claims(msgspec.Struct, frozen=True):
    exp: int | float
    sub: str
    nbf: int | float | None = None
    aud: str | list[str] = ""
    iss: str = ""
    jti: str = ""
    scope: str | list[str] = ""
    scp: str | list[str] = ""


def looks_like_a_token(text: str) -> bool:
    """Return whether a text contains what may be a JWT."""
    return _LOOKS_LIKE_A_TOKEN.search(text) is not None


def refuse_token_in_url(query_string: bytes) -> None:
    """Reject a token in a URL: servers and proxies write URLs to their logs.

    Raises:
        TokenRefusedError: the URL contains one.
    """
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
        if name.lower() in _IN_URL or looks_like_a_token(f"{name}={value}"):
            raise TokenRefusedError(
                "in_url",
                "A token must not be in a URL, because URLs are logged: send it in the header Authorization, or as "
                "the subprotocol bearer.TOKEN, and revoke this one.",
                400,
            )


def read_header(token: str) -> TokenHeader:
    """Return the unverified header of a token, which names its key.

    Raises:
        TokenRefusedError: it is not a JWT in its canonical encoding.
    """
    if not token:
        raise TokenRefusedError("missing", "A token is needed: send the header Authorization: Bearer TOKEN.")
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise TokenRefusedError("too_long", f"The token is longer than {MAX_TOKEN_CHARACTERS} characters.")
    try:
        return msgspec.convert(decode_object(decode_parts(token).header), TokenHeader)
    except (msgspec.ValidationError, ValueError) as error:
        raise _malformed() from error


def check_token(token: str, key: Key, settings: AuthSettings, now_ms: int) -> Grant:
    """Return what a token grants.

    Args:
        token: the JWT.
        key: the key that its header names.
        settings: the claims that it must have.
        now_ms: the present, milliseconds since 1970.

    Raises:
        TokenRefusedError: it is not valid. The signature is verified before its claims are used.
    """
    try:
        decode_parts(token)
        payload = jwt.PyJWS(algorithms=[key.algorithm]).decode(token, key.material, algorithms=[key.algorithm])
        content = decode_object(payload)
    except jwt.InvalidAlgorithmError as error:
        raise TokenRefusedError("algorithm", f"The token must be signed with {key.algorithm}.") from error
    except jwt.InvalidSignatureError as error:
        raise TokenRefusedError("signature", "The token is not signed with our key.") from error
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise _malformed() from error
    try:
        claims = msgspec.json.decode(payload, type=_Claims)
        token_id = digest(["jti", claims.iss, claims.jti] if claims.jti else ["claims", content])
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # The message of the error names the claim, never its value.
        raise TokenRefusedError("claims", f"The claims of the token cannot be used: {error}.") from error
    try:
        _refuse_claims(claims, settings, now_ms)
    except TokenRefusedError as error:
        error.subject = claims.sub
        raise
    return Grant(
        subject=claims.sub,
        scopes=frozenset(scope for scope in Scope if scope.value in {*_words(claims.scope), *_words(claims.scp)}),
        expires_ms=int(claims.exp * 1000),
        token_id=token_id,
        jti=claims.jti,
        issuer=claims.iss,
    )


def _refuse_claims(claims: _Claims, settings: AuthSettings, now_ms: int) -> None:
    now_s, leeway_s = now_ms / 1000, settings.leeway_s
    if not 0 < len(claims.sub) <= MAX_NAME_CHARACTERS or len(claims.jti) > MAX_NAME_CHARACTERS:
        raise TokenRefusedError(
            "claims", f"sub and jti of the token may have at most {MAX_NAME_CHARACTERS} characters."
        )
    if not 0 <= claims.exp <= _MAX_TIME_S:
        raise TokenRefusedError("claims", "exp of the token must be seconds since 1970.")
    if now_s >= claims.exp + leeway_s:
        raise TokenRefusedError("expired", "The token has expired.")
    if claims.exp > now_s + settings.max_lifetime_s + leeway_s:
        days = settings.max_lifetime_s / 86_400
        raise TokenRefusedError("lifetime", f"The token expires more than {days:g} days from now.")
    if claims.nbf is not None and claims.nbf > now_s + leeway_s:
        raise TokenRefusedError("not_yet", "The token is not valid yet.")
    audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if settings.audience and settings.audience not in audiences:
        raise TokenRefusedError("audience", "The token is for another audience.")
    # RFC 7519, section 4.1.3: a recipient that the claim `aud` does not name must reject the token.
    if not settings.audience and any(audiences):
        detail = "The token has an audience and this gateway has none: set spec.gateway.auth.token.audience."
        raise TokenRefusedError("audience", detail)
    if settings.issuer and claims.iss != settings.issuer:
        raise TokenRefusedError("issuer", "The token is from another issuer.")


def _words(claim: str | list[str]) -> list[str]:
    return claim.split() if isinstance(claim, str) else claim


def _malformed() -> TokenRefusedError:
    return TokenRefusedError("malformed", "The token is not a JWT in its canonical encoding (RFC 7515).")
