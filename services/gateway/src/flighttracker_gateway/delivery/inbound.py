"""Bounds what one client may send over a WebSocket: frames of every kind, and bytes, a second.

`websockets` answers every ping and keeps every fragment, and one read may hold 40,000 empty frames. A handler sees
complete messages only, so its limit on messages counts none of these. Here each frame counts when its header is read,
whatever its opcode, and parsing stops at the first one over the limit. Each read counts, too, because a client may send
one byte at a time. `prepared` uses both classes.

The private methods that this relies on are pinned by `tests/unit/gateway/delivery/test_inbound.py`.
"""

from __future__ import annotations

from typing import Final

from websockets.exceptions import ProtocolError
from websockets.frames import Frame
from websockets.server import ServerProtocol
from websockets.typing import LoggerLike

from flighttracker.clock import Clock
from flighttracker.settings import LimitSettings
from flighttracker_gateway.access.rate_limit import RateLimit

TOO_MUCH: Final = 4429
"""Close code of a client that sends more than it may."""

FRAMES_PER_MESSAGE: Final = 4
"""Frames that a client may send for each message that it may send: its fragments, pings and pongs."""

FRAME_BYTES: Final = 256
"""Bytes that each frame may have beside its part of a message: a header, or a control frame, and its read."""

READ_BYTES: Final = 64
"""What a read costs at least."""


class InboundBudget:
    """What a client may still send now.

    A client within `max_messages_per_s` and `max_message_bytes` that sends one frame for each message, and control
    frames at the same rate, is within this budget, too.
    """

    __slots__ = ("_bytes", "_frames", "too_many_bytes", "too_many_frames")

    def __init__(self, limits: LimitSettings, clock: Clock) -> None:
        messages_per_s = limits.max_messages_per_s
        message_bytes = limits.max_message_bytes + FRAMES_PER_MESSAGE * FRAME_BYTES
        frames_per_s, bytes_per_s = messages_per_s * FRAMES_PER_MESSAGE, messages_per_s * message_bytes
        # At a low rate, one message must still fit.
        self._frames = RateLimit(frames_per_s, clock, burst=max(frames_per_s, FRAMES_PER_MESSAGE))
        self._bytes = RateLimit(bytes_per_s, clock, burst=max(bytes_per_s, message_bytes))
        self.too_many_frames = f"more than {frames_per_s:g} frames a second"
        self.too_many_bytes = f"more than {bytes_per_s:.0f} bytes a second"

    def take_frame(self) -> bool:
        """Count a frame; return whether it is within the limit."""
        return self._frames.take()

    def take_read(self, size: int) -> int:
        """Count one read of `size` bytes; return how many of them are within the limit."""
        if self._bytes.take(max(size, READ_BYTES)):
            return size
        allowed = min(size, int(self._bytes.left))
        self._bytes.take(allowed)
        return allowed


class CountedProtocol(ServerProtocol):
    """The protocol of `websockets` for one connection, with a budget."""

    def __init__(self, budget: InboundBudget, max_message_bytes: int | None, logger: LoggerLike) -> None:
        super().__init__(max_size=max_message_bytes, logger=logger)
        self._budget = budget

    def recv_frame(self, frame: Frame) -> None:
        """Handle a frame, or fail the connection with `TOO_MUCH`: nothing after it is parsed."""
        if not self._budget.take_frame():
            # The error ends the parser; the code that was sent before it stays.
            self.fail(TOO_MUCH, self._budget.too_many_frames)
            raise ProtocolError(self._budget.too_many_frames)
        super().recv_frame(frame)
