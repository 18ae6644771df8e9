"""`Viewer`: one connection, with its socket, its encoding and what it has received."""

from __future__ import annotations

import enum
from typing import NamedTuple, Protocol

from flighttracker_gateway.delivery.following import WORLD
from flighttracker_gateway.delivery.prepared import PreparedMessage
from flighttracker_gateway.picture.cursor import Cursor


class Encoding(enum.Enum):
    """The encoding of a viewer's frames; the value is the WebSocket subprotocol."""

    BINARY = "flights.v1"
    TILES = "flights.v3"
    JSON = "flights.v1.json"


class Socket(Protocol):
    """What the hub needs of a connection."""

    @property
    def is_writable(self) -> bool:
        """Whether the socket would take a message now."""

    def send_prepared(self, message: PreparedMessage) -> bool:
        """Write a message; return False, having written nothing, when there is no room."""

    def close_now(self, code: int, reason: str) -> None:
        """Close without waiting."""


class Seen(NamedTuple):
    """What a viewer has received.

    Attributes:
        cursor: the position in the ticks; None when the viewer needs key frames.
        state_number: the number of the last state message.
        lacks: tiles that the viewer follows and has nothing of, because it did not follow them before.
    """

    cursor: Cursor | None
    state_number: int
    lacks: frozenset[int] = frozenset()


class Viewer:
    """One connection.

    Attributes:
        socket: takes its messages.
        encoding: the encoding of its frames.
        user: who it counts for where viewers share: a token's subject, or without tokens a client by its address.
        following: the tiles that it receives, with `flights.v3`.
        seen: what it has received; for a bulk viewer, `Audience.bulk_seen` is valid instead.
        behind_since_ms: when its socket was first found full, milliseconds since 1970; None when it is up to date.
    """

    __slots__ = ("behind_since_ms", "encoding", "following", "seen", "socket", "user")

    def __init__(self, socket: Socket, encoding: Encoding, cursor: Cursor | None, user: str = "") -> None:
        self.socket = socket
        self.encoding = encoding
        self.user = user
        self.following = WORLD
        self.seen = Seen(cursor, 0)
        self.behind_since_ms: int | None = None
