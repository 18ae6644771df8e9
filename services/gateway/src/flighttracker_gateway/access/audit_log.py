"""`AuditLog`: one log line for each rejected token and each revocation, with the user, the address and the reason.

A line never contains a token. Its values are one word each, so that nothing in a user's name can look like another
field, another line or other text. A client that fails often gets a few lines a minute, and all clients together get a
bounded number; the next line says how many were left out. `auth` is the only caller.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from flighttracker.clock import Clock
from flighttracker_gateway.access.client_log import SampledLog
from flighttracker_gateway.access.client_rates import ClientRates, client_of
from flighttracker_gateway.access.tokens import TokenRefusedError

LINES_PER_CLIENT: Final = 5
REJECTIONS_PER_MINUTE: Final = 60
"""Lines of all clients for one reason."""
REVOCATIONS_PER_MINUTE: Final = 600
SHOWN_CHARACTERS: Final = 128

_SPECIAL: Final = frozenset(' "=%\\')

_logger = logging.getLogger(__name__)


class Asker(NamedTuple):
    """Who sent a token: the client's address, and the id of the request or session."""

    address: str = ""
    request: str = ""

    @property
    def client(self) -> str:
        """The client that counts for rate limits: an address, or an IPv6 network."""
        return client_of(self.address)


def asker_of(scope: Mapping[str, Any], session: str = "") -> Asker:
    """Return who sent a request or a handshake.

    Args:
        scope: the ASGI scope.
        session: the id of the WebSocket session; "" for an HTTP request, which has an id in its state.
    """
    client = scope.get("client")
    return Asker(client[0] if client else "", session or scope.get("state", {}).get("request_id", ""))


class AuditLog:
    """Writes the lines.

    Args:
        clock: the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._rejections = SampledLog(_logger, clock, REJECTIONS_PER_MINUTE)
        self._revocations = SampledLog(_logger, clock, REVOCATIONS_PER_MINUTE)
        self._of_client = ClientRates(LINES_PER_CLIENT / 60, clock, burst=LINES_PER_CLIENT)
        self._left_out = 0

    def rejected(self, error: TokenRefusedError, asker: Asker) -> None:
        """Write that a token was rejected; the subject is known if the signature was valid."""
        if not self._of_client.take(asker.client):
            self._left_out += 1
            return
        fields = _fields(error.subject, asker, error.reason)
        if self._left_out:
            fields["left_out_of_clients"] = self._left_out
            self._left_out = 0
        self._rejections.write(logging.INFO, error.reason, "rejected a token", **fields)

    def revoked(self, outcome: str, subject: str, token_id: str, asker: Asker) -> None:
        """Write that a user or an administrator tried to revoke a token.

        Args:
            outcome: what became of it, the label of `flights_revocations_total`.
            subject: who did it.
            token_id: the identity or the `jti` of the token.
            asker: where the request came from.
        """
        fields = _fields(subject, asker, outcome)
        self._revocations.write(logging.INFO, outcome, "revocation of a token", token_id=one_word(token_id), **fields)


def one_word(text: str) -> str:
    """Return text as one word: hidden characters, spaces, `=`, `"`, `%` and `\\` are percent-encoded."""
    shown = text[:SHOWN_CHARACTERS] + ("…" if len(text) > SHOWN_CHARACTERS else "")
    return "".join(
        character
        if character.isprintable() and character not in _SPECIAL
        else quote(character.encode("utf-8", "surrogatepass"), safe="")
        for character in shown
    )


def _fields(subject: str, asker: Asker, reason: str) -> dict[str, object]:
    return {
        "reason": reason,
        "subject": one_word(subject) or "-",
        "address": one_word(asker.address) or "-",
        "request": asker.request or "-",
    }
