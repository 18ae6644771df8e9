"""`ClientSlots`: how many HTTP requests are answered at the same time, of one client and of all. Pure.

An answer that its client does not read holds some 150 KB for up to `answer_s`, so its rate alone does not bound memory.
`http.shell` takes a slot for each request.
"""

from __future__ import annotations

import enum
from typing import Final

MAX_REQUESTS: Final = 512
"""Requests of all clients."""


class Slot(enum.Enum):
    """Whether a request may be answered now."""

    TAKEN = "taken"
    CLIENT_HAS_TOO_MANY = "client_has_too_many"
    GATEWAY_HAS_TOO_MANY = "gateway_has_too_many"


class ClientSlots:
    """The requests that are being answered.

    Args:
        most_per_client: requests of one client.
        most: requests of all clients.
    """

    def __init__(self, most_per_client: int, most: int = MAX_REQUESTS) -> None:
        self._most_per_client = most_per_client
        self._most = most
        self._of_client: dict[str, int] = {}
        self.taken = 0

    def take(self, client: str) -> Slot:
        """Take a slot if there is one; call `give_back` when the answer has ended."""
        if self._of_client.get(client, 0) >= self._most_per_client:
            return Slot.CLIENT_HAS_TOO_MANY
        if self.taken >= self._most:
            return Slot.GATEWAY_HAS_TOO_MANY
        self._of_client[client] = self._of_client.get(client, 0) + 1
        self.taken += 1
        return Slot.TAKEN

    def give_back(self, client: str) -> None:
        """Free a slot that was taken."""
        self.taken -= 1
        self._of_client[client] -= 1
        if not self._of_client[client]:
            del self._of_client[client]
