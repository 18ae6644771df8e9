"""What a token (a JWT, RFC 7519) must be to let somebody in, and what it then allows. Pure.

Guarantees: the algorithm is the key's and never the token's choice; a token without expiry or subject, or one that
lives longer than revocations are kept, is refused; no message and no error repeats any part of a token. `auth` is the
only caller.
"""

from __future__ import annotations

import enum
import hashlib
import re
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import parse_qsl

import jwt
import msgspec

from flighttracker.errors import FlightTrackerError
from flighttracker.settings import AuthSettings

MAX_TOKEN_CHARACTERS: Final = 4_000
"""Longest token: with what is around it, it fits in a message of a client and in a line of a header."""
MAX_NAME_CHARACTERS: Final = 256
BEARER_SUBPROTOCOL: Final = "bearer."

_IN_URL: Final = frozenset({"token", "access_token", "id_token", "auth", "authorization", "bearer", "jwt"})
_LOOKS_LIKE_A_TOKEN: Final = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_MAX_TIME_S: Final = 2**53 / 1000

Algorithm = Literal["HS256", "RS256", "ES256"]


class Scope(enum.StrEnum):
    """What a token may allow, as it stands in its claim `scope`."""

    VIEW = "view"
    """Flights: the WebSocket, /api/v1/flights, /api/v1/config."""
    STATS = "stats"
    """Counts only: /api/v1/stats."""
    ADMIN = "admin"
    """Everything above, and revoking tokens."""


class Key(NamedTuple):
    """One key that tokens are checked with; `key_id` is "" when it has none."""

    key_id: str
    algorithm: Algorithm
    material: Any


class Grant(NamedTuple):
    """What a valid token says.

    Attributes:
        subject: whose it is.
        scopes: what it allows.
        expires_ms: when it ends, milliseconds since 1970.
        token_id: its `jti`, or the hash of the token where it has none; what is revoked.
    """

    subject: str
    scopes: frozenset[Scope]
    expires_ms: int
    token_id: str

    def allows(self, scope: Scope) -> bool:
        """Return whether it may be used for this."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


class TokenRefusedError(FlightTrackerError):
    """A token, or the lack of one, that lets nobody in.

    Attributes:
        reason: short and stable, the label of `flights_tokens_refused_total`.
        detail: a sentence without any part of the token.
        status: 401 to try with another token, 403 when this one is good but does not allow it, 400 for a wrong place.
    """

    def __init__(self, reason: str, detail: str, status: int = 401) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.status = status


class TokenHeader(msgspec.Struct, frozen=True):
    """What a token says of its key, before anything is believed."""

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


def refuse_token_in_url(query_string: bytes) -> None:
    """Look for a token where it does not belong: servers and proxies write URLs to their logs.

    Raises:
        TokenRefusedError: there is one.
    """
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
        if name.lower() in _IN_URL or _LOOKS_LIKE_A_TOKEN.search(f"{name}={value}"):
            raise TokenRefusedError(
                "in_url",
                "A token must not stand in a URL, which ends up in logs: send it in the header Authorization, or as "
                "the subprotocol bearer.TOKEN, and have this one revoked.",
                400,
            )


def read_header(token: str) -> TokenHeader:
    """Return which key a token asks for.

    Raises:
        TokenRefusedError: it is not a JWT.
    """
    if not token:
        raise TokenRefusedError("missing", "A token is needed: send the header Authorization: Bearer TOKEN.")
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise TokenRefusedError("too_long", f"The token is longer than {MAX_TOKEN_CHARACTERS} characters.")
    try:
        return msgspec.convert(jwt.get_unverified_header(token), TokenHeader)
    except (jwt.PyJWTError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise _malformed() from error


def check_token(token: str, key: Key, settings: AuthSettings, now_ms: int) -> Grant:
    """Return what a token grants.

    Args:
        token: the JWT.
        key: the key that its header asks for.
        settings: what its claims must say.
        now_ms: the moment.

    Raises:
        TokenRefusedError: it is not valid; the signature is checked before anything that it says.
    """
    try:
        payload = jwt.PyJWS(algorithms=[key.algorithm]).decode(token, key.material, algorithms=[key.algorithm])
    except jwt.InvalidAlgorithmError as error:
        raise TokenRefusedError("algorithm", f"The token must be signed with {key.algorithm}.") from error
    except jwt.InvalidSignatureError as error:
        raise TokenRefusedError("signature", "The signature of the token is not that of our key.") from error
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise _malformed() from error
    try:
        claims = msgspec.json.decode(payload, type=_Claims)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The message of the error names the claim, never its value.
        raise TokenRefusedError("claims", f"The claims of the token are not usable: {error}.") from error
    _refuse_claims(claims, settings, now_ms)
    return Grant(
        subject=claims.sub,
        scopes=frozenset(scope for scope in Scope if scope.value in {*_words(claims.scope), *_words(claims.scp)}),
        expires_ms=int(claims.exp * 1000),
        token_id=claims.jti or f"sha256:{hashlib.sha256(token.encode()).hexdigest()}",
    )


def _refuse_claims(claims: _Claims, settings: AuthSettings, now_ms: int) -> None:
    now_s, leeway_s = now_ms / 1000, settings.leeway_s
    if not 0 < len(claims.sub) <= MAX_NAME_CHARACTERS or len(claims.jti) > MAX_NAME_CHARACTERS:
        raise TokenRefusedError("claims", f"sub and jti of the token may have 1 to {MAX_NAME_CHARACTERS} characters.")
    if not 0 <= claims.exp <= _MAX_TIME_S:
        raise TokenRefusedError("claims", "exp of the token must be seconds since 1970.")
    if now_s >= claims.exp + leeway_s:
        raise TokenRefusedError("expired", "The token has expired.")
    if claims.exp > now_s + settings.max_lifetime_s + leeway_s:
        days = settings.max_lifetime_s / 86_400
        raise TokenRefusedError("lifetime", f"The token lives longer than {days:g} days, which is the most.")
    if claims.nbf is not None and claims.nbf > now_s + leeway_s:
        raise TokenRefusedError("not_yet", "The token is not valid yet.")
    if settings.audience and settings.audience not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
        raise TokenRefusedError("audience", "The token is for another audience.")
    if settings.issuer and claims.iss != settings.issuer:
        raise TokenRefusedError("issuer", "The token is from another issuer.")


def _words(claim: str | list[str]) -> list[str]:
    return claim.split() if isinstance(claim, str) else claim


def _malformed() -> TokenRefusedError:
    return TokenRefusedError("malformed", "The token is not a JWT.")
