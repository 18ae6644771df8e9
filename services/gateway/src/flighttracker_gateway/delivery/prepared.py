"""A WebSocket message that is built once and written to a thousand sockets.

Server frames are not masked, so the bytes of one message are the same for every client: `build_message` makes them,
and `PreparedProtocol`, uvicorn's sans-IO protocol with a few lines on top, writes them straight to the transport. It
reaches the handler of `/ws` as `scope["extensions"]["flighttracker.prepared"]`; `hub` is its only user.

Guarantees: a write never waits and never grows a buffer that is full (`send_prepared` answers False), messages of one
socket keep their order, and whatever ends a connection, its socket is gone `CLOSE_GRACE_S` later even when the client
never reads. permessage-deflate must be off, because a compressed message belongs to one connection.

The private attributes that this relies on are pinned by `tests/unit/gateway/delivery/test_prepared.py`.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import BaseTransport, TimerHandle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Opcode

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent
    from websockets.frames import Frame
    from websockets.http11 import Request

EXTENSION: Final = "flighttracker.prepared"
CLOSE_GRACE_S: Final = 2.0
"""How long a client may take to read the close frame and to answer it."""

_FINAL_FRAGMENT: Final = 0x80


class PreparedMessage(NamedTuple):
    """One message as it goes over the wire.

    Attributes:
        wire: header and payload.
        header_bytes: length of the header, 2, 4 or 10.
        is_text: whether the payload is UTF-8 text.
    """

    wire: bytes
    header_bytes: int
    is_text: bool

    @property
    def payload(self) -> bytes:
        """The message without its header."""
        return self.wire[self.header_bytes :]


def build_message(payload: bytes, *, is_text: bool = False) -> PreparedMessage:
    """Return one unfragmented, unmasked message (RFC 6455, section 5.2)."""
    opcode = _FINAL_FRAGMENT | (Opcode.TEXT if is_text else Opcode.BINARY)
    length = len(payload)
    if length < 126:
        header = struct.pack("!BB", opcode, length)
    elif length < 65_536:
        header = struct.pack("!BBH", opcode, 126, length)
    else:
        header = struct.pack("!BBQ", opcode, 127, length)
    return PreparedMessage(header + payload, len(header), is_text)


class PreparedProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol that can also write prepared messages, and that closes within a bounded time."""

    write_buffer_bytes = 64 * 1024
    """What the transport may hold unsent before `send_prepared` answers False; see `protocol_with`."""

    _on_full: Callable[[PreparedProtocol], None] | None = None
    _is_paused = False
    _is_failing = False
    _abort_timer: TimerHandle | None = None

    @property
    def is_writable(self) -> bool:
        """Whether `send_prepared` would write now."""
        return not (self._is_paused or self.close_sent or self.transport.is_closing())

    def send_prepared(self, message: PreparedMessage) -> bool:
        """Write a message; answer False, having written nothing, when the socket cannot take it now or ever."""
        if self._is_paused or self.close_sent or self.transport.is_closing():
            return False
        self.transport.write(message.wire)
        return True

    def share(self, on_full: Callable[[PreparedProtocol], None]) -> int | None:
        """Return the file descriptor of the socket, to be written to directly; None when it cannot be just now.

        Until `unshare`, and as long as the transport is not closing, whole messages may be written to it; what it does
        not take goes to the transport. `on_full` is called as soon as the transport holds anything unsent, or a close
        frame was sent: then nothing may be written any more. Over TLS a socket is never shared.
        """
        if not self.is_writable or self.scheme != "ws" or self.transport.get_write_buffer_size():
            return None
        self._on_full = on_full
        self.transport.set_write_buffer_limits(high=0)
        file: int = self.transport.get_extra_info("socket").fileno()
        return file

    def unshare(self) -> None:
        """Give the socket back to the transport alone."""
        self._on_full = None
        if not self.transport.is_closing():
            self.transport.set_write_buffer_limits(high=self.write_buffer_bytes)

    def close_now(self, code: int, reason: str) -> None:
        """Send a close frame without waiting for room, and cut the connection when the client does not answer it.

        Args:
            code: a close code of `frame.md`.
            reason: at most 123 bytes of UTF-8.
        """
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self._end(code, reason)

    def connection_made(self, transport: BaseTransport) -> None:
        """Bound what this socket may hold unsent, in this process and in the kernel.

        By itself the kernel takes megabytes for a client that does not read, a minute of ticks, and they count as this
        pod's memory.
        """
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=self.write_buffer_bytes)
        self.transport.get_extra_info("socket").setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, self.write_buffer_bytes
        )

    def handle_connect(self, event: Request) -> None:
        """Publish this protocol to the handler, whose task starts after this call."""
        super().handle_connect(event)
        if not self.close_sent:
            cast("dict[str, Any]", self.scope["extensions"])[EXTENSION] = self

    def pause_writing(self) -> None:
        """Remember that the socket is full."""
        self._is_paused = True
        super().pause_writing()
        if self._on_full is not None:
            self._on_full(self)

    def resume_writing(self) -> None:
        """Remember that the socket has room."""
        self._is_paused = False
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Read, unless the client broke the protocol: then the rest of what it sends is dropped unread.

        Closing at once would answer its unread bytes with a TCP reset, which also discards the close frame that tells
        the client what was wrong.
        """
        if not self._is_failing:
            super().data_received(data)

    def handle_parser_exception(self) -> None:
        """Tell the client what was wrong with its frame, then wait for it to hang up."""
        assert self.conn.close_sent is not None
        self._is_failing = True
        self._end(self.conn.close_sent.code, self.conn.close_sent.reason)

    def send_receive_event_to_app(self) -> None:
        """Refuse text that is not UTF-8 (uvicorn writes a stack trace to the log for each)."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError as error:
                self.frames = []
                self.close_now(1007, f"not UTF-8 at byte {error.start}")
                return
        super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer a ping, unless the client does not read: its answers would pile up."""
        if self._is_paused:
            self.conn.data_to_send()
        else:
            super().handle_ping()

    def handle_close(self, event: Frame) -> None:
        """Answer the client's close frame; cut the connection when the client does not read the answer."""
        super().handle_close(event)
        self._abort_after_grace()

    def keepalive_timeout(self) -> None:
        """Give up on a client that answers no ping; it may not read either, so its handler is told at once."""
        super().keepalive_timeout()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1011, "reason": "keepalive ping timeout"})
        self._abort_after_grace()

    async def send(self, message: ASGISendEvent) -> None:
        """Send as uvicorn does; a refusal with an HTTP answer also ends the handshake (uvicorn logs an error)."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True
        if message["type"] == "websocket.accept":
            # Kept by uvicorn for ever, and needed by nobody any more: 3 KB of each connection.
            del self.request, self.response

    def shutdown(self) -> None:
        """Close because the server stops, unless the client is leaving already: uvicorn then raises."""
        if not self.transport.is_closing():
            super().shutdown()
        self._abort_after_grace()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer that would have cut the connection."""
        if self._abort_timer is not None:
            self._abort_timer.cancel()
            self._abort_timer = None
        super().connection_lost(exc)

    def _end(self, code: int, reason: str) -> None:
        """Write the close frame that `conn` holds, tell the handler, and let the client hang up first."""
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self._on_full is not None:
            self._on_full(self)
        self.stop_keepalive()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        # With this timer uvicorn leaves the transport open when the handler returns.
        self.close_timer = self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)

    def _abort_after_grace(self) -> None:
        if self._abort_timer is None and not self.disconnected:
            self._abort_timer = self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)


def protocol_with(write_buffer_bytes: int) -> type[asyncio.Protocol]:
    """Return the protocol class for uvicorn's `ws=`, with the bound of one socket's unsent bytes."""
    return type("PreparedProtocol", (PreparedProtocol,), {"write_buffer_bytes": write_buffer_bytes})
