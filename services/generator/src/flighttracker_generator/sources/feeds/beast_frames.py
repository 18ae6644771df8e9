"""`BeastFrames`: finds the messages in a stream of Mode S Beast bytes. Pure; `mode_s` decodes the messages.

A frame is 0x1a, a type, a counter (6 bytes), a signal level and the message. A byte 0x1a after the type is sent twice.
https://wiki.jetvision.de/wiki/Mode-S_Beast:Data_Output_Formats

Garbage may contain what looks like a frame, and may end with 0x1a. So the bytes of a frame are searched for another one
unless its message is valid by checksum or address. Then garbage never costs the valid frame that follows it. How a
stream is split into segments does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flighttracker_generator.sources.losses import Losses

ESCAPE: Final = 0x1A
HEAD_BYTES: Final = 7
"""Counter and signal level."""
SHORT: Final = 0x32
LONG: Final = 0x33
_RECEIVER_ID: Final = 0xE3
_BODY_BYTES: Final = {
    0x31: HEAD_BYTES + 2,  # Mode A/C
    SHORT: HEAD_BYTES + 7,
    LONG: HEAD_BYTES + 14,
    0x34: HEAD_BYTES + 14,  # status
    _RECEIVER_ID: 8,
}
_EXAMPLE_BYTES: Final = 24


class BeastFrames:
    """The frames of one connection.

    Args:
        take: gets the type, and the counter, signal level and message of each frame. Returns whether the message is
            valid.
        losses: counts `garbage`, once between two valid messages.
    """

    def __init__(self, take: Callable[[int, bytes], bool], losses: Losses) -> None:
        self._take = take
        self._losses = losses
        self._rest = b""
        self._known_bytes = 0
        """Number of first bytes of `_rest` that belong to a whole frame."""
        self._is_in_garbage = False

    def feed(self, data: bytes) -> None:
        """Add bytes as they come; passes each whole frame on. At most one incomplete frame is kept."""
        data = self._rest + data
        known_end, at = self._known_bytes, 0
        while True:
            start = data.find(ESCAPE, at)
            if start < 0:
                start = len(data)
            if start > max(at, known_end):
                self._skip(data, at)
            if start + 1 >= len(data):
                break
            length = _BODY_BYTES.get(data[start + 1])
            if length is None:
                if start >= known_end:
                    self._skip(data, start)
                at = start + 1
                continue
            end = start + 2 + length
            body = data[start + 2 : end]
            if len(body) < length or ESCAPE in body:
                body, end = _unescaped(data, start + 2, length)
                if end < 0:
                    break
            if len(body) < length:
                # The next frame begins inside of this one.
                if start >= known_end:
                    self._skip(data, start)
                at = start + 1
            elif self._take(data[start + 1], body):
                self._is_in_garbage = False
                known_end = at = end
            else:
                known_end, at = max(known_end, end), start + 1
        self._rest = data[start:]
        self._known_bytes = max(known_end - start, 0)

    def _skip(self, data: bytes, at: int) -> None:
        if not self._is_in_garbage:
            self._is_in_garbage = True
            self._losses.record("garbage", data[at : at + _EXAMPLE_BYTES].hex(" "))


def _unescaped(data: bytes, at: int, length: int) -> tuple[bytes, int]:
    """Return a body and its end. It is short if another frame begins in it; the end is -1 if bytes are missing."""
    body = bytearray()
    while len(body) < length:
        if at >= len(data):
            return b"", -1
        byte = data[at]
        if byte == ESCAPE:
            if at + 1 >= len(data):
                return b"", -1
            if data[at + 1] != ESCAPE:
                return bytes(body), at
            at += 1
        body.append(byte)
        at += 1
    return bytes(body), at
