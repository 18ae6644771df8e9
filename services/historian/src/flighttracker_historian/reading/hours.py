"""`Hours`: the rows of a time, from files or from memory. Blocks; any thread may call it.

Whole hours are kept in memory, at most `MAX_CACHED_BYTES`: a viewer who moves along the timeline reads each hour once.
An hour with more than `MAX_HOUR_ROWS` rows is not kept, and only the time in question is read from it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from flighttracker.errors import FlightTrackerError
from flighttracker_historian.files.damage import DamagedFileError
from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.names import HOUR_MS, FileName, hour_of
from flighttracker_historian.files.store import Store
from flighttracker_historian.reading.row_groups import read_groups
from flighttracker_historian.reading.rows import BYTES_PER_ROW, Rows, RowsCollector, joined, rows_of

MAX_ROWS: Final = 1_500_000
"""Rows of one question at once: about 90 MB."""
MAX_HOUR_ROWS: Final = 1_000_000
MAX_CACHED_BYTES: Final = 64 * 1024 * 1024
END_MS: Final = 600_000
"""Of an hour at the end of a longer time, a shorter part is read without keeping the hour: most rows are left out
before they are converted."""

_TOO_MANY: Final = f"more than {MAX_ROWS:,} positions at once; ask for a shorter time."


class TooManyRowsError(FlightTrackerError):
    """A question about more rows than are held in memory at once."""


class Hours:
    """The rows of a history by hour.

    Args:
        store: the files.
        kept: which of them count; refreshed by the caller.

    Attributes:
        cached_bytes: memory of the hours that are kept.
    """

    def __init__(self, store: Store, kept: Kept) -> None:
        self._store = store
        self._kept = kept
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._cache: OrderedDict[int, tuple[tuple[FileName, ...], Rows]] = OrderedDict()
        self.cached_bytes = 0

    def between(self, from_ms: int, to_ms: int) -> Rows:
        """Return the rows from one time to before another.

        Raises:
            FileNotFoundError: a file was removed meanwhile; refresh what is kept, and try again.
            StoreError: the store is unavailable.
            TooManyRowsError: there are too many.
        """
        parts: list[Rows] = []
        rows = 0
        for hour_ms in range(hour_of(from_ms), to_ms, HOUR_MS):
            part = self._hour(hour_ms, from_ms, to_ms)
            rows += len(part)
            if rows > MAX_ROWS:
                raise TooManyRowsError(_TOO_MANY)
            parts.append(part)
        return joined(parts)

    def _hour(self, hour_ms: int, from_ms: int, to_ms: int) -> Rows:
        files = [stored for stored in self._kept.files(hour_ms, hour_ms + HOUR_MS) if stored.name.hour_ms == hour_ms]
        names = tuple(stored.name for stored in files)
        rows = self._cached(hour_ms, names)
        if rows is not None:
            return rows.between(from_ms, to_ms)
        count = sum(stored.summary.rows for stored in files)
        first_ms, last_ms = max(from_ms, hour_ms), min(to_ms, hour_ms + HOUR_MS)
        is_an_end = last_ms - first_ms < END_MS and to_ms - from_ms > last_ms - first_ms
        # One after another: others may wait for the same hour.
        with self._reading:
            if count > MAX_HOUR_ROWS or is_an_end:
                return self._read(names, (from_ms, to_ms), count)
            rows = self._cached(hour_ms, names)
            if rows is None:
                self._make_room(hour_ms, count * BYTES_PER_ROW)
                rows = self._read(names, (hour_ms, hour_ms + HOUR_MS), count)
                self._keep(hour_ms, names, rows)
        return rows.between(from_ms, to_ms)

    def _cached(self, hour_ms: int, names: tuple[FileName, ...]) -> Rows | None:
        with self._lock:
            found = self._cache.get(hour_ms)
            if found is None or found[0] != names:
                return None
            self._cache.move_to_end(hour_ms)
            return found[1]

    def _read(self, names: tuple[FileName, ...], between_ms: tuple[int, int], most: int) -> Rows:
        collector = RowsCollector(min(most, MAX_ROWS))
        for name in names:
            try:
                # Group by group: what Arrow and the conversion need besides is that of one group.
                for table in read_groups(self._store, name, between_ms=between_ms):
                    if len(collector) + len(table) > MAX_ROWS:
                        raise TooManyRowsError(_TOO_MANY)
                    collector.add(rows_of(table))
            except (DamagedFileError, ValueError) as error:
                self._kept.set_aside.add(self._store, name.path, error)
        return collector.rows()

    def _make_room(self, hour_ms: int, size_bytes: int) -> None:
        """Forget an hour, and as many of the others as another hour of a size needs."""
        with self._lock:
            before = self._cache.pop(hour_ms, None)
            self.cached_bytes -= 0 if before is None else before[1].size_bytes
            while self._cache and self.cached_bytes + size_bytes > MAX_CACHED_BYTES:
                _, (_, oldest) = self._cache.popitem(last=False)
                self.cached_bytes -= oldest.size_bytes

    def _keep(self, hour_ms: int, names: tuple[FileName, ...], rows: Rows) -> None:
        # The size is known now, identities included.
        self._make_room(hour_ms, rows.size_bytes)
        if rows.size_bytes <= MAX_CACHED_BYTES:
            with self._lock:
                self._cache[hour_ms] = names, rows
                self.cached_bytes += rows.size_bytes
