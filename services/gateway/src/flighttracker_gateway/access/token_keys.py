"""The keys that verify tokens: a secret in a file, or a JWKS at a URL. `auth` owns one of them.

If the source is unavailable or invalid, both keep their present keys, and log it once for each change. A JWKS is
fetched every `refresh_s`. To find new keys sooner, it is also fetched when a token names an unknown key, at most every
`min_refresh_s` for all tokens.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, Final, Protocol, cast

import aiohttp
import jwt
import msgspec

from flighttracker.clock import Clock
from flighttracker.errors import RetryableError, StartError
from flighttracker.known_secrets import remember
from flighttracker.outgoing import Guard, forbidden_cause
from flighttracker.settings import AuthSettings
from flighttracker_gateway.access.tokens import Algorithm, Key
from flighttracker_gateway.metrics import GatewayMetrics

MIN_SECRET_BYTES: Final = 32
MIN_RSA_BITS: Final = 2_048
MAX_JWKS_BYTES: Final = 256 * 1024
MAX_KEYS: Final = 64

_logger = logging.getLogger(__name__)


class KeysAwayError(RetryableError):
    """No key is known yet, because the key server is unavailable."""


class TokenKeys(Protocol):
    """A source of keys."""

    async def look(self) -> None:
        """Reload the keys when it is time; called every second.

        Raises:
            StartError: there has never been a usable key, and the user must fix the settings or the source.
        """

    async def find(self, key_id: str, algorithm: str) -> Key | None:
        """Return the key for a token with this `kid` and `alg`, or None if there is none.

        Raises:
            KeysAwayError: no key is known yet.
        """


def make_keys(settings: AuthSettings, clock: Clock, metrics: GatewayMetrics) -> TokenKeys:
    """Return the source of keys of the settings; nothing is read yet."""
    if settings.hs256_secret_file:
        return SecretKey(Path(settings.hs256_secret_file))
    return JwksKeys(settings, clock, metrics)


class SecretKey:
    """The key of HS256, in a file of a mounted Secret."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content = b""
        self._key: Key | None = None

    async def look(self) -> None:
        """Read the file again: nothing announces the change of a mounted Secret."""
        try:
            content = await asyncio.to_thread(self._path.read_bytes)
        except OSError as error:
            self._complain(f"cannot read {self._path}, the secret of the tokens: {error.strerror}", b"")
            return
        if content == self._content and self._key is not None:
            return
        # `kubectl create secret --from-file` keeps the newline at the end of a file.
        secret = content.rstrip(b"\r\n")
        if len(secret) < MIN_SECRET_BYTES:
            self._complain(
                f"{self._path} has {len(secret)} bytes, but the secret of HS256 tokens must have at least "
                f"{MIN_SECRET_BYTES}: make one with `openssl rand -hex 32`",
                content,
            )
            return
        if self._key is not None:
            _logger.info("the secret of the tokens has changed")
        remember(secret.decode(errors="replace"))
        self._content, self._key = content, Key("", "HS256", secret)

    async def find(self, key_id: str, algorithm: str) -> Key | None:  # noqa: ARG002 - there is only one key
        """Return the key if the token is signed with HS256."""
        return self._key if algorithm == "HS256" else None

    def _complain(self, message: str, content: bytes) -> None:
        if self._key is None:
            raise StartError(message)
        if content != self._content:
            _logger.warning("%s; the previous secret stays in use", message)
        self._content = content


