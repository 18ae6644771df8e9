"""`HistoryReader`: asynchronous questions about the past, each in a thread, with bounds. `http` asks.

What is kept is listed again after `REFRESH_S`. If compaction removes a file meanwhile, the step is computed again. A
question that is cancelled ends after its present step.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Final, TypeVar

import numpy as np
import pyarrow as pa

from flighttracker.clock import Clock
from flighttracker.errors import RetryableError
from flighttracker.flight import FlightPosition
from flighttracker.frame import FrameStamp, positions_of
from flighttracker.query.filters import Filters
from flighttracker.query.history_query import FramesRequest
from flighttracker.query.period import Period
from flighttracker.track import TrackPoint
from flighttracker_historian.files.damage import DamagedFileError, SetAside
from flighttracker_historian.files.kept import Density, Kept, Span
from flighttracker_historian.files.names import HOUR_MS, hour_of
from flighttracker_historian.files.parquet import MINUTE_MS, StoredSummary
from flighttracker_historian.files.store import Store
from flighttracker_historian.reading.encounters import Encounters, find_encounters, join_encounters
from flighttracker_historian.reading.hours import Hours
from flighttracker_historian.reading.movements import Movements, find_movements
from flighttracker_historian.reading.past_sky import Presence, Sky
from flighttracker_historian.reading.row_groups import read_groups
from flighttracker_historian.reading.track_points import TRACK_COLUMNS, track_points

T = TypeVar("T")

REFRESH_S: Final = 5.0
"""How old the list of files may be."""
THREADS: Final = 2
"""Questions that are computed at once."""
MAX_QUESTIONS: Final = 32
"""Questions that are computed, wait for a thread, or are being sent."""
WINDOW_MS: Final = 15 * MINUTE_MS
"""Time of the rows that one question has in memory at once."""
FILES_AT_ONCE: Final = 4
"""Files of a track that are read at once."""
DENSITY_STEPS: Final = 1_000
"""Most intervals of the density."""
TRIES: Final = 3


class BusyError(RetryableError):
    """More questions than the historian answers at once."""


class Timeline:
    """What is kept, for a timeline.

    Attributes:
        span: from the oldest position to behind the newest; None if nothing is kept.
        interval_ms: length of the intervals of the density, milliseconds.
        density: aircraft in each interval, one after another.
        gaps: periods without any position.
    """

    def __init__(self, kept: Kept) -> None:
        self.span = kept.span
        self.interval_ms = 5 * MINUTE_MS
        self.density: list[Density] = []
        self.gaps: list[Span] = []
        if self.span is not None:
            from_ms, to_ms = self.span
            shortest_ms = -(-(to_ms - from_ms) // DENSITY_STEPS)
            self.interval_ms = max(self.interval_ms, -(-shortest_ms // MINUTE_MS) * MINUTE_MS)
            # Intervals begin at the same moments while the history grows.
            begin_ms = from_ms - from_ms % self.interval_ms
            self.density = kept.density(begin_ms, to_ms, self.interval_ms)
            self.gaps = kept.gaps(from_ms, to_ms)


class HistoryReader:
    """Reads one history.

    Args:
        store: its files.
        presence: how long a position counts.
        clock: the present.
        set_aside: its damaged files; None for a list of its own.

    Attributes:
        presence: how long a position counts.
    """

    def __init__(self, store: Store, presence: Presence, clock: Clock, set_aside: SetAside | None = None) -> None:
        self.presence = presence
        self._store = store
        self._clock = clock
        self._kept = Kept(store, set_aside)
        self._hours = Hours(store, self._kept)
        self._refreshing: asyncio.Task[None] | None = None
        self._refreshed_ms: int | None = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="history")
        self._questions = 0

    def close(self) -> None:
        """Stop the threads, after what they compute now."""
        self._threads.shutdown(cancel_futures=True)

    async def timeline(self) -> Timeline:
        """Return what is kept."""
        with self._question():
            await self._refresh()
            return await self._compute(partial(Timeline, self._kept))

    async def tag(self, period: Period) -> str:
        """Return a text that changes with the files from which a question about a period is answered."""
        await self._refresh()
        presence = self.presence
        files = self._kept.files(period.from_ms - presence.time_to_live_ms, period.to_ms + presence.stretch_ms + 1)
        names = ",".join(stored.name.path for stored in files)
        return hashlib.blake2b(names.encode(), digest_size=9).hexdigest()

    def is_over(self, period: Period) -> bool:
        """Return whether nothing more is written about a period, unless a source is late by an hour."""
        return hour_of(period.to_ms + self.presence.stretch_ms) + 2 * HOUR_MS <= self._clock.now_ms()

    async def frames(self, wanted: FramesRequest) -> AsyncIterator[bytes]:
        """Yield the key frame of each moment. The rows of one window are in memory at once.

        Raises:
            BusyError: there are too many questions.
            StoreError: the store is unavailable.
            TooManyRowsError: the window has too many rows.
        """
        with self._question():
            await self._refresh()
            moments = wanted.moments_ms
            per_window = max(1, WINDOW_MS // wanted.step_ms)
            # A viewer ignores what it has of an epoch, so each question has its own.
            epoch = max(1, wanted.period.from_ms)
            for start in range(0, len(moments), per_window):
                window = moments[start : start + per_window]
                sky = await self._compute_again(partial(self._sky, window))
                for number, moment_ms in enumerate(window, start + 1):
                    stamp = FrameStamp(0, epoch, number, moment_ms, wanted.step_ms)
                    yield await self._compute(partial(sky.frame, moment_ms, stamp, wanted.bounding_box))

    async def encounters(self, period: Period, filters: Filters) -> Encounters:
        """Return who was there; errors are those of `frames`."""
        with self._question():
            await self._refresh()
            found: Encounters | None = None
            for window in _windows_of(period):
                some = await self._compute_again(partial(self._encounters, window, filters))
                found = some if found is None else await self._compute(partial(join_encounters, found, some))
            assert found is not None
            return found

    async def movements(self, period: Period, filters: Filters) -> list[Movements]:
        """Return the take-offs and landings of each part of a period, newest first; errors are those of `frames`."""
        with self._question():
            await self._refresh()
            windows = reversed(_windows_of(period))
            return [await self._compute_again(partial(self._movements, window, filters)) for window in windows]

    async def track(self, icao24: str, period: Period) -> list[TrackPoint]:
        """Return the kept positions of an aircraft, oldest first; errors are those of `frames`."""
        with self._question():
            await self._refresh()
            return await self._compute_again(partial(self._track, icao24, period))

    @contextmanager
    def _question(self) -> Iterator[None]:
        if self._questions >= MAX_QUESTIONS:
            raise BusyError("The historian answers as many questions as it can; try again.")
        self._questions += 1
        try:
            yield
        finally:
            self._questions -= 1

    async def _refresh(self) -> None:
        """List the store again when it is time. All wait for the same list; who is cancelled meanwhile does not end it.

        A thread cannot be cancelled, and `Kept` is refreshed by one at a time.
        """
        if self._refreshing is None:
            now_ms = self._clock.now_ms()
            if self._refreshed_ms is not None and 0 <= now_ms - self._refreshed_ms < REFRESH_S * 1000:
                return
            self._refreshing = asyncio.create_task(self._list(now_ms), name="historian: list")
            self._refreshing.add_done_callback(self._listed)
        await asyncio.shield(self._refreshing)

    async def _list(self, now_ms: int) -> None:
        await self._compute(self._kept.refresh)
        self._refreshed_ms = now_ms

    def _listed(self, task: asyncio.Task[None]) -> None:
        self._refreshing = None
        if not task.cancelled():
            task.exception()  # who waited has got it; without anybody, asyncio would log it

    async def _compute(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, question)

    async def _compute_again(self, question: Callable[[], T]) -> T:
        """Compute, again if compaction removed a file meanwhile."""
        for _ in range(TRIES - 1):
            try:
                return await self._compute(question)
            except FileNotFoundError:
                self._refreshed_ms = None
                await self._refresh()
        return await self._compute(question)

    def _sky(self, moments: Sequence[int]) -> Sky:
        presence = self.presence
        rows = self._hours.between(moments[0] - presence.time_to_live_ms, moments[-1] + presence.stretch_ms + 1)
        return Sky(rows, presence)

    def _encounters(self, period: Period, filters: Filters) -> Encounters:
        presence = self.presence
        rows = self._hours.between(period.from_ms - presence.time_to_live_ms, period.to_ms + presence.stretch_ms + 1)
        return find_encounters(rows, filters, period, presence)

    def _movements(self, period: Period, filters: Filters) -> Movements:
        stretch_ms = self.presence.stretch_ms
        rows = self._hours.between(period.from_ms - stretch_ms, period.to_ms + stretch_ms + 1)
        return find_movements(rows, filters, period, self.presence)

    def _track(self, icao24: str, period: Period) -> list[TrackPoint]:
        between_ms = (period.from_ms, period.to_ms + 1)

        def read(stored: StoredSummary) -> list[pa.Table]:
            groups = read_groups(self._store, stored.name, columns=TRACK_COLUMNS, between_ms=between_ms, icao24=icao24)
            found: list[pa.Table] = []
            try:
                found.extend(groups)
            except DamagedFileError as error:
                self._kept.set_aside.add(self._store, stored.name.path, error)
            return found

        with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="history track") as threads:
            return track_points(
                [table for tables in threads.map(read, self._kept.files(*between_ms)) for table in tables]
            )


def flights_of(found: Encounters, start: int, stop: int) -> list[FlightPosition]:
    """Return some of the aircraft as flights, each with its last position that matched."""
    part = slice(start, stop)
    return positions_of(found.identities[part], found.names, found.dynamic[:, part], found.time_ms[part])


def movements_of(found: Movements, most: int) -> list[tuple[FlightPosition, bool]]:
    """Return the newest movements: the position of each on the ground, and whether it is a landing."""
    rows = found.rows.take(np.arange(min(most, len(found.rows))))
    flights = positions_of(rows.identities[rows.identity], rows.names, rows.dynamic, rows.time_ms)
    return list(zip(flights, found.is_landing.tolist(), strict=False))


def _windows_of(period: Period) -> list[Period]:
    """Return a period in parts of `WINDOW_MS` at most, but for a millisecond."""
    starts = [*range(period.from_ms, period.to_ms, WINDOW_MS)] or [period.from_ms]
    ends = [*(start - 1 for start in starts[1:]), period.to_ms]
    return [Period(*each) for each in zip(starts, ends, strict=True)]
