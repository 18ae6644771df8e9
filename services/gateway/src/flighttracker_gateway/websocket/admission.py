"""Who may open a WebSocket, decided before it is accepted, so that a refusal is an HTTP answer with a sentence.

`connection` asks for each handshake. The checks go from what is certain to what depends on load: a client that can
never be let in is told what to mend, one that came at a bad moment is told when to come back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, NamedTuple

from flighttracker.bounding_box import parse_bounding_box
from flighttracker.clock import Clock
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.access.origins import Origins
from flighttracker_gateway.access.query import parse_query
from flighttracker_gateway.access.rate_limit import RateLimit
from flighttracker_gateway.access.tokens import BEARER_SUBPROTOCOL
from flighttracker_gateway.delivery.region import Region, region_of
from flighttracker_gateway.delivery.viewer import Encoding
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor, parse_since

PARAMETERS: Final = ("since", "bbox")
RETRY_AFTER_S: Final = 5
"""What a refused client is told to wait when the reason passes by itself."""


class Handshake(NamedTuple):
    """What a client asks for: the headers Origin and Host ("" when absent), the subprotocols, and the URL's query.

    `user` is the token's subject, or without tokens the client's address.
    """

    user: str
    origin: str
    host: str
    subprotocols: Sequence[str]
    query_string: bytes


class Admitted(NamedTuple):
    """The client may come in; `subprotocol` is None when it offered none, `region` when it sees all of the world."""

    encoding: Encoding
    subprotocol: str | None
    cursor: Cursor | None
    region: Region | None


class Refusal(NamedTuple):
    """The client may not come in; `reason` is the label of `flights_ws_refused_total`, `detail` a sentence for it."""

    status: int
    reason: str
    detail: str
    retry_after_s: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})


class Admission:
    """Counts who is in and decides who may come.

    Attributes:
        is_draining: nobody may come any more.
        connections: those that are open.
        ended: those that have ended.
    """

    def __init__(self, settings: GatewaySettings, clock: Clock, metrics: GatewayMetrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._origins = Origins(settings.allowed_origins)
        self._connects = RateLimit(settings.limits.max_connects_per_s, clock)
        self._of_user: dict[str, int] = {}
        self.is_draining = False
        self.connections = 0
        self.ended = 0

    def decide(self, handshake: Handshake) -> Admitted | Refusal:
        """Return what becomes of a handshake, and count a refusal."""
        decision = self._decide(handshake)
        if isinstance(decision, Refusal):
            self._metrics.ws_refused.labels(decision.reason).inc()
        return decision

    @contextmanager
    def entered(self, user: str) -> Iterator[None]:
        """Count a connection while it lasts; enter in the same turn of the event loop as `decide`."""
        self.connections += 1
        self._of_user[user] = self._of_user.get(user, 0) + 1
        self._metrics.ws_connections.set(self.connections)
        try:
            yield
        finally:
            self.connections -= 1
            self.ended += 1
            self._of_user[user] -= 1
            if not self._of_user[user]:
                del self._of_user[user]
            self._metrics.ws_connections.set(self.connections)

    def _decide(self, handshake: Handshake) -> Admitted | Refusal:
        limits = self._settings.limits
        if not self._origins.allow(handshake.origin, handshake.host):
            detail = f"The origin {handshake.origin[:128]!r} may not connect; see allowed_origins of the gateway."
            return Refusal(403, "origin", detail)
        encoding = _encoding(handshake.subprotocols)
        if encoding is None:
            offered = ", ".join(_without_tokens(handshake.subprotocols))[:128]
            supported = ", ".join(known.value for known in Encoding)
            return Refusal(400, "subprotocol", f"None of the subprotocols {offered!r} is supported; {supported} are.")
        try:
            query = parse_query(handshake.query_string, PARAMETERS, "/ws")
        except ValueError as error:
            return Refusal(400, "query", str(error))
        since, bbox = query.get("since"), query.get("bbox")
        try:
            cursor = parse_since(since) if since else None
        except ValueError as error:
            return Refusal(400, "since", f"{error}.")
        try:
            region = region_of(parse_bounding_box(bbox)) if bbox else None
        except ValueError as error:
            return Refusal(400, "bbox", f"{error}.")
        if bbox and encoding is not Encoding.STREAM:
            return Refusal(400, "bbox", f"A view needs the subprotocol {Encoding.STREAM.value}.")
        if self.is_draining:
            return Refusal(503, "draining", "This gateway is stopping; connect again.", RETRY_AFTER_S)
        if self.connections >= limits.max_connections:
            detail = f"This gateway has {limits.max_connections} connections, as many as it may."
            return Refusal(503, "max_connections", detail, RETRY_AFTER_S)
        most = limits.max_connections_per_user
        if most is not None and self._of_user.get(handshake.user, 0) >= most:
            detail = f"You have {most} connections to this gateway, as many as one user may."
            return Refusal(429, "max_connections_per_user", detail, RETRY_AFTER_S)
        if not self._connects.take():
            detail = f"More than {limits.max_connects_per_s} connections a second; come back."
            return Refusal(503, "connect_rate", detail, RETRY_AFTER_S)
        return Admitted(encoding, encoding.value if handshake.subprotocols else None, cursor, region)


def _without_tokens(subprotocols: Sequence[str]) -> list[str]:
    """Return what of the subprotocols may be repeated to anybody."""
    return [BEARER_SUBPROTOCOL + "…" if name.startswith(BEARER_SUBPROTOCOL) else name for name in subprotocols]


def _encoding(subprotocols: Sequence[str]) -> Encoding | None:
    """Return the encoding that the client prefers: JSON when it offers nothing, None when it offers only unknown ones.

    A token among them is none: a browser that gets no subprotocol back hangs up.
    """
    if not subprotocols:
        return Encoding.JSON
    known = {encoding.value: encoding for encoding in Encoding}
    return next((known[offered] for offered in subprotocols if offered in known), None)
