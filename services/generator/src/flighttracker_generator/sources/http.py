"""Sends one request to an HTTP server of JSON, and gives every failure a stable reason, which is a metric label.

Real servers time out, answer 429 and 503, and send half a body or a web page. `polling` decides when to try again.
Sources call `request`; the table of aircraft is read piece by piece (`respond`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import aiohttp

from flighttracker.errors import SourceError, StartError
from flighttracker_generator.sources.http_client import HttpClient
from flighttracker_generator.sources.unreached import unreached
from flighttracker_generator.sources.web_pages import is_web_page

_CHUNK_BYTES: Final = 64 * 1024
_RATE_LIMIT_HEADERS: Final = ("X-Rate-Limit-Retry-After-Seconds", "Retry-After")
_LONGEST_RETRY_AFTER_S: Final = 86_400.0
_MOST_DIGITS: Final = 18


async def request(
    client: HttpClient,
    method: str,
    url: str,
    *,
    now_ms: int,
    max_bytes: int,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    is_own: bool = True,
    hint: str = "",
    not_found_hint: str = "",
    take_headers: Callable[[Mapping[str, str]], None] | None = None,
) -> bytes:
    """Return the body of a successful answer.

    Args:
        client: its timeout bounds the whole request.
        method: GET or POST.
        url: what to ask.
        now_ms: the time, for a server that says until when to wait.
        max_bytes: a longer body is refused, counted after decompression.
        params: query parameters.
        headers: request headers.
        form: fields to send as a form.
        is_own: whether this is the source itself, which gets the account, and not the server of its tokens.
        hint: which address is meant if this is a web page, as the end of a sentence.
        not_found_hint: the same if the server answers 404.
        take_headers: gets the headers of every answer, whatever its status.

    Raises:
        SourceError: `timeout`, `dns`, `connection`, `tls`, `proxy`, `forbidden_target`, `credentials`, `redirected`,
            `truncated`, `too_large`, `rate_limited`, `unauthorized`, `server_error`, `http_status`, or `not_json` for a
            web page.
    """
    async with respond(
        client,
        method,
        url,
        now_ms=now_ms,
        params=params,
        headers=headers,
        form=form,
        is_own=is_own,
        not_found_hint=not_found_hint,
        take_headers=take_headers,
    ) as response:
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            body += chunk
            if len(body) > max_bytes:
                raise SourceError(f"the answer is larger than {max_bytes} bytes", reason="too_large")
        if is_web_page(response.content_type, body):
            raise SourceError(f"{url} is a web page, not JSON{hint}", reason="not_json")
        return bytes(body)


@asynccontextmanager
async def respond(
    client: HttpClient,
    method: str,
    url: str,
    *,
    now_ms: int,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    is_own: bool = True,
    not_found_hint: str = "",
    take_headers: Callable[[Mapping[str, str]], None] | None = None,
    also: int = HTTPStatus.OK,
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Give a successful answer, whose body is still to be read; see `request`.

    Args:
        client: its timeout bounds the request and the reading of the body.
        method: GET or POST.
        url: what to ask.
        now_ms: the time, for a server that says until when to wait.
        params: query parameters.
        headers: request headers.
        form: fields to send as a form.
        is_own: whether this is the source itself, which gets the account.
        not_found_hint: which address is meant if the server answers 404, as the end of a sentence.
        take_headers: gets the headers of every answer, whatever its status.
        also: a status besides 200 that is a success.

    Raises:
        SourceError: as `request`, also while the body is read.
    """
    try:
        async with client.respond(method, url, params=params, headers=headers, form=form, is_own=is_own) as response:
            if take_headers is not None:
                take_headers(response.headers)
            if response.status != also:
                _refuse_status(response, now_ms, has_account=client.has_account, not_found_hint=not_found_hint)
            yield response
    except StartError as error:
        raise SourceError(str(error), reason="credentials", was_reached=False) from error
    except TimeoutError as error:
        # Before the connection stands, the server knows nothing of the request.
        was_reached = not isinstance(error, aiohttp.ConnectionTimeoutError)
        words = (
            f"no complete answer within {client.timeout_s:g} s" if was_reached else f"no connection to {url} in time"
        )
        raise SourceError(words, reason="timeout", was_reached=was_reached) from error
    except aiohttp.ClientPayloadError as error:
        raise SourceError(f"the answer ended early: {error}", reason="truncated") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise unreached(
            url, error, has_own_authority=client.has_own_authority, shows_certificate=client.shows_certificate
        ) from error


def _refuse_status(response: aiohttp.ClientResponse, now_ms: int, *, has_account: bool, not_found_hint: str) -> None:
    status = response.status
    if status == HTTPStatus.OK:
        return
    message = f"the server answered {status} {response.reason or ''}".rstrip()
    wait_s = retry_after_s(response.headers, now_ms)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise SourceError(message, reason="rate_limited", retry_after_s=wait_s)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        hint = "" if has_account else "; if it wants an account, name a Secret in credentialsSecret"
        raise SourceError(f"{message}{hint}", reason="unauthorized", retry_after_s=wait_s)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        raise SourceError(f"the proxy wants an account: {message}", reason="proxy", was_reached=False)
    if status == HTTPStatus.NOT_FOUND:
        message += not_found_hint
    reason = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "http_status"
    raise SourceError(message, reason=reason, retry_after_s=wait_s)


def retry_after_s(headers: Mapping[str, str], now_ms: int) -> float | None:
    """Return how long a server asks to wait, in seconds up to a day, or None when it does not say.

    A time is compared with the server's own `Date`, because our clock may be wrong.
    """
    for name in _RATE_LIMIT_HEADERS:
        text = headers.get(name, "").strip()
        if text.isascii() and text.isdigit():
            return min(float(text[:_MOST_DIGITS]), _LONGEST_RETRY_AFTER_S)
        until_s = _http_date_s(text)
        if until_s is not None:
            from_s = _http_date_s(headers.get("Date", ""))
            return min(max(until_s - (now_ms / 1000.0 if from_s is None else from_s), 0.0), _LONGEST_RETRY_AFTER_S)
    return None


def _http_date_s(text: str) -> float | None:
    try:
        when = parsedate_to_datetime(text)
        # "-0000" says UTC without a zone; Python then gives a time without one.
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
