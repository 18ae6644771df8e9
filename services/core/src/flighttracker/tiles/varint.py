"""Unsigned integers in as few bytes as they need: the numbers of `tiles.md`. Pure."""

from __future__ import annotations

from typing import Final

from flighttracker.errors import FrameError

_MOST_BITS: Final = 35


def varint(value: int) -> bytes:
    """Return an integer from 0 to 2 ** 32 - 1: seven bits in each byte, the lowest first, bit 7 in all but the last."""
    packed = bytearray()
    while value > 0x7F:
        packed.append(value & 0x7F | 0x80)
        value >>= 7
    packed.append(value)
    return bytes(packed)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the integer at a place, and the place after it.

    Raises:
        FrameError: it ends early, or is above 2 ** 32 - 1.
    """
    value = 0
    for shift in range(0, _MOST_BITS, 7):
        if at >= len(data):
            raise FrameError("the message ends within a number")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 32:
                break
            return value, at
    raise FrameError("a number has more than 32 bits")
