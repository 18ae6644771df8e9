"""Checks the Host header of a request, as RFC 9112, section 3.2 requires. Pure; `shell` calls it for every request.

Two Host headers, or an unusual one, can be read differently by a proxy and by the gateway: one of them routes or caches
by the first and the other compares the Origin with the second.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Set as AbstractSet
from typing import Final

from litestar.types import HTTPScope

_HOST: Final = re.compile(rb"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


def host_mistake(scope: HTTPScope) -> str:
    """Return what is wrong with the Host header as a sentence, "" when nothing is.

    HTTP/1.0 has no Host: health checks of older load balancers send none.
    """
    hosts = [value for name, value in scope["headers"] if name.lower() == b"host"]
    if not hosts:
        return "" if scope["http_version"] == "1.0" else "The header Host is missing."
    if len(hosts) > 1:
        return "The header Host is repeated; send it once."
    if not _HOST.fullmatch(hosts[0]):
        return "The header Host is neither a host name nor an address, with an optional port."
    return ""


def is_answered(scope: HTTPScope, names: AbstractSet[str]) -> bool:
    """Return whether a request with a valid Host is for this gateway, and not for a name that only leads here.

    A page can give its own name the address of this computer after it was loaded (DNS rebinding). To a browser, the
    gateway is then of the page's origin. An address in Host is none of a page's names.

    Args:
        scope: the request.
        names: the names of this gateway; `*.example.org` matches one label. Empty: every name.
    """
    host = next((value for name, value in scope["headers"] if name.lower() == b"host"), b"")
    if not names or not host or host.startswith(b"["):
        return True
    name = host.decode("ascii").rpartition(":")[0] or host.decode("ascii")
    name = name.lower().removesuffix(".")
    return name in names or f"*.{name.partition('.')[2]}" in names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True
