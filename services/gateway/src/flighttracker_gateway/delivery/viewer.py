"""One connection as the hub sees it: its socket, how it reads frames, and how far it has come."""

from __future__ import annotations

import enum
from typing import NamedTuple, Protocol

from flighttracker_gateway.delivery.prepared import PreparedMessage
from flighttracker_gateway.delivery.region import Region
from flighttracker_gateway.picture.cursor import Cursor


class Encoding(enum.Enum):
    """How a viewer reads frames; the value is the WebSocket subprotocol."""

    BINARY = "flights.v1"
    STREAM = "flights.v2"
    JSON = "flights.v1.json"


class Socket(Protocol):
    """What the hub needs of a connection."""

    @property
    def is_writable(self) -> bool:
        """Whether a message would be taken now."""

    def send_prepared(self, message: PreparedMessage) -> bool:
        """Write a message, or answer False when there is no room."""

    def close_now(self, code: int, reason: str) -> None:
        """Close without waiting."""


class Seen(NamedTuple):
    """How far a viewer has come.

    Attributes:
        cursor: the ticks that it has been sent; None when it needs key frames.
        state_number: the last state message that it was sent.
    """

    cursor: Cursor | None
    state_number: int


class Viewer:
    """One connection.

    Attributes:
        socket: where its messages go.
        encoding: how it reads frames.
        region: what part of the world it gets, None for all of it; only a stream can be of a part.
        seen: how far it has come; `audience` knows better while the viewer stands in its line.
        behind_since_ms: when its socket was first found full, None when it is up to date.
    """

    __slots__ = ("behind_since_ms", "encoding", "region", "seen", "socket")

    def __init__(self, socket: Socket, encoding: Encoding, cursor: Cursor | None, region: Region | None = None) -> None:
        self.socket = socket
        self.encoding = encoding
        self.region = region
        self.seen = Seen(cursor, 0)
        self.behind_since_ms: int | None = None
