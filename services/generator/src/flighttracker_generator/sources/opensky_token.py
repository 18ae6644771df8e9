"""OAuth2 client credentials for OpenSky: a token that is asked for when needed and kept until just before it expires.

The credentials are two files of a mounted Secret. They are read anew for each token, so a Secret that is changed takes
effect without a restart. Called by `opensky` before each request.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from flighttracker.clock import Clock
from flighttracker.errors import SourceError, StartError
from flighttracker_generator.sources.answers import parsed
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import HttpClient

EARLY_MS: Final = 60_000
"""A token is renewed so long before it expires."""
_MAX_TOKEN_BYTES: Final = 64 * 1024


class _Token(msgspec.Struct):
    access_token: str
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
    return values[0], values[1]


class TokenKeeper:
    """Keeps the current token."""

    def __init__(self, url: str, directory: Path, clock: Clock) -> None:
        self._url = url
        self._directory = directory
        self._clock = clock
        self._token = ""
        self._renew_at_ms = 0

    async def token(self, client: HttpClient) -> str:
        """Return a token that is valid, asking for one when needed.

        Raises:
            SourceError: the server gives none: `token_` and the reason, or `credentials` when the files are gone.
        """
        now_ms = self._clock.now_ms()
        if not self._token or now_ms >= self._renew_at_ms:
            answer = await self._ask(client, now_ms)
            self._token = answer.access_token
            # A token that lives shorter than the margin is used for half of its life.
            life_ms = max(answer.expires_in * 1000 - EARLY_MS, answer.expires_in * 500)
            self._renew_at_ms = now_ms + round(life_ms)
        return self._token

    def forget(self) -> None:
        """Ask for a new token next time: the server did not accept this one."""
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
