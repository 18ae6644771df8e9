"""Reads and writes many records of the packaged schema at once, as columns. Pure.

A record is its head (framing, and the fields that identify the aircraft), its report, and its source. The head and the
source of an aircraft rarely change, so `KnownRecords` compares their bytes with those of the aircraft's record before,
and `read_reports` parses only what is between. A record that differs in any way from what is expected is left to
`PositionCodec`, which is the reference: bytes that are not taken here have no meaning here.

numpy reads eight bytes at any place of a buffer, so every column is one gather from the values of a whole fetch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.avro import PREFIX_BYTES
from flighttracker.flight import STATUSES
from flighttracker.reports import NO_SQUAWK, QUANTITIES, Bools, Ints, Reports

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]

HEAD_WORDS: Final = 24
SOURCE_WORDS: Final = 9
"""Words of eight bytes for the longest head and source that pass `refuse_out_of_range`."""
PADDING_BYTES: Final = 8 * (HEAD_WORDS + SOURCE_WORDS) + 128
"""Readable bytes behind the last value, longer than any record that is taken: damaged ones are gathered too."""

_ADDRESS_AT: Final = PREFIX_BYTES + 1
_ADDRESS_LENGTH: Final = 12
"""Avro's length of six characters: twice the number, as for every positive integer."""
_TIME_BYTES: Final = 6
"""Bytes of a time from 1970 to 2039."""
_MASKS: Final = np.array([(1 << (8 * size)) - 1 for size in range(9)], np.uint64)
_HEX: Final = np.full(256, 255, np.uint8)
_HEX[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
_NIBBLES: Final = np.array([20, 16, 12, 8, 4, 0], np.uint32)
_FIRST_TIME_MS: Final = 1 << 34
_LAST_TIME_MS: Final = (1 << 41) - 1
"""Milliseconds since 1970 that have `_TIME_BYTES`."""
_WRITTEN: Final = np.dtype(
    [
        ("position", "<f8", 2),
        ("quantities", [("branch", "u1"), ("value", "<f4")], len(QUANTITIES)),
        ("on_ground", "u1"),
        ("squawk_length", "u1"),
        ("squawk", "u1", 4),
        ("status", "u1"),
        ("times", "u1", (2, _TIME_BYTES)),
    ]
)
"""A report with every value known."""
_QUANTITIES_AT: Final = 16
_SQUAWK_AT: Final = _QUANTITIES_AT + 5 * len(QUANTITIES) + 2
_FLOAT: Final = 2
"""Avro's second branch of a union: the quantity is known."""


class Values(NamedTuple):
    """The values of n records.

    Attributes:
        data: all bytes, with `PADDING_BYTES` behind them.
        starts: (n) first byte of each value.
        ends: (n) byte behind each value.
    """

    data: Bytes
    starts: Ints
    ends: Ints


def values_of(values: Sequence[bytes]) -> Values:
    """Return values as one buffer."""
    data = np.frombuffer(b"".join((*values, bytes(PADDING_BYTES))), np.uint8)
    lengths = np.fromiter(map(len, values), np.intp, len(values))
    ends = np.cumsum(lengths)
    return Values(data, ends - lengths, ends)


class KnownRecords:
    """Heads and sources by slot, to compare records with.

    Attributes:
        head_bytes: (capacity) length of a slot's head; 0 if its records are not known.
    """

    def __init__(self) -> None:
        self.head_bytes = np.zeros(1, np.intp)
        self._source_bytes = np.zeros(1, np.intp)
        self._heads = np.zeros((1, HEAD_WORDS), np.uint64)
        self._sources = np.zeros((1, SOURCE_WORDS), np.uint64)

    def learn(self, slot: int, head: bytes, source: bytes) -> None:
        """Keep the head and the source, with its length, of the records of a slot; too long ones are not kept."""
        if len(head) > 8 * HEAD_WORDS or len(source) > 8 * SOURCE_WORDS:
            self.forget(slot)
            return
        if slot >= len(self.head_bytes):
            more = max(slot + 1, 2 * len(self.head_bytes)) - len(self.head_bytes)
            self.head_bytes = np.pad(self.head_bytes, (0, more))
            self._source_bytes = np.pad(self._source_bytes, (0, more))
            self._heads = np.pad(self._heads, ((0, more), (0, 0)))
            self._sources = np.pad(self._sources, ((0, more), (0, 0)))
        self.head_bytes[slot], self._source_bytes[slot] = len(head), len(source)
        self._heads[slot] = np.frombuffer(head.ljust(8 * HEAD_WORDS, b"\0"), "<u8")
        self._sources[slot] = np.frombuffer(source.ljust(8 * SOURCE_WORDS, b"\0"), "<u8")

    def forget(self, slot: int) -> None:
        """Leave the next record of a slot to `PositionCodec`."""
        if slot < len(self.head_bytes):
            self.head_bytes[slot] = 0

    def read(self, values: Values, slots: Ints) -> tuple[Reports, Bools]:
        """Return the reports of records, and which of them (n) are from the known head to the known source.

        Args:
            values: n records.
            slots: (n) the slot that each record may belong to.
        """
        words = _words(values.data)
        slots = np.where(slots < len(self.head_bytes), slots, 0)
        head_bytes, source_bytes = self.head_bytes[slots], self._source_bytes[slots]
        matches = (head_bytes > 0) & _are_equal(words, values.starts, self._heads, slots, head_bytes)
        reports, at, well_formed = read_reports(values.data, values.starts + head_bytes)
        # Everything before is inside the record when its end is where it must be.
        matches &= well_formed & (at + source_bytes == values.ends)
        at[~matches] = 0
        matches &= _are_equal(words, at, self._sources, slots, source_bytes)
        return reports, matches


def addresses_of(values: Values) -> tuple[Ints, Bools]:
    """Return the addresses of records as numbers, and which (n) have six lower-case hex digits as their first field."""
    digits = _HEX[values.data[values.starts[:, None] + np.arange(_ADDRESS_AT, _ADDRESS_AT + 6)]]
    is_address = (digits < 16).all(axis=1) & (values.data[values.starts + PREFIX_BYTES] == _ADDRESS_LENGTH)
    return (digits.astype(np.uint32) << _NIBBLES).sum(axis=1, dtype=np.uint32), is_address


# Arbitrary bytes may be signalling NaNs, for which numpy warns.
@np.errstate(invalid="ignore")
def read_reports(data: Bytes, at: Ints) -> tuple[Reports, Ints, Bools]:
    """Return the reports that begin at some bytes, the bytes behind them, and which (n) are well formed.

    Args:
        data: the values, with `PADDING_BYTES` behind them.
        at: (n) first byte of each report.
    """
    words, halves = _words(data), _view(data, "<u4", 4)
    latitude, longitude = words[at].view("<f8"), words[at + 8].view("<f8")
    at = at + 16
    well_formed = np.ones(len(at), np.bool_)
    quantities = np.empty((len(QUANTITIES), len(at)))
    for row in quantities:
        branch = data[at]
        is_known = branch == _FLOAT
        row[:] = halves[at + 1].view("<f4")
        # NaN is unknown in a column, but an impossible value in a record.
        well_formed &= np.where(is_known, ~np.isnan(row), branch == 0)
        row[~is_known] = np.nan
        at = at + np.where(is_known, 5, 1)
    on_ground, squawk_length = data[at], data[at + 1]
    digits, has_squawk = halves[at + 2], squawk_length == 8
    well_formed &= (on_ground < 2) & (has_squawk | (squawk_length == 0))
    well_formed &= ~has_squawk | ((digits & 0xF8F8F8F8) == 0x30303030)
    squawk = ((digits & 7) << 9) | ((digits >> 8 & 7) << 6) | ((digits >> 16 & 7) << 3) | (digits >> 24 & 7)
    at = at + np.where(has_squawk, 6, 2)
    status = data[at]
    well_formed &= (status < 2 * len(STATUSES)) & (status & 1 == 0)
    times = []
    at = at + 1
    for _ in range(2):
        time_ms, is_time = _times(words[at])
        well_formed &= is_time
        times.append(time_ms)
        at = at + _TIME_BYTES
    reports = Reports(
        latitude,
        longitude,
        quantities,
        on_ground == 1,
        np.where(has_squawk, squawk.astype(np.int32), NO_SQUAWK),
        (status >> 1).astype(np.int32),
        *times,
    )
    return reports, at, well_formed


def written_text(text: str) -> bytes:
    """Return a text of less than 8 KB as Avro writes it: twice its length in seven-bit groups, then UTF-8."""
    encoded = text.encode()
    number = 2 * len(encoded)
    length = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    return length + encoded


def are_writable(reports: Reports) -> Bools:
    """Return which reports (n) `write_reports` can write: those with usual times."""
    first, last = _FIRST_TIME_MS, _LAST_TIME_MS
    times, contacts = reports.position_time_ms, reports.last_contact_ms
    is_writable: Bools = (times >= first) & (times <= last) & (contacts >= first) & (contacts <= last)
    return is_writable


def write_reports(reports: Reports) -> tuple[Bytes, Bools]:
    """Return the bytes (n, width) of reports that `are_writable`, and which of them are used."""
    rows = np.zeros(len(reports.status), _WRITTEN)
    rows["position"][:, 0], rows["position"][:, 1] = reports.latitude_deg, reports.longitude_deg
    is_known = ~np.isnan(reports.quantities).T
    rows["quantities"]["branch"] = np.where(is_known, _FLOAT, 0)
    rows["quantities"]["value"] = reports.quantities.T
    rows["on_ground"] = reports.on_ground
    has_squawk = reports.squawk != NO_SQUAWK
    rows["squawk_length"] = np.where(has_squawk, 8, 0)
    rows["squawk"] = (reports.squawk[:, None] >> np.array([9, 6, 3, 0])) & 7 | 0x30
    rows["status"] = 2 * reports.status
    shifts = 7 * np.arange(_TIME_BYTES)
    more = np.where(np.arange(_TIME_BYTES) < _TIME_BYTES - 1, 0x80, 0)
    for number, times in enumerate((reports.position_time_ms, reports.last_contact_ms)):
        rows["times"][:, number] = (2 * times[:, None] >> shifts) & 0x7F | more
    written = rows.view(np.uint8).reshape(len(rows), _WRITTEN.itemsize)
    is_used = np.ones(written.shape, np.bool_)
    for number in range(len(QUANTITIES)):
        at = _QUANTITIES_AT + 5 * number + 1
        is_used[:, at : at + 4] = is_known[:, number : number + 1]
    is_used[:, _SQUAWK_AT : _SQUAWK_AT + 4] = has_squawk[:, None]
    return written, is_used


def _times(words: Words) -> tuple[Ints, Bools]:
    """Return the six-byte variable-length integers at the start of words, and which are positive and that long."""
    is_time = (words & np.uint64(0x808080808080)) == np.uint64(0x008080808080)
    number = np.zeros(len(words), np.uint64)
    for place in range(_TIME_BYTES):
        number |= words >> np.uint64(place) & np.uint64(0x7F << (7 * place))
    return (number >> np.uint64(1)).astype(np.int64), is_time & (number & np.uint64(1) == 0)


def _are_equal(words: Words, at: Ints, known: Words, slots: Ints, size: Ints) -> Bools:
    """Return whether the `size` bytes at each place are those that are known of a slot."""
    equal = np.ones(len(at), np.bool_)
    for number in range((int(size.max(initial=0)) + 7) // 8):
        mask = _MASKS[np.clip(size - 8 * number, 0, 8)]
        equal &= (words[at + 8 * number] & mask) == known[slots, number]
    return equal


def _words(data: Bytes) -> Words:
    return _view(data, "<u8", 8)


def _view(data: Bytes, kind: str, size: int) -> npt.NDArray[Any]:
    """Return the integers that begin at each byte."""
    return np.ndarray((len(data) - size + 1,), kind, data.data, 0, (1,))
