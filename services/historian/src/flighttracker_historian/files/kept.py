"""`Kept`: what a store has. Lists the files that count, and answers when positions are missing.

It reads the footer of each file once, because files never change. Blocks: callers run it in a thread. One thread at a
time may call `refresh`; the other methods are of the latest refresh.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np

from flighttracker_historian.files.damage import DamagedFileError, SetAside, parsed
from flighttracker_historian.files.names import HOUR_MS, FileName, hour_of, parse_path
from flighttracker_historian.files.parquet import (
    MINUTE_MS,
    MINUTES,
    FileVersionError,
    StoredSummary,
    summary_of,
)
from flighttracker_historian.files.store import Store, StoredFile

FOOTERS_AT_ONCE: Final = 8
LATEST_MS: Final = 4_102_444_800_000
"""2100-01-01. Gaps and density are counted by minute, and up to the year 9999 they would need 31 GB."""


class Span(NamedTuple):
    """A period from its start to before its end, milliseconds since 1970."""

    from_ms: int
    to_ms: int


class Density(NamedTuple):
    """How many aircraft there were in a period that begins at `from_ms`, milliseconds since 1970."""

    from_ms: int
    aircraft: int


class Kept:
    """What is kept in a store, as of the latest `refresh`; empty before.

    Args:
        store: the files.
        set_aside: the damaged ones; None for a list of its own.
    """

    def __init__(self, store: Store, set_aside: SetAside | None = None) -> None:
        self.set_aside = SetAside() if set_aside is None else set_aside
        self._store = store
        self._files: dict[FileName, StoredSummary] = {}
        self._ordered: tuple[list[int], list[StoredSummary]] = ([], [])
        """The hours of all files, and the files. In order, because each question looks for some of thousands."""

    def refresh(self) -> None:
        """List the store, and read the footers of new files.

        Raises:
            StoreError: the store is unavailable.
        """
        listed = self._store.files()
        self.set_aside.keep_only({stored.path for stored in listed})
        found = self._files
        while True:
            aside = self.set_aside.paths()
            names = current_files(stored for stored in listed if stored.path not in aside)
            new = [stored for stored in names if parse_path(stored.path) not in found]
            with ThreadPoolExecutor(FOOTERS_AT_ONCE, thread_name_prefix="history footers") as threads:
                found = found | {each.name: each for each in threads.map(self._read, new) if each is not None}
            # What a damaged file replaced counts again, if it is still there.
            if self.set_aside.paths() <= aside:
                break
        known = {name for stored in names if (name := parse_path(stored.path)) is not None}
        self._files = {name: summary for name, summary in found.items() if name in known}
        ordered = [self._files[name] for name in sorted(self._files)]
        self._ordered = [stored.name.hour_ms for stored in ordered], ordered

    def files(self, from_ms: int | None = None, to_ms: int | None = None) -> list[StoredSummary]:
        """Return the files with positions from `from_ms` to before `to_ms`, by hour, shard and offset."""
        hours, ordered = self._ordered
        # A file has positions of the hour in its name only.
        begin = 0 if from_ms is None else bisect_left(hours, hour_of(from_ms))
        end = len(hours) if to_ms is None else bisect_left(hours, to_ms)
        return [
            stored
            for stored in ordered[begin:end]
            if (from_ms is None or stored.summary.last_time_ms >= from_ms)
            and (to_ms is None or stored.summary.first_time_ms < to_ms)
        ]

    @property
    def span(self) -> Span | None:
        """From the oldest position to behind the newest one; None if nothing is kept."""
        if not self._files:
            return None
        summaries = [stored.summary for stored in self._files.values()]
        return Span(min(s.first_time_ms for s in summaries), max(s.last_time_ms for s in summaries) + 1)

    @property
    def size_bytes(self) -> int:
        """Size of all files that count."""
        return sum(stored.size_bytes for stored in self._files.values())

    def density(self, from_ms: int, to_ms: int, step_ms: int) -> list[Density]:
        """Return the number of aircraft in each step: the largest of its minutes.

        Args:
            from_ms: rounded down to a minute.
            to_ms: end of the last step.
            step_ms: a multiple of `MINUTE_MS`.
        """
        begin = from_ms - from_ms % MINUTE_MS
        minutes = self._aircraft_by_minute(begin, to_ms)
        size = step_ms // MINUTE_MS
        return [
            Density(begin + at * MINUTE_MS, int(minutes[at : at + size].max(initial=0)))
            for at in range(0, len(minutes), size)
        ]

    def gaps(self, from_ms: int, to_ms: int) -> list[Span]:
        """Return the periods without any position, in whole minutes.

        An aircraft that flies has a row each minute, so a minute without one is a minute in which nothing was heard or
        nothing was kept.
        """
        begin = from_ms - from_ms % MINUTE_MS
        is_empty = np.concatenate(([False], self._aircraft_by_minute(begin, to_ms) == 0, [False]))
        edges = np.flatnonzero(is_empty[1:] != is_empty[:-1])
        return [
            Span(max(from_ms, begin + int(first) * MINUTE_MS), min(to_ms, begin + int(last) * MINUTE_MS))
            for first, last in edges.reshape(-1, 2)
        ]

    def _aircraft_by_minute(self, begin_ms: int, to_ms: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the aircraft of each minute. A shard has its own aircraft; files of one shard and hour share some."""
        count = max(0, -(-(to_ms - begin_ms) // MINUTE_MS))
        total = np.zeros(count, np.int64)
        for (_, hour_ms), files in _by_shard_and_hour(self._files.values()).items():
            if hour_ms + MINUTES * MINUTE_MS <= begin_ms or hour_ms >= to_ms:
                continue
            # Files of one shard divide an hour in time, so a minute of two files has mostly the same aircraft in both.
            hour = np.max([stored.summary.aircraft for stored in files], axis=0)
            at = (hour_ms - begin_ms) // MINUTE_MS
            first, last = max(0, at), min(count, at + MINUTES)
            total[first:last] += hour[first - at : last - at]
        return total

    def _read(self, stored: StoredFile) -> StoredSummary | None:
        name = parse_path(stored.path)
        assert name is not None
        try:
            summary = parsed(self._store, stored.path, summary_of)
        except FileNotFoundError:
            return None
        except DamagedFileError as error:
            self.set_aside.add(self._store, stored.path, error)
            return None
        is_of_hour = name.hour_ms <= summary.first_time_ms <= summary.last_time_ms < name.hour_ms + HOUR_MS
        if not is_of_hour or name.hour_ms >= LATEST_MS:
            self.set_aside.add(self._store, stored.path, FileVersionError("its times are not those of a history"))
            return None
        self.set_aside.restore(stored.path)
        return StoredSummary(name, stored.size_bytes, summary)


def current_files(stored: Iterable[StoredFile]) -> list[StoredFile]:
    """Return the files that count, in order: those of a history that no compacted file includes."""
    named = {name: each for each in stored if (name := parse_path(each.path)) is not None}
    by_place: defaultdict[tuple[int, int, int], list[FileName]] = defaultdict(list)
    for name in named:
        by_place[name.hour_ms, name.shard, name.log].append(name)
    counted: list[StoredFile] = []
    for _, names in sorted(by_place.items()):
        end = -1
        # The longest first among those with the same begin: what ends before the end so far is included in it.
        for name in sorted(names, key=lambda each: (each.first_offset, -each.next_offset, each.part)):
            if name.next_offset > end:
                counted.append(named[name])
                end = name.next_offset
    return counted


def _by_shard_and_hour(files: Iterable[StoredSummary]) -> dict[tuple[int, int], Sequence[StoredSummary]]:
    groups: defaultdict[tuple[int, int], list[StoredSummary]] = defaultdict(list)
    for stored in files:
        groups[stored.name.shard, stored.name.hour_ms].append(stored)
    return dict(groups)
