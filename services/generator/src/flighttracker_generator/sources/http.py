"""One request to a source of JSON, with every way in which it can go wrong named.

Real feeds time out, answer 429 and 503, send half a body or an HTML page. Each becomes a `SourceError` with a stable
reason that is a metric label; `polling` decides when to try again. Called by `opensky`, its token and `readsb`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import aiohttp

from flighttracker.errors import SourceError

_CHUNK_BYTES: Final = 64 * 1024
_RATE_LIMIT_HEADERS: Final = ("X-Rate-Limit-Retry-After-Seconds", "Retry-After")
_LONGEST_RETRY_AFTER_S: Final = 86_400.0


async def request(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    now_ms: int,
    max_bytes: int,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> bytes:
    """Return the body of a successful answer.

    Args:
        session: its timeout bounds the whole request.
        method: GET or POST.
        url: what to ask.
        now_ms: the time, for a server that says until when to wait.
        max_bytes: a longer body is refused, counted after decompression.
        params: query parameters.
        headers: request headers.
        form: fields to send as a form.

    Raises:
        SourceError: `timeout`, `connection`, `truncated`, `too_large`, `rate_limited`, `unauthorized`, `server_error`
            or `http_status`.
    """
    try:
        async with session.request(method, url, params=params, headers=headers, data=form) as response:
            _refuse_status(response, now_ms)
            body = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
                body += chunk
                if len(body) > max_bytes:
                    raise SourceError(f"the answer is larger than {max_bytes} bytes", reason="too_large")
            return bytes(body)
    except TimeoutError as error:
        raise SourceError(f"no complete answer within {session.timeout.total:g} s", reason="timeout") from error
    except aiohttp.ClientPayloadError as error:
        raise SourceError(f"the answer ended early: {error}", reason="truncated") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise SourceError(f"cannot reach {url}: {error}", reason="connection") from error


def _refuse_status(response: aiohttp.ClientResponse, now_ms: int) -> None:
    status = response.status
    if status == HTTPStatus.OK:
        return
    message = f"the server answered {status} {response.reason or ''}".rstrip()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise SourceError(message, reason="rate_limited", retry_after_s=retry_after_s(response.headers, now_ms))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise SourceError(message, reason="unauthorized")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SourceError(message, reason="server_error", retry_after_s=retry_after_s(response.headers, now_ms))
    raise SourceError(message, reason="http_status")


def retry_after_s(headers: Mapping[str, str], now_ms: int) -> float | None:
    """Return how long a server asks to wait, in seconds up to a day, or None when it does not say."""
    for name in _RATE_LIMIT_HEADERS:
        text = headers.get(name, "").strip()
        if text.isascii() and text.isdigit():
            return min(float(text), _LONGEST_RETRY_AFTER_S)
        when = _http_date(text)
        if when is not None:
            return min(max(when.timestamp() - now_ms / 1000.0, 0.0), _LONGEST_RETRY_AFTER_S)
    return None


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
