"""Tables of small integers as bits: the changes of a tile in `flights.v3`. Pure; `message` is the only user.

The most significant bit of a byte comes first. `tiles.md` is the reference.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from flighttracker.errors import FrameError

IntArray = npt.NDArray[np.int64]

MOST_COUNT: Final = 1 << 20
"""Aircraft in one tile."""
_PARAMETER_BITS: Final = 5
_HAS_VALUES: Final = 1 << _PARAMETER_BITS
_PARAMETERS: Final = np.arange(1 << _PARAMETER_BITS)
_PLAIN_PARAMETERS: Final = 25
"""Above, each value has a bit that says whether it is 0, and a column that is mostly 0 becomes short."""
_MOST_ZEROS: Final = 20
"""So many zeros announce a value of 32 bits."""
_ESCAPED_BITS: Final = 32
_COUNT_BITS: Final = (MOST_COUNT + 1).bit_length()
_SAMPLE: Final = 256
_AT_ONCE: Final = 1 << 14
"""Codes that become bits in one step, which bounds the memory of a large part."""


class BitWriter:
    """Collects counts and tables."""

    def __init__(self) -> None:
        self._codes: list[IntArray] = []
        self._lengths: list[IntArray] = []

    def counts(self, *counts: int) -> None:
        """Append counts, each at most `MOST_COUNT`."""
        self._append(np.array(counts) + 1, np.array([2 * (count + 1).bit_length() - 1 for count in counts]))

    def table(self, rows: IntArray) -> None:
        """Append unsigned integers (columns, n) below 2 ** 32; nothing if n is 0."""
        if not rows.size:
            return
        has_values = rows.any(axis=1)
        parameters = _parameters(rows[:, :: -(-rows.shape[1] // _SAMPLE)])
        self._append(np.where(has_values, _HAS_VALUES | parameters, 0), np.where(has_values, 1 + _PARAMETER_BITS, 1))
        values, parameter = rows[has_values], parameters[has_values, None]
        codes, lengths = _codes(values, parameter)
        self._append(codes.ravel(), lengths.ravel())

    def packed(self) -> bytes:
        """Return everything so far, with zeros up to a whole byte."""
        codes, lengths = np.concatenate(self._codes), np.concatenate(self._lengths)
        bits = []
        for start in range(0, len(codes), _AT_ONCE):
            some, length = codes[start : start + _AT_ONCE, None], lengths[start : start + _AT_ONCE, None]
            places = np.arange(int(length.max()) - 1, -1, -1)
            bits.append(((some >> places) & 1)[places < length])
        return np.packbits(np.concatenate(bits).astype(np.uint8)).tobytes()

    def _append(self, codes: IntArray, lengths: IntArray) -> None:
        self._codes.append(codes)
        self._lengths.append(lengths)


def _codes(values: IntArray, parameter: IntArray) -> tuple[IntArray, IntArray]:
    """Return the bits of values as integers, and how many bits they are; broadcast over parameters."""
    is_flagged = parameter >= _PLAIN_PARAMETERS
    low_bits = np.where(is_flagged, parameter - _PLAIN_PARAMETERS, parameter)
    rest = values - is_flagged
    zeros = rest >> low_bits
    lengths = np.where(zeros < _MOST_ZEROS, zeros + 1 + low_bits, _MOST_ZEROS + _ESCAPED_BITS) + is_flagged
    lengths = np.where(rest < 0, 1, lengths)
    step = 1 << low_bits
    codes = np.where(zeros < _MOST_ZEROS, rest & step - 1 | step, rest) | is_flagged.astype(np.int64) << lengths - 1
    return np.where(rest < 0, 0, codes), lengths


def _parameters(rows: IntArray) -> IntArray:
    """Return the parameter of each row (columns) that makes it shortest."""
    _, lengths = _codes(rows[:, None, :], _PARAMETERS[:, None])
    best: IntArray = lengths.sum(axis=2).argmin(axis=1)
    return best


class BitReader:
    """Reads what a `BitWriter` has written."""

    def __init__(self, body: bytes) -> None:
        self._bits = f"{int.from_bytes(body):0{8 * len(body)}b}" if body else ""
        self._at = 0

    def count(self) -> int:
        """Return the next count."""
        zeros = self._zeros(_COUNT_BITS)
        if zeros == _COUNT_BITS:
            raise FrameError(f"a count has more than {_COUNT_BITS} bits")
        count = self._take(zeros + 1) - 1
        if count > MOST_COUNT:
            raise FrameError(f"a tile of {count} aircraft is larger than {MOST_COUNT}")
        return count

    def table(self, columns: int, count: int) -> IntArray:
        """Return a table (columns, count)."""
        rows = np.zeros((columns, count), np.int64)
        if count:
            parameters = [self._take(_PARAMETER_BITS) if self._take(1) else None for _ in range(columns)]
            for row, parameter in zip(rows, parameters, strict=True):
                if parameter is not None:
                    row[:] = [self._value(parameter) for _ in range(count)]
        return rows

    def end(self) -> None:
        """Check that nothing but the last byte's padding is left."""
        left = self._bits[self._at :]
        if len(left) >= 8 or "1" in left:
            raise FrameError(f"{len(left)} bits follow a tile's last section")

    def _value(self, parameter: int) -> int:
        if parameter < _PLAIN_PARAMETERS:
            return self._plain(parameter)
        return 1 + self._plain(parameter - _PLAIN_PARAMETERS) if self._take(1) else 0

    def _plain(self, low_bits: int) -> int:
        zeros = self._zeros(_MOST_ZEROS)
        if zeros == _MOST_ZEROS:
            return self._take(_ESCAPED_BITS)
        self._at += 1
        return zeros << low_bits | self._take(low_bits)

    def _zeros(self, most: int) -> int:
        """Read zeros up to the next one, which stays."""
        one = self._bits.find("1", self._at, self._at + most)
        zeros = one - self._at if one >= 0 else most
        self._skip(zeros)
        return zeros

    def _take(self, count: int) -> int:
        self._skip(count)
        return int(self._bits[self._at - count : self._at] or "0", 2)

    def _skip(self, count: int) -> None:
        self._at += count
        if self._at > len(self._bits):
            raise FrameError(f"a tile ends {self._at - len(self._bits)} bits early")
