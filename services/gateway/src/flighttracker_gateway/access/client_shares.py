"""`ClientShares`: how much of the gateway's time one address gets, also without tokens.

Handshakes and HTTP requests of an address have a rate each, and count before anything else is done for them. One with
an invalid token counts as ten, and a long answer counts by its length. Refusals have a rate, too: above it, connections
of the address are reset as soon as they are accepted, which costs a tenth of an answer. `http.shell` and `admission`
count, `http.accept` resets. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from typing import Final

from flighttracker.clock import Clock
from flighttracker.settings import LimitSettings
from flighttracker_gateway.access.client_rates import ClientRates, client_of

FAILED_TOKEN_COST: Final = 10
"""Requests or handshakes that one with an invalid token counts for."""

ANSWER_BYTES: Final = 64 * 1024
"""Bytes of long answers a second for each request a second of the limit; shorter answers are not counted."""
ANSWER_BURST_S: Final = 2.0
"""Long answers that may come at once: those of this time."""

BURST_S: Final = 0.25
BURST: Final = 25
"""What may come at once: the events of this time or this many, but not more than in a second. A handshake takes about a
millisecond, so viewers wait for a burst."""

RETRY_AFTER_S: Final = 5
"""What a refused client is asked to wait."""


class ClientShares:
    """The rates of each client; `client` is a name from `client_of`."""

    def __init__(self, limits: LimitSettings, clock: Clock, trusted_proxies: Sequence[str] = ()) -> None:
        self._proxies = [ip_network(proxy, strict=False) for proxy in trusted_proxies]
        handshakes_per_s, requests_per_s = limits.max_connects_per_address_per_s, limits.max_requests_per_address_per_s
        self._handshakes = ClientRates(handshakes_per_s, clock, _burst(handshakes_per_s))
        self._requests = ClientRates(requests_per_s, clock, _burst(requests_per_s))
        # Apart from requests: who has got a long answer may still load the page.
        bytes_per_s = requests_per_s * ANSWER_BYTES
        self._answer_bytes = ClientRates(bytes_per_s, clock, ANSWER_BURST_S * bytes_per_s)
        self._too_many_bytes = f"More than {bytes_per_s / 1e6:.1f} MB of answers a second to your address; try again."
        self._connections = ClientRates(handshakes_per_s + requests_per_s, clock)
        self._refusals = ClientRates(handshakes_per_s, clock, _burst(handshakes_per_s))
        self._too_many_handshakes = f"More than {handshakes_per_s:g} connections a second from your address; try again."
        self._too_many_requests = f"More than {requests_per_s:g} requests a second from your address; try again."

    def refuse_handshake(self, client: str) -> str:
        """Count a handshake, whatever becomes of it; return why it is refused, "" when it is not."""
        return "" if self._takes(self._handshakes, client) else self._too_many_handshakes

    def refuse_request(self, client: str) -> str:
        """Count an HTTP request, whatever becomes of it; return why it is refused, "" when it is not."""
        return "" if self._takes(self._requests, client) else self._too_many_requests

    def refuse_answer(self, client: str, length: int) -> str:
        """Count an answer by its length; return why it is refused: the previous ones were too long."""
        if length < ANSWER_BYTES:
            return ""
        if self._answer_bytes.is_spent(client):
            return self._too_many_bytes
        self._answer_bytes.charge(client, length)
        return ""

    def charge_answer(self, client: str, length: int) -> None:
        """Count a part of an answer whose length was not known when it began."""
        self._answer_bytes.charge(client, length)

    def charge_failed_handshake(self, client: str) -> None:
        """Count the invalid token of a handshake."""
        self._handshakes.charge(client, FAILED_TOKEN_COST - 1)

    def charge_failed_request(self, client: str) -> None:
        """Count the invalid token of an HTTP request."""
        self._requests.charge(client, FAILED_TOKEN_COST - 1)

    def refuse_connection(self, address: str) -> bool:
        """Count a connection of an address before it is set up; return whether it is reset.

        That is the case when the address got as many refusals as it may in a second, or makes more connections than it
        could use for handshakes and requests. Connections of a trusted proxy are those of its clients, and not counted.
        """
        client = client_of(address)
        if self._refusals.is_spent(client):
            return True
        return not self._connections.take(client) and not self._is_proxy(client)

    def _is_proxy(self, client: str) -> bool:
        try:
            network = ip_network(client)
        except ValueError:
            return False
        return any(proxy.version == network.version and proxy.overlaps(network) for proxy in self._proxies)

    def _takes(self, rates: ClientRates, client: str) -> bool:
        if rates.take(client):
            return True
        self._refusals.charge(client, 1)
        return False


def _burst(per_s: float) -> float:
    return min(per_s, max(BURST, per_s * BURST_S))
