"""Who counts as one client, and a rate limit for each of them.

A client is an address: that of the connection, or the one that the last trusted proxy names (`run` has uvicorn replace
it). An IPv6 client has at least a /64 to choose addresses from, so a /64 counts as one client. Pure.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

from flighttracker.clock import Clock
from flighttracker_gateway.access.rate_limit import RateLimit

MAX_CLIENTS: Final = 10_000
"""Clients whose rate is known. The one that was seen least recently is forgotten first, and then starts again with its
whole burst, which any further address would have, too."""

_MAX_ADDRESS_CHARACTERS: Final = 64
_PREFIX_BITS: Final = 64


@lru_cache(maxsize=MAX_CLIENTS)
def client_of(address: str) -> str:
    """Return the name of the client that has an address; text that is no address is a name itself, cut to 64."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return address[:_MAX_ADDRESS_CHARACTERS]
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    prefix = int(parsed) >> _PREFIX_BITS << _PREFIX_BITS
    return f"{IPv6Address(prefix)}/{_PREFIX_BITS}"


def client_of_scope(scope: Mapping[str, Any]) -> str:
    """Return the name of the client of an ASGI scope; "" when the server does not know its address."""
    client = scope.get("client")
    return client_of(client[0]) if client else ""


class ClientRates:
    """A rate limit for each client.

    Args:
        per_s: events of one client a second.
        clock: the time.
        burst: events of one client at once; None: those of one second.
    """

    def __init__(self, per_s: float, clock: Clock, burst: float | None = None) -> None:
        self._per_s = per_s
        self._clock = clock
        self._burst = burst
        self._limits: OrderedDict[str, RateLimit] = OrderedDict()

    def __len__(self) -> int:
        return len(self._limits)

    def take(self, client: str, events: float = 1.0) -> bool:
        """Count events of a client if they are within the limit; return whether they are."""
        return self._limit_of(client).take(events)

    def is_spent(self, client: str) -> bool:
        """Return whether a client is at its limit; nothing is counted."""
        limit = self._limits.get(client)
        return limit is not None and limit.left < 1.0

    def charge(self, client: str, events: float) -> None:
        """Count events of a client, within the limit or not."""
        self._limit_of(client).charge(events)

    def _limit_of(self, client: str) -> RateLimit:
        limit = self._limits.get(client)
        if limit is None:
            limit = self._limits[client] = RateLimit(self._per_s, self._clock, self._burst)
            if len(self._limits) > MAX_CLIENTS:
                self._limits.popitem(last=False)
        else:
            self._limits.move_to_end(client)
        return limit
