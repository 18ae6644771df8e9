"""HTTP client of a source: account, certificates, proxy, allowed addresses and redirects. Used by `http.request`.

Only requests to the source itself carry its account and headers. Redirects are followed on the same server only.
Elsewhere, another server would get the account, and a public name could lead into the private network. A changed Secret
is used from the next request on.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final

import aiohttp
from yarl import URL

from flighttracker.build_info import VERSION
from flighttracker.errors import SourceError
from flighttracker.outgoing import Guard
from flighttracker.settings import HttpAccessSettings
from flighttracker_generator.sources.http_secrets import Account, read_account, read_tls_files, tls_context

USER_AGENT: Final = f"flighttracker/{VERSION}"
LONGEST_CONNECT_S: Final = 10.0
CONNECT_SHARE: Final = 0.8
"""Less than all of the time for a request, so that one that found no connection is told from one without an answer."""
MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class HttpClient:
    """Sends the requests of one source; close it after its use (`async with`).

    Args:
        access: account, headers, certificates.
        timeout_s: how long one request may take.
        environment: where the proxies are named.
    """

    def __init__(
        self, access: HttpAccessSettings, timeout_s: float, *, environment: Mapping[str, str] = os.environ
    ) -> None:
        self.timeout_s = timeout_s
        self._access = access
        self._environment = environment
        self._guard = Guard(access.is_private_forbidden)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        """One for requests through a proxy, and one for the others: only these are checked for their address."""
        self._tls_files: tuple[bytes, ...] = ()

    async def __aenter__(self) -> HttpClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            await session.close()

    def check(self) -> None:
        """Raise `StartError` when a Secret cannot be used."""
        read_account(self._access)
        tls_context(self._access)

    @property
    def has_account(self) -> bool:
        """Whether requests carry an account, or show a certificate."""
        access = self._access
        return bool(access.username_file or access.token_file or access.api_key_file or access.certificate_file)

    @property
    def has_own_authority(self) -> bool:
        """Whether an authority of its own is trusted instead of the system's."""
        return bool(self._access.ca_file)

    @property
    def shows_certificate(self) -> bool:
        """Whether servers are shown a client certificate."""
        return bool(self._access.certificate_file)

    @asynccontextmanager
    async def respond(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        is_own: bool = True,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and give its response; a GET follows redirects on the same server.

        Args:
            method: GET or POST.
            url: what to ask.
            params: query parameters.
            headers: request headers.
            form: fields to send as a form.
            is_own: whether this is the source itself, which gets the account, and not the server of its tokens.

        Raises:
            StartError: a Secret cannot be used.
            SourceError: `redirected`.
            ForbiddenTargetError: the URL names a forbidden address.
            ProxyError: the environment names something else than an HTTP proxy.
            ValueError: the URL is malformed.
        """
        proxy = self._guard.route(url, self._environment)
        session = await self._session(proxy)
        sent = {"User-Agent": self._access.user_agent or USER_AGENT}
        account = read_account(self._access) if is_own else Account()
        if is_own:
            sent |= {**self._access.headers, **account.headers}
        query = {**(params or {}), **account.params}
        sent |= dict(headers or {})
        place = URL(url)
        for _ in range(MAX_REDIRECTS + 1):
            async with session.request(
                method, place, params=query, headers=sent, data=form, proxy=proxy, allow_redirects=False
            ) as response:
                if response.status not in _REDIRECTS:
                    yield response
                    return
                place = _redirected(method, place, response)
                query = {name: value for name, value in account.params.items() if name not in place.query}
        raise SourceError(f"the server redirects more than {MAX_REDIRECTS} times", reason="redirected")

    async def _session(self, proxy: str | None) -> aiohttp.ClientSession:
        files = read_tls_files(self._access)
        if files != self._tls_files:
            await self.close()
        is_proxied = proxy is not None
        if is_proxied not in self._sessions:
            connector = self._guard.connector(proxy, tls_context(self._access))
            connect_s = min(self.timeout_s * CONNECT_SHARE, LONGEST_CONNECT_S)
            timeout = aiohttp.ClientTimeout(total=self.timeout_s, connect=connect_s)
            self._sessions[is_proxied] = aiohttp.ClientSession(timeout=timeout, connector=connector)
            self._tls_files = files
        return self._sessions[is_proxied]


def _redirected(method: str, url: URL, response: aiohttp.ClientResponse) -> URL:
    """Return where a redirect leads.

    Raises:
        SourceError: to another server, or it is the answer to something else than a GET.
    """
    try:
        target = url.join(URL(response.headers["Location"]))
    except (KeyError, ValueError):
        raise SourceError(
            f"the server answered {response.status} without a usable Location", reason="redirected"
        ) from None
    if method == "GET" and target.scheme in ("http", "https") and target.origin() == url.origin():
        return target
    shown = target.with_user(None).with_query(None).with_fragment(None) if target.host else "an address without a host"
    raise SourceError(
        f"the server redirects to {shown}: redirects are followed on the same host only, so use that address if it is "
        "the right one",
        reason="redirected",
    )
