"""`Rows`: kept positions as the integers of a frame, sorted by address and time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from flighttracker.flight import STATUSES
from flighttracker.frame.layout import COLUMN_COUNT, IDENTITY, KINDS, NAMES, TEXTS, IdentityArray
from flighttracker.frame.quantity import NUMBERS_OF_KIND, dynamic_columns
from flighttracker.reports import NO_SQUAWK, QUANTITIES, Reports
from flighttracker_historian.files.parquet import times_ms
from flighttracker_historian.files.schema import TEXTS as TEXT_COLUMNS

Integers = npt.NDArray[np.int64]

WIDE_IDENTITY: Final = np.dtype([(name, "<u4" if name in NAMES else IDENTITY[name]) for name in IDENTITY.names or ()])
"""`IDENTITY` with indexes of a name table of any size."""
DICTIONARIES: Final = ("icao24", "status", "squawk", *TEXT_COLUMNS)
"""Columns that are read as dictionaries: a few texts, and an index for each row."""
BYTES_PER_ROW: Final = 4 + 8 + 4 + 4 * COLUMN_COUNT
_TIME_BITS: Final = 38
"""Bits of the time after the first row, nine years; those above have the address."""
_STATUS_NUMBER: Final = {status: number for number, status in enumerate(STATUSES)}


class Rows(NamedTuple):
    """n kept positions, ascending by address, then by time.

    Attributes:
        icao24: (n) addresses.
        time_ms: (n) position times, milliseconds since 1970.
        identity: (n) indexes of `identities`.
        dynamic: (11, n) columns of `frame.md`, with ages of 0.
        identities: (m) dtype `WIDE_IDENTITY`.
        names: the table that `identities` has indexes of.
    """

    icao24: npt.NDArray[np.uint32]
    time_ms: Integers
    identity: npt.NDArray[np.int32]
    dynamic: npt.NDArray[np.int32]
    identities: IdentityArray
    names: list[str]

    def __len__(self) -> int:
        return len(self.time_ms)

    @property
    def size_bytes(self) -> int:
        """Memory of the columns."""
        return sum(column.nbytes for column in self[:5])

    def between(self, from_ms: int, to_ms: int) -> Rows:
        """Return the rows from one time to before another."""
        return self.take(np.flatnonzero((self.time_ms >= from_ms) & (self.time_ms < to_ms)))

    def take(self, chosen: Integers) -> Rows:
        """Return some rows."""
        return Rows(
            self.icao24[chosen],
            self.time_ms[chosen],
            self.identity[chosen],
            self.dynamic[:, chosen],
            self.identities,
            self.names,
        )


def no_rows() -> Rows:
    """Return an empty table."""
    return Rows(
        np.zeros(0, np.uint32),
        np.zeros(0, np.int64),
        np.zeros(0, np.int32),
        np.zeros((COLUMN_COUNT, 0), np.int32),
        np.zeros(0, WIDE_IDENTITY),
        [],
    )


class RowsCollector:
    """Joins tables one after the other, in columns of their final size: no table is in memory twice.

    Args:
        most: how many rows there are at most. Memory is used for those that are added.
    """

    def __init__(self, most: int) -> None:
        self._icao24 = np.empty(most, np.uint32)
        self._time_ms = np.empty(most, np.int64)
        self._identity = np.empty(most, np.int32)
        self._dynamic = np.empty((COLUMN_COUNT, most), np.int32)
        self._identities: list[IdentityArray] = []
        self._names: list[str] = []
        self._known = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, part: Rows) -> None:
        """Add the rows of a table."""
        if not len(part):
            return
        at = slice(self._count, self._count + len(part))
        self._icao24[at], self._time_ms[at], self._dynamic[:, at] = part.icao24, part.time_ms, part.dynamic
        self._identity[at] = part.identity + np.int32(self._known)
        identities = part.identities.copy()
        for name in NAMES:
            identities[name] += np.uint32(len(self._names))
        self._identities.append(identities)
        self._names += part.names
        self._known += len(identities)
        self._count = at.stop

    def rows(self) -> Rows:
        """Return what was added, as one table."""
        if not self._count:
            return no_rows()
        to = self._count
        rows = Rows(
            self._icao24[:to],
            self._time_ms[:to],
            self._identity[:to],
            self._dynamic[:, :to],
            np.concatenate(self._identities),
            self._names,
        )
        keys = (rows.icao24.astype(np.int64) << _TIME_BITS) + (rows.time_ms - rows.time_ms.min())
        if (keys[1:] >= keys[:-1]).all():
            # Row groups of one file.
            return rows
        # Stable: it merges parts that are sorted, instead of sorting everything.
        return rows.take(np.argsort(keys, kind="stable"))


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of several tables as one."""
    parts = [part for part in parts if len(part)]
    if len(parts) == 1:
        return parts[0]
    collector = RowsCollector(sum(map(len, parts)))
    for part in parts:
        collector.add(part)
    return collector.rows()


