"""The addresses of a gateway. Pure; `connection` uses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from flighttracker.client.errors import AddressError

_SCHEMES: Final[Mapping[str, str]] = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PATH: Final = "/ws"


def websocket_url(url: str, query: Mapping[str, str]) -> str:
    """Return the WebSocket of the gateway at a URL, such as `http://localhost:8000` or `https://example.org/flights`.

    Args:
        url: where the page is, or the WebSocket itself (`wss://example.org/flights/ws`).
        query: parameters to add.

    Raises:
        AddressError: the URL is not one of a gateway.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise AddressError(f"{url!r} is not a URL: {error}") from error
    if parts.scheme not in _SCHEMES or not host:
        raise AddressError(f"{url!r} is not the URL of a gateway: write http://HOST:PORT or https://HOST/PATH")
    if parts.username is not None or parts.query or parts.fragment:
        raise AddressError(
            f"{url!r} has a user, a query or a fragment: pass a token as an argument, the rest is not used"
        )
    path = parts.path.rstrip("/")
    path = path if path.endswith(_PATH) else path + _PATH
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, path, urlencode(query, safe=","), ""))
