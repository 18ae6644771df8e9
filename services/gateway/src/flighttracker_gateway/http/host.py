"""Checks the Host header of a request, as RFC 9112, section 3.2 requires. Pure; `shell` calls it for every request.

Two Host headers, or an unusual one, can be read differently by a proxy and by the gateway: one of them routes or caches
by the first and the other compares the Origin with the second.
"""

from __future__ import annotations

import re
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
