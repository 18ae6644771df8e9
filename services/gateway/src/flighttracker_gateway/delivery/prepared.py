"""WebSocket messages that are built once and written to many sockets.

Server frames are not masked, so the bytes of a message are the same for every client. `build_message` builds them, and
`PreparedProtocol`, a subclass of uvicorn's sans-IO protocol, writes them directly to the transport. The handler of
`/ws` finds the protocol in `scope["extensions"]["flighttracker.prepared"]`; `hub` writes to it.

Guarantees: a write never waits and never grows a full buffer (`send_prepared` returns False), messages of one socket
keep their order, and a connection that ends has its socket closed after at most `CLOSE_GRACE_S`, even when the client
never reads. A client that sends more than its budget (`inbound`) is closed; what it sends afterwards costs one read in
`DISCARD_INTERVAL_S`. permessage-deflate must be off, because a compressed message is valid on one connection only.

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

from flighttracker.clock import Clock
from flighttracker.settings import LimitSettings
from flighttracker_gateway.delivery.inbound import TOO_MUCH, CountedProtocol, InboundBudget

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent
    from websockets.frames import Frame
    from websockets.http11 import Request

EXTENSION: Final = "flighttracker.prepared"
CLOSE_GRACE_S: Final = 2.0
"""Time that a client has to read the close frame and answer it."""

DISCARD_INTERVAL_S: Final = 0.05
"""Time between two reads from a client whose bytes are discarded; a read has at most 256 KB."""

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
    """uvicorn's protocol, extended to write prepared messages and to close within a bounded time."""

    limits = LimitSettings()
    """Bounds of one connection; see `protocol_with`."""
    clock: Clock
    """The time for its rates."""

    _on_full: Callable[[PreparedProtocol], None] | None = None
    _is_paused = False
    _is_failing = False
    _is_discarding = False
    _abort_timer: TimerHandle | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._budget = InboundBudget(self.limits, self.clock)
        self.conn = CountedProtocol(self._budget, self.config.ws_max_size, self.conn.logger)

    @property
    def is_writable(self) -> bool:
        """Whether `send_prepared` would write now."""
        return not (self._is_paused or self.close_sent or self.transport.is_closing())

    def send_prepared(self, message: PreparedMessage) -> bool:
        """Write a message; return False, having written nothing, when the socket is full or closing."""
        if self._is_paused or self.close_sent or self.transport.is_closing():
            return False
        self.transport.write(message.wire)
        return True

    def share(self, on_full: Callable[[PreparedProtocol], None]) -> int | None:
        """Return the file descriptor of the socket for direct writes; None when that is not possible now.

        Until `unshare`, and while the transport is not closing, the caller may write whole messages to it, and must
        pass the rest of a partial write to the transport. `on_full` is called as soon as the transport has unsent bytes
        or has sent a close frame; after that, direct writes are not allowed. A socket with TLS is never shared.
        """
        if not self.is_writable or self.scheme != "ws" or self.transport.get_write_buffer_size():
            return None
        self._on_full = on_full
        self.transport.set_write_buffer_limits(high=0)
        file: int = self.transport.get_extra_info("socket").fileno()
        return file

    def unshare(self) -> None:
        """End direct writes to the socket."""
        self._on_full = None
        if not self.transport.is_closing():
            self.transport.set_write_buffer_limits(high=self.limits.write_buffer_bytes)

    def close_now(self, code: int, reason: str) -> None:
        """Send a close frame without waiting for room, and abort the connection if the client does not answer it.

        Args:
            code: a close code of `frame.md`.
            reason: at most 123 bytes of UTF-8.
        """
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self._end(code, reason)

    def connection_made(self, transport: BaseTransport) -> None:
        """Bound the unsent bytes of this socket, in this process and in the kernel.

        By default the kernel buffers megabytes for a client that does not read, a minute of ticks, and they count as
        memory of this pod.
        """
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=self.limits.write_buffer_bytes)
        self.transport.get_extra_info("socket").setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, self.limits.write_buffer_bytes
        )

    def handle_connect(self, event: Request) -> None:
        """Publish this protocol to the handler, whose task starts after this call."""
        super().handle_connect(event)
        if not self.close_sent:
            cast("dict[str, Any]", self.scope["extensions"])[EXTENSION] = self

    def pause_writing(self) -> None:
        """Mark the socket as full, and report it."""
        self._is_paused = True
        super().pause_writing()
        if self._on_full is not None:
            self._on_full(self)

    def resume_writing(self) -> None:
        """Mark the socket as writable."""
        self._is_paused = False
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Handle received bytes within the client's budget; after an error of the client, discard them.

        Closing at once would answer unread bytes with a TCP reset, which also discards the close frame with the reason.
        """
        if self._is_failing:
            self._discard()
            return
        allowed = self._budget.take_read(len(data)) if self.handshake_initiated else len(data)
        super().data_received(data if allowed == len(data) else data[:allowed])
        if allowed < len(data) and not self._is_failing:
            self._is_failing = True
            if self.handshake_complete:
                self.close_now(TOO_MUCH, self._budget.too_many_bytes)
            else:
                self.transport.abort()
        elif not self.handshake_initiated and not self.transport.is_closing():
            self._refuse_head()

    def handle_parser_exception(self) -> None:
        """Send the reason of a protocol error, then wait for the client to disconnect."""
        self._is_failing = True
        if self.conn.close_sent is None:
            # Nobody may send frames before the handshake is answered.
            self.transport.abort()
        elif not self.close_sent:
            self._end(self.conn.close_sent.code, self.conn.close_sent.reason)

    def send_receive_event_to_app(self) -> None:
        """Reject text that is not UTF-8, for which uvicorn would log a stack trace."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError as error:
                self.frames = []
                self.close_now(1007, f"not UTF-8 at byte {error.start}")
                return
        super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer a ping, unless the socket is full: the answers would accumulate."""
        if self._is_paused:
            self.conn.data_to_send()
        else:
            super().handle_ping()

    def handle_close(self, event: Frame) -> None:
        """Answer the client's close frame; abort the connection if the client does not read the answer."""
        super().handle_close(event)
        self._abort_after_grace()

    def keepalive_timeout(self) -> None:
        """Close a connection without pongs; its handler is notified at once, because the client may not read either."""
        super().keepalive_timeout()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1011, "reason": "keepalive ping timeout"})
        self._abort_after_grace()

    async def send(self, message: ASGISendEvent) -> None:
        """Send as uvicorn does; an HTTP answer also completes the handshake, for which uvicorn would log an error."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            self.handshake_complete = True
        if message["type"] == "websocket.accept":
            # No longer used, but uvicorn keeps them: 3 KB per connection.
            del self.request, self.response

    def shutdown(self) -> None:
        """Close because the server stops, unless the transport is closing: uvicorn would raise then."""
        if not self.transport.is_closing():
            super().shutdown()
        self._abort_after_grace()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer that would abort the connection."""
        if self._abort_timer is not None:
            self._abort_timer.cancel()
            self._abort_timer = None
        super().connection_lost(exc)

    def _end(self, code: int, reason: str) -> None:
        """Write the close frame that `conn` holds, notify the handler, and let the client disconnect first."""
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self._on_full is not None:
            self._on_full(self)
        self.stop_keepalive()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        # While this timer is set, uvicorn leaves the transport open when the handler returns.
        self.close_timer = self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)

    def _refuse_head(self) -> None:
        """Send what the library answers to a head that it does not accept; uvicorn would keep the connection open."""
        self._is_failing = True
        self.handshake_complete = self.close_sent = True
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()
        self._abort_after_grace()

    def _discard(self) -> None:
        """Read again only after a while: a client may send gigabytes a second."""
        if not self._is_discarding and not self.transport.is_closing():
            self._is_discarding = True
            self.transport.pause_reading()
            self.loop.call_later(DISCARD_INTERVAL_S, self._discard_more)

    def _discard_more(self) -> None:
        self._is_discarding = False
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _abort_after_grace(self) -> None:
        if self._abort_timer is None and not self.disconnected:
            self._abort_timer = self.loop.call_later(CLOSE_GRACE_S, self.transport.abort)


def protocol_with(limits: LimitSettings, clock: Clock) -> type[asyncio.Protocol]:
    """Return the protocol class for uvicorn's `ws=`, with the bounds of one connection."""
    return type("PreparedProtocol", (PreparedProtocol,), {"limits": limits, "clock": clock})
