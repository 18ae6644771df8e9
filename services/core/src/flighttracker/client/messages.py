"""The text messages of a gateway, as `frame.md` specifies them. Pure; `client` reads them."""

from __future__ import annotations

from typing import Final

import msgspec


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """The first message of a connection; `expires_ms` is None without tokens. Times are milliseconds since 1970."""

    tracker: str
    tick_interval_ms: int
    shards: int
    server_time_ms: int
    expires_ms: int | None = None


class State(msgspec.Struct, frozen=True, tag="state"):
    """What changes about the whole picture; `stale_since_ms` is None when no shard is stale."""

    viewers: int
    stale_shards: tuple[int, ...] = ()
    stale_since_ms: int | None = None


class Restart(msgspec.Struct, frozen=True, tag="restart"):
    """The gateway is about to close the connection."""

    reconnect_after_ms: int


class Session(msgspec.Struct, frozen=True, tag="session"):
    """The answer to a newer token."""

    expires_ms: int | None = None


Message = Welcome | State | Restart | Session
_KNOWN: Final = frozenset({"welcome", "state", "restart", "session"})
_decoder: Final[msgspec.json.Decoder[Message]] = msgspec.json.Decoder(Message)


class _Type(msgspec.Struct, frozen=True):
    type: str


def parse_message(text: str) -> Message | None:
    """Return a message; None for a type that a newer gateway may send.

    Raises:
        msgspec.DecodeError: the text is not a message of this protocol.
    """
    return _decoder.decode(text) if msgspec.json.decode(text, type=_Type).type in _KNOWN else None
