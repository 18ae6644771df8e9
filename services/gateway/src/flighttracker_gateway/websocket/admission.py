"""Decides which WebSocket handshakes are accepted, and which connections with server-sent events.

A refusal is an HTTP answer with the reason.

`http.shell` calls `knock` for each handshake before it is routed; `connection` calls `decide` for each one with a valid
token. `http.rest_events` calls `decide_events` for a connection with server-sent events, which counts like any other.
Permanent reasons come before temporary ones: a client that can never be admitted is told what to change, and one that
came at a bad moment is told when to try again.

Each client gets at most its share: a rate of handshakes of its own, and a part of the connections. Both hold without
tokens, too. A client is a token's subject where connections are counted, and an address (`client_of`) otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from flighttracker.clock import Clock
from flighttracker.query.parameters import parse_query
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.access.client_shares import ClientShares
from flighttracker_gateway.access.origins import Origins
from flighttracker_gateway.access.rate_limit import RateLimit
from flighttracker_gateway.access.tokens import BEARER_SUBPROTOCOL
from flighttracker_gateway.delivery.viewer import Encoding
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor, parse_since
from flighttracker_gateway.websocket.refusal import RETRY_AFTER_S, Refusal

PARAMETERS: Final = ("since",)
MAX_JSON_CONNECTIONS: Final = 32
MAX_JSON_CONNECTIONS_PER_USER: Final = 4
"""JSON is meant for debugging: 20,000 aircraft are 5 MB a tick, a hundred times a binary frame."""

_SUPPORTED: Final = ", ".join(encoding.value for encoding in Encoding)


class Handshake(NamedTuple):
    """The parts of a handshake that decide whether it is accepted.

    Attributes:
        user: the token's subject; without tokens the client, by address.
        origin: the header Origin, "" when absent.
        host: the header Host, "" when absent.
        subprotocols: what the client offers, in its order.
        query_string: the query of the URL.
    """

    user: str
    origin: str
    host: str
    subprotocols: Sequence[str]
    query_string: bytes


class Admitted(NamedTuple):
    """An accepted handshake; `cursor` is what the client has, None for nothing."""

    encoding: Encoding
    cursor: Cursor | None


class Admission:
    """Counts connections and decides about new ones.

    Attributes:
        is_draining: whether the gateway stops, so nobody is admitted.
        connections: open connections, those with server-sent events included.
        ended: connections that have ended.
    """

    def __init__(self, settings: GatewaySettings, shares: ClientShares, clock: Clock, metrics: GatewayMetrics) -> None:
        limits = settings.limits
        self._settings = settings
        self._shares = shares
        self._metrics = metrics
        self._origins = Origins(settings.allowed_origins)
        self._connects = RateLimit(limits.max_connects_per_s, clock)
        self._of_user: Counter[str] = Counter()
        self._json_of_user: Counter[str] = Counter()
        self.is_draining = False
        self.connections = 0
        self.ended = 0

    def knock(self, client: str) -> Refusal | None:
        """Count a handshake of a client, whatever becomes of it; return a refusal when there are too many."""
        detail = self._shares.refuse_handshake(client)
        return self._counted(Refusal(429, "connect_rate_of_address", detail, RETRY_AFTER_S)) if detail else None

    def charge_failed_token(self, client: str) -> None:
        """Count an invalid token of a client, as ten handshakes."""
        self._shares.charge_failed_handshake(client)

    def decide(self, handshake: Handshake) -> Admitted | Refusal:
        """Return whether a handshake is accepted, and count a refusal."""
        decision = self._decide(handshake)
        return self._counted(decision) if isinstance(decision, Refusal) else decision

    def decide_events(self, user: str, client: str) -> Refusal | None:
        """Return why a connection with server-sent events is refused, and count that.

        Args:
            user: the token's subject; without tokens the client.
            client: the client, by address; the connection counts as one of its handshakes.
        """
        detail = self._shares.refuse_handshake(client)
        refusal = Refusal(429, "connect_rate_of_address", detail, RETRY_AFTER_S) if detail else None
        refusal = refusal or self._no_room(user, None)
        if refusal is not None:
            self._metrics.events_refused.labels(refusal.reason).inc()
        return refusal

    @contextmanager
    def entered(self, user: str, encoding: Encoding | None) -> Iterator[None]:
        """Count a connection while it lasts; enter in the same turn of the event loop as `decide`.

        Args:
            user: the token's subject; without tokens the client.
            encoding: None for server-sent events.
        """
        counts = [self._of_user, *([self._json_of_user] if encoding is Encoding.JSON else [])]
        self.connections += 1
        for count in counts:
            count[user] += 1
        open_connections = self._metrics.event_connections if encoding is None else self._metrics.ws_connections
        open_connections.inc()
        try:
            yield
        finally:
            self.connections -= 1
            self.ended += 1
            for count in counts:
                count[user] -= 1
                if not count[user]:
                    del count[user]
            open_connections.dec()

    def _counted(self, refusal: Refusal) -> Refusal:
        self._metrics.ws_refused.labels(refusal.reason).inc()
        return refusal

    def _decide(self, handshake: Handshake) -> Admitted | Refusal:
        if not self._origins.allow(handshake.origin, handshake.host):
            detail = f"The origin {handshake.origin[:128]!r} may not connect; see allowed_origins of the gateway."
            return Refusal(403, "origin", detail)
        encoding = _encoding(handshake.subprotocols)
        if encoding is None:
            return _no_subprotocol(handshake.subprotocols)
        try:
            query = parse_query(handshake.query_string, PARAMETERS, "/ws")
        except ValueError as error:
            return Refusal(400, "query", str(error))
        since = query.get("since")
        try:
            cursor = parse_since(since) if since else None
        except ValueError as error:
            return Refusal(400, "since", f"{error}.")
        return self._no_room(handshake.user, encoding) or Admitted(encoding, cursor)

    def _no_room(self, user: str, encoding: Encoding | None) -> Refusal | None:
        """Return a refusal when the gateway or the user's share is full, else count the new connection."""
        limits = self._settings.limits
        if self.is_draining:
            return Refusal(503, "draining", "This gateway is stopping; connect again.", RETRY_AFTER_S)
        if self.connections >= limits.max_connections:
            detail = f"This gateway has {limits.max_connections} connections, its maximum."
            return Refusal(503, "max_connections", detail, RETRY_AFTER_S)
        if encoding is Encoding.JSON and (refusal := self._no_room_for_json(user)):
            return refusal
        own, most = self._of_user[user], self._share_of(user)
        if own >= most:
            detail = f"You have {own} connections to this gateway; one user may have {most} now."
            return Refusal(429, "max_connections_per_user", detail, RETRY_AFTER_S)
        if not self._connects.take():
            detail = f"More than {limits.max_connects_per_s} connections a second; try again."
            return Refusal(503, "connect_rate", detail, RETRY_AFTER_S)
        return None

    def _no_room_for_json(self, user: str) -> Refusal | None:
        name = Encoding.JSON.value
        if self._json_of_user.total() >= MAX_JSON_CONNECTIONS:
            detail = f"This gateway has {MAX_JSON_CONNECTIONS} connections with {name}, its maximum."
            return Refusal(503, "max_json_connections", detail, RETRY_AFTER_S)
        if self._json_of_user[user] >= MAX_JSON_CONNECTIONS_PER_USER:
            detail = f"You have {MAX_JSON_CONNECTIONS_PER_USER} connections with {name}, the maximum of one user."
            return Refusal(429, "max_json_connections", detail, RETRY_AFTER_S)
        return None

    def _share_of(self, user: str) -> int:
        """Return how many connections a user may have.

        Without a limit of its own, that is half of what the others leave free. One user never fills the gateway, and
        many behind one address (a proxy that is not trusted) are still admitted.
        """
        limits = self._settings.limits
        if limits.max_connections_per_user is not None:
            return limits.max_connections_per_user
        others = self.connections - self._of_user[user]
        return max(1, (limits.max_connections - others) // 2)


def _encoding(subprotocols: Sequence[str]) -> Encoding | None:
    """Return the first encoding that the client offers by name; None when it offers none.

    There is no default: JSON costs the gateway the most, and a browser disconnects when it offers a token and gets no
    subprotocol back.
    """
    known = {encoding.value: encoding for encoding in Encoding}
    return next((known[offered] for offered in subprotocols if offered in known), None)


def _no_subprotocol(subprotocols: Sequence[str]) -> Refusal:
    if not subprotocols:
        return Refusal(400, "subprotocol", f"A subprotocol is missing; {_SUPPORTED} are supported.")
    # A token among them is never repeated.
    shown = [BEARER_SUBPROTOCOL + "…" if name.startswith(BEARER_SUBPROTOCOL) else name for name in subprotocols]
    offered = ", ".join(shown)[:128]
    return Refusal(400, "subprotocol", f"None of the subprotocols {offered!r} is supported; {_SUPPORTED} are.")
