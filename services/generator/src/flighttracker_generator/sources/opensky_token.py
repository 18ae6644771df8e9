"""OAuth2 client credentials for OpenSky: fetches a token when one is needed and renews it shortly before it expires.

The credentials are two files of a mounted Secret. They are read for each new token, so a changed Secret takes effect
without a restart. `opensky` calls `TokenKeeper.token` before each request.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import msgspec

from flighttracker.clock import Clock
from flighttracker.errors import SourceError, StartError
from flighttracker.known_secrets import remember
from flighttracker_generator.sources.answers import parsed
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import HttpClient

EARLY_MS: Final = 60_000
"""Time before its expiry at which a token is renewed."""
_MAX_TOKEN_BYTES: Final = 64 * 1024


LONGEST_LIFE_S: Final = 86_400.0


class _Token(msgspec.Struct):
    access_token: Annotated[str, msgspec.Meta(pattern=r"\A[\x21-\x7e]+\Z")]
    expires_in: float = 1800.0


def read_credentials(directory: Path) -> tuple[str, str]:
    """Return client id and secret.

    Raises:
        StartError: one of the files is missing or empty; the message names it.
    """
    values = []
    for name in ("client_id", "client_secret"):
        path = directory / name
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise StartError(f"cannot read OpenSky's credential {path}: {reason}; it should be a file") from error
        if not value:
            raise StartError(f"OpenSky's credential {path} is empty")
        values.append(value)
    remember(values[1])
    return values[0], values[1]


class TokenKeeper:
    """Fetches tokens and keeps the current one."""

    def __init__(self, url: str, directory: Path, clock: Clock) -> None:
        self._url = url
        self._directory = directory
        self._clock = clock
        self._token = ""
        self._renew_at_ms = 0

    async def token(self, client: HttpClient) -> str:
        """Return a valid token; fetch one if needed.

        Raises:
            SourceError: the request failed: `token_` and its reason, or `credentials` if a file cannot be used.
        """
        now_ms = self._clock.now_ms()
        if not self._token or now_ms >= self._renew_at_ms:
            answer = await self._ask(client, now_ms)
            self._token = answer.access_token
            remember(self._token)
            # A token that expires within the margin is used for half of its lifetime.
            life_s = min(max(answer.expires_in, 0.0), LONGEST_LIFE_S)
            life_ms = max(life_s * 1000 - EARLY_MS, life_s * 500)
            self._renew_at_ms = now_ms + round(life_ms)
        return self._token

    def forget(self) -> None:
        """Drop the current token, because the server rejected it."""
        self._token = ""

    async def _ask(self, client: HttpClient, now_ms: int) -> _Token:
        try:
            client_id, client_secret = read_credentials(self._directory)
        except StartError as error:
            raise SourceError(str(error), reason="credentials", was_reached=False) from error
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        try:
            body = await request(
                client, "POST", self._url, now_ms=now_ms, max_bytes=_MAX_TOKEN_BYTES, form=form, is_own=False
            )
            return parsed(body, _Token, "a token")
        except SourceError as error:
            message = f"no token from {self._url}: {error}"
            raise SourceError(
                message,
                reason=f"token_{error.reason}",
                retry_after_s=error.retry_after_s,
                was_reached=error.was_reached,
            ) from error
