"""`BodyReader`: reads the columns of a key part of `flights.v3`. `message` is the only user. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from flighttracker.errors import FrameError

ADDRESSES: Final = 1 << 24


class BodyReader:
    """Reads the inflated body of a key part from the front."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes that are not read yet."""
        return len(self._body) - self._at

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        if count > self.left:
            raise FrameError(f"a tile ends {count - self.left} bytes early")
        start, self._at = self._at, self._at + count
        return self._body[start : self._at]

    def planes(self, count: int, width: int) -> npt.NDArray[np.int64]:
        """Return unsigned integers (n) of a plane array."""
        values = np.zeros((count, 8), np.uint8)
        values[:, :width] = np.frombuffer(self.take(count * width), np.uint8).reshape(width, count).T
        return values.reshape(-1).view("<i8")

    def column(self, count: int) -> npt.NDArray[np.int64]:
        """Return the unsigned integers (n) of a column."""
        form = self.take(1)[0]
        if form == 0:
            return np.zeros(count, np.int64)
        width = form & 0x0F
        if form & ~0x17 or width not in (1, 2, 4):
            raise FrameError(f"column form {form} is unknown")
        if not form & 0x10:
            return self.planes(count, width)
        bits = np.unpackbits(np.frombuffer(self.take((count + 7) // 8), np.uint8), bitorder="little")
        if bits[count:].any():
            raise FrameError("a bitmap has bits after its last entry")
        places = np.flatnonzero(bits[:count])
        values = np.zeros(count, np.int64)
        values[places] = self.planes(len(places), width)
        return values