class JwksKeys:
    """The keys of a JWKS (RFC 7517) at a URL.

    Args:
        settings: the URL, and how often it is fetched.
        clock: the time.
        metrics: counts the fetches.
    """

    def __init__(self, settings: AuthSettings, clock: Clock, metrics: GatewayMetrics) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._keys: list[Key] = []
        self._fetching = asyncio.Lock()
        self._fetched_ms: int | None = None
        self._trouble = ""

    async def look(self) -> None:
        """Fetch the keys when it is time."""
        due_s = self._settings.refresh_s if self._keys else self._settings.min_refresh_s
        await self._fetch_unless_younger_than(due_s)

    async def find(self, key_id: str, algorithm: str) -> Key | None:
        """Return the key; if it is unknown, fetch the JWKS once more first."""
        found = self._known(key_id, algorithm)
        if found is None:
            await self._fetch_unless_younger_than(self._settings.min_refresh_s)
            found = self._known(key_id, algorithm)
        if found is None and not self._keys:
            raise KeysAwayError("The keys of the tokens are not known yet; try again.", retry_after_s=5)
        return found

    def _known(self, key_id: str, algorithm: str) -> Key | None:
        fitting = [key for key in self._keys if key.algorithm == algorithm and key_id in ("", key.key_id)]
        # A token without `kid` is not tried with each key.
        return fitting[0] if fitting and (key_id or len(fitting) == 1) else None

    async def _fetch_unless_younger_than(self, age_s: float) -> None:
        async with self._fetching:
            now_ms = self._clock.now_ms()
            if self._fetched_ms is not None and 0 <= now_ms - self._fetched_ms < age_s * 1000:
                return
            self._fetched_ms = now_ms
            try:
                keys = read_keys(await self._fetch())
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                self._metrics.token_key_fetches.labels("failed").inc()
                trouble = str(forbidden_cause(error) or error) or type(error).__name__
                if trouble != self._trouble:
                    _logger.warning(
                        "cannot fetch the keys of tokens from %s: %s; %s",
                        self._settings.jwks_url,
                        trouble,
                        f"the {len(self._keys)} previous ones stay in use" if self._keys else "no token is accepted",
                    )
                self._trouble = trouble
                return
            self._metrics.token_key_fetches.labels("fetched").inc()
            if keys_named(keys) != keys_named(self._keys) or self._trouble:
                _logger.info("%d keys for tokens: %s", len(keys), ", ".join(keys_named(keys)))
            self._keys, self._trouble = keys, ""

    async def _fetch(self) -> bytes:
        timeout = aiohttp.ClientTimeout(total=self._settings.request_timeout_s)
        guard = Guard(self._settings.is_private_forbidden)
        proxy = guard.route(self._settings.jwks_url)
        async with (
            aiohttp.ClientSession(timeout=timeout, connector=guard.connector(proxy)) as session,
            session.get(self._settings.jwks_url, allow_redirects=False, proxy=proxy) as response,
        ):
            if response.status != 200:
                # Keys from where a redirect leads would be keys of somebody whom the resource does not name.
                is_redirect = response.headers.get("Location") is not None
                raise ValueError(f"HTTP {response.status}{', and redirects are not followed' if is_redirect else ''}")
            body = await response.content.read(MAX_JWKS_BYTES + 1)
            while len(body) <= MAX_JWKS_BYTES and (more := await response.content.read(MAX_JWKS_BYTES + 1)):
                body += more
        if len(body) > MAX_JWKS_BYTES:
            raise ValueError(f"the answer is longer than {MAX_JWKS_BYTES} bytes")
        return body


def keys_named(keys: list[Key]) -> list[str]:
    """Return the algorithms and ids of keys, for the log."""
    return sorted(f"{key.algorithm} {key.key_id[:64] or '(no kid)'}" for key in keys)


def read_keys(answer: bytes) -> list[Key]:
    """Return the usable keys of a JWKS: RSA with at least 2048 bits, and P-256, for signatures.

    Raises:
        ValueError: it is not a JWKS, or has no usable key.
    """
    try:
        listed = msgspec.json.decode(answer)["keys"]
        entries = [cast("dict[str, Any]", entry) for entry in listed if isinstance(entry, dict)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError) as error:
        raise ValueError("the answer is not a JWKS, which has a list `keys`") from error
    keys = [key for entry in entries[:MAX_KEYS] if (key := _key_of(entry)) is not None]
    if not keys:
        raise ValueError(f"none of the {len(entries)} keys there is an RSA key of 2048 bits or a P-256 key")
    return keys


def _key_of(entry: dict[str, Any]) -> Key | None:
    algorithm: Algorithm
    if entry.get("kty") == "RSA":
        algorithm = "RS256"
    elif entry.get("kty") == "EC" and entry.get("crv") == "P-256":
        algorithm = "ES256"
    else:
        return None
    if entry.get("use", "sig") != "sig" or entry.get("alg", algorithm) != algorithm:
        return None
    public = {name: value for name, value in entry.items() if name in ("kty", "crv", "n", "e", "x", "y")}
    try:
        material = jwt.PyJWK(public, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        _logger.warning("a key of the JWKS cannot be used: %s", type(error).__name__)
        return None
    if algorithm == "RS256" and material.key_size < MIN_RSA_BITS:
        return None
    key_id = entry.get("kid", "")
    return Key(key_id if isinstance(key_id, str) else "", algorithm, material)
