"""Finds the proxy for a URL in HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Pure; `outgoing` uses it.

The variables mean what they mean in Go and curl. NO_PROXY is a list with commas. An entry is `*`, a name (with its
subdomains, with or without a dot before it), an address, or a network such as `10.0.0.0/8`; names and addresses may end
in `:port`. A network covers addresses in URLs, not names. This computer is never asked through a proxy. When a variable
exists in both cases, the lower case counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"http": 80, "https": 443}


class ProxyError(ValueError):
    """A variable that names something else than an HTTP proxy."""


def proxy_for(url: str, environment: Mapping[str, str]) -> str:
    """Return the URL of the proxy for a URL, empty for none.

    Raises:
        ProxyError: the variable holds no HTTP proxy, but a SOCKS one for example.
        ValueError: the URL is malformed.
    """
    parts = urlsplit(url)
    name = f"{parts.scheme}_proxy"
    proxy = (environment.get(name) or environment.get(name.upper()) or "").strip()
    if not proxy:
        return ""
    exceptions = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if is_direct((parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0), exceptions):
        return ""
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if urlsplit(proxy).scheme not in _PORTS or not urlsplit(proxy).hostname:
        raise ProxyError(f"{name.upper()} must be the URL of an HTTP proxy, such as http://proxy:3128")
    return proxy


def is_direct(host: str, port: int, exceptions: str) -> bool:
    """Return whether a host, in lower case, is asked without a proxy, given the text of NO_PROXY."""
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    for item in exceptions.lower().replace(" ", ",").split(","):
        if item == "*":
            return True
        if not item:
            continue
        try:
            network = ip_network(item.strip("[]"), strict=False)
        except ValueError:
            network = None
        if network is not None:
            if address is not None and address in network:
                return True
            continue
        name, _, item_port = item.rpartition(":") if item.rpartition(":")[2].isdigit() else (item, "", "")
        if item_port and int(item_port) != port:
            continue
        name = name.strip("[]").removeprefix("*").strip(".")
        if name and (host == name or (address is None and host.endswith(f".{name}"))):
            return True
    return False
