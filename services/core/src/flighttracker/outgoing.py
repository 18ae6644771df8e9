"""HTTP connections to servers that a resource names: guarded against forbidden addresses, and through a proxy if set.

The address is checked when the connection is made, not when the name is looked up, so that a name which changes its
address between the two (DNS rebinding) is caught. Through a proxy only the address in the URL itself can be checked:
the proxy looks names up. Used by the generator's sources, the gateway for the keys of tokens, the registry, and traces
(through `guarded_session`). The client of buckets opens its own connections: their address is checked before each use.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from flighttracker.proxies import proxy_for
from flighttracker.targets import why_forbidden


class ForbiddenTargetError(OSError):
    """A connection to an address that is not allowed."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses may be connected to.

    Attributes:
        is_private_forbidden: whether only addresses of the public internet are allowed.
    """

    is_private_forbidden: bool = False

    def check(self, address: str) -> None:
        """Raise `ForbiddenTargetError` for a forbidden IP address; names pass."""
        reason = why_forbidden(address, is_private_forbidden=self.is_private_forbidden)
        if reason:
            raise ForbiddenTargetError(f"{address} {reason}")

    def check_name(self, url: str) -> None:
        """Raise `ForbiddenTargetError` if the host of a URL has a forbidden address now. Blocks.

        For clients that open connections of their own: what they look up later is not checked. A name without an
        address passes, and the connection to it fails.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        self.check(host)
        try:
            found = socket.getaddrinfo(host, parts.port or 0, type=socket.SOCK_STREAM)
        except OSError:
            return
        for _, _, _, _, place in found:
            self.check(str(place[0]))

    def route(self, url: str, environment: Mapping[str, str] = os.environ) -> str | None:
        """Return the proxy for a URL, None to connect directly.

        Raises:
            ForbiddenTargetError: the URL itself names a forbidden address.
            ProxyError: the environment names something else than an HTTP proxy.
            ValueError: the URL is malformed.
        """
        self.check(urlsplit(url).hostname or "")
        return proxy_for(url, environment) or None

    def connector(self, proxy: str | None, tls: ssl.SSLContext | bool = True) -> aiohttp.TCPConnector:
        """Return a connector for requests with this proxy, or without one.

        Args:
            proxy: what `route` returned; proxies may have any address, because the operator of the cluster sets them.
            tls: what to trust and show.
        """
        return aiohttp.TCPConnector(ssl=tls, socket_factory=None if proxy else self._socket)

    def _socket(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, place = address
        self.check(str(place[0]))
        made = socket.socket(family=family, type=kind, proto=protocol)
        made.setblocking(False)
        return made


def forbidden_cause(error: BaseException) -> ForbiddenTargetError | None:
    """Return the `ForbiddenTargetError` behind an error of the HTTP client, None when there is none."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, ForbiddenTargetError):
        found = found.__cause__
    return found
