"""`ClientShares`: how much of the gateway's time one address gets, also without tokens.

Handshakes and HTTP requests of an address have a rate each, and count before anything else is done for them. A request
with an invalid token counts as ten. Answers to what is too much have a rate, too, and above it connections of the
address are aborted when they are accepted: an answer costs five times as much. `http.shell` and `admission` count,
`http.bounds` aborts. Pure.
"""

from __future__ import annotations

from typing import Final

from flighttracker.clock import Clock
from flighttracker.settings import LimitSettings
from flighttracker_gateway.access.client_rates import ClientRates, client_of

FAILED_TOKEN_COST: Final = 10
"""Requests or handshakes that one with an invalid token counts for."""

RETRY_AFTER_S: Final = 5
"""What a refused client is asked to wait."""


class ClientShares:
    """The rates of each client; `client` is a name from `client_of`."""

    def __init__(self, limits: LimitSettings, clock: Clock) -> None:
        handshakes_per_s, requests_per_s = limits.max_connects_per_address_per_s, limits.max_requests_per_address_per_s
        self._handshakes = ClientRates(handshakes_per_s, clock)
        self._requests = ClientRates(requests_per_s, clock)
        self._refusals = ClientRates(handshakes_per_s, clock)
        self._too_many_handshakes = f"More than {handshakes_per_s:g} connections a second from your address; try again."
        self._too_many_requests = f"More than {requests_per_s:g} requests a second from your address; try again."

    def refuse_handshake(self, client: str) -> str:
        """Count a handshake, whatever becomes of it; return why it is refused, "" when it is not."""
        return "" if self._takes(self._handshakes, client) else self._too_many_handshakes

    def refuse_request(self, client: str) -> str:
        """Count an HTTP request, whatever becomes of it; return why it is refused, "" when it is not."""
        return "" if self._takes(self._requests, client) else self._too_many_requests

    def charge_failed_handshake(self, client: str) -> None:
        """Count the invalid token of a handshake."""
        self._handshakes.charge(client, FAILED_TOKEN_COST - 1)

    def charge_failed_request(self, client: str) -> None:
        """Count the missing or invalid token of an HTTP request."""
        self._requests.charge(client, FAILED_TOKEN_COST - 1)

    def is_flooding(self, address: str) -> bool:
        """Return whether a new connection of an address is aborted: it got as many refusals as it may in a second."""
        return self._refusals.is_spent(client_of(address))

    def _takes(self, rates: ClientRates, client: str) -> bool:
        if rates.take(client):
            return True
        self._refusals.take(client)
        return False