def rows_of(table: pa.Table) -> Rows:
    """Return the rows of a file's table, whose columns `DICTIONARIES` are dictionaries."""
    if not len(table):
        return no_rows()
    table = table.unify_dictionaries().combine_chunks()
    codes = {name: _codes(table, name) for name in DICTIONARIES}
    numbers, addresses = codes["icao24"]
    icao24 = np.array([int(text, 16) for text in addresses], np.uint32)[numbers]
    time_ms = times_ms(table)
    # A row with another text than the one before begins another identity.
    is_first = np.ones(len(table), np.bool_)
    is_first[1:] = False
    for name in ("icao24", *TEXT_COLUMNS):
        is_first[1:] |= codes[name][0][1:] != codes[name][0][:-1]
    identity = np.cumsum(is_first, dtype=np.int32) - np.int32(1)
    identities, names = _identities(codes, np.flatnonzero(is_first), icao24)
    return Rows(icao24, time_ms, identity, dynamic_columns(_reports(table, codes, time_ms)), identities, names)


def _codes(table: pa.Table, name: str) -> tuple[Integers, list[str]]:
    """Return the index of each row's text (n), and the texts; a null is the last text, which is empty."""
    column = table.column(name)
    column = column.chunk(0) if column.num_chunks else column.combine_chunks()
    texts: list[str] = [text or "" for text in column.dictionary.to_pylist()]
    numbers: Any = column.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    return numbers.astype(np.int64), [*texts, ""] if column.null_count else texts


def _identities(
    codes: dict[str, tuple[Integers, list[str]]], rows: Integers, icao24: npt.NDArray[np.uint32]
) -> tuple[IdentityArray, list[str]]:
    identities = np.zeros(len(rows), WIDE_IDENTITY)
    identities["icao24"] = icao24[rows]
    names: list[str] = []
    for name, _ in TEXTS:
        numbers, texts = codes[name]
        identities[name] = np.array([text.encode("ascii", "replace") for text in texts])[numbers[rows]]
    for name in NAMES:
        numbers, texts = codes[name]
        identities[name] = numbers[rows] + len(names)
        names += texts
    for name in KINDS:
        numbers, texts = codes[name]
        identities[name] = np.array([NUMBERS_OF_KIND[name].get(text, 0) for text in texts])[numbers[rows]]
    return identities, names


def _reports(table: pa.Table, codes: dict[str, tuple[Integers, list[str]]], time_ms: Integers) -> Reports:
    numbers, statuses = codes["status"]
    status = np.array([_STATUS_NUMBER.get(text, 0) for text in statuses], np.int32)[numbers]  # type: ignore[call-overload]
    numbers, squawks = codes["squawk"]
    squawk = np.array([int(text, 8) if text else NO_SQUAWK for text in squawks], np.int32)[numbers]
    return Reports(
        _floats(table, "latitude_deg"),
        _floats(table, "longitude_deg"),
        np.stack([_floats(table, name) for name in QUANTITIES]),
        np.asarray(table.column("on_ground").to_numpy(), np.bool_),
        squawk,
        status,
        time_ms,
        time_ms + np.asarray(table.column("contact_delay_ms").to_numpy(), np.int64),
    )


def _floats(table: pa.Table, name: str) -> npt.NDArray[np.float64]:
    """Return a column of numbers; a null is NaN."""
    return np.asarray(table.column(name).to_numpy(), np.float64)
