"""`TableKeeper`: reads the table of aircraft, and reads it again when it changes. Used by `identified`.

A URL is asked once an interval, with the `ETag` and `Last-Modified` of the table in use, so an unchanged table is not
sent again. A file is read again when its time or size changes. A failure is counted by reason and logged, and the last
good table stays in use. Pieces are read in a thread, which keeps the event loop free.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from flighttracker.backoff import Backoff
from flighttracker.clock import Clock
from flighttracker.errors import SourceError
from flighttracker.redaction import redacted
from flighttracker.settings import AircraftTableSettings
from flighttracker_generator.aircraft_table.files import Shape, found_files, read_files
from flighttracker_generator.aircraft_table.reading import PIECE_BYTES, TableReading
from flighttracker_generator.aircraft_table.table import EMPTY, AircraftTable
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources.http import respond
from flighttracker_generator.sources.http_client import HttpClient
from flighttracker_generator.sources.losses import LossReport

FILE_CHECK_MS: Final = 10_000
"""How often the time of a file is looked at."""
BACKOFF: Final = Backoff(first_s=10.0, longest_s=3600.0)
_NOT_MODIFIED: Final = 304
_logger = logging.getLogger(__name__)


class TableKeeper:
    """Keeps the newest usable table.

    Args:
        settings: where it is.
        clock: the time.
        metrics: counts.
        environment: where the proxies are named.

    Attributes:
        table: the newest usable table; an empty one before.
    """

    def __init__(
        self,
        settings: AircraftTableSettings,
        clock: Clock,
        metrics: GeneratorMetrics,
        *,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.table: AircraftTable = EMPTY
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._environment = environment
        self._place = redacted(settings.url) or settings.file
        self._conditions: dict[str, str] = {}
        self._files: Shape | None = None

    async def run(self) -> None:
        """Read the table, and again when it changes, until cancelled."""
        if self._settings.url:
            await self._follow_url()
        else:
            await self._follow_file()

    async def _follow_url(self) -> None:
        jitter = random.Random()  # noqa: S311 - spreads requests, guards nothing
        failures = 0
        while True:
            wait_s = self._settings.interval_s
            try:
                await self._read_url()
                failures = 0
            except SourceError as error:
                failures += 1
                backoff_s = min(BACKOFF.jittered_s(failures, jitter.random()), wait_s)
                wait_s = max(backoff_s, error.retry_after_s or 0.0)
                self._note_failure(error, f"; next request in {wait_s:.0f} s")
            await self._clock.sleep_ms(round(wait_s * 1000))

    async def _read_url(self) -> None:
        settings, started_s = self._settings, time.perf_counter()
        async with (
            HttpClient(settings.access, settings.request_timeout_s, environment=self._environment) as client,
            respond(
                client, "GET", settings.url, now_ms=self._clock.now_ms(), headers=self._conditions, also=_NOT_MODIFIED
            ) as response,
        ):
            if response.status == _NOT_MODIFIED:
                self._note_read()
                _logger.info("aircraft table: %s is unchanged", self._place)
                return
            reading = TableReading()
            async for piece in response.content.iter_chunked(PIECE_BYTES):
                await asyncio.to_thread(reading.feed, piece)
            await asyncio.to_thread(reading.end_file)
            await self._use(reading, started_s)
            sent = response.headers
            conditions = {"If-None-Match": sent.get("ETag"), "If-Modified-Since": sent.get("Last-Modified")}
            self._conditions = {name: value for name, value in conditions.items() if value}

    async def _follow_file(self) -> None:
        last_error = ""
        while True:
            try:
                files = await asyncio.to_thread(found_files, Path(self._settings.file), self._settings.directory)
                if files != self._files:
                    # A file that cannot be used is not read again until it changes.
                    self._files = files
                    await self._read_files(files)
                elif self.table is not EMPTY:
                    self._note_read()
                last_error = ""
            except SourceError as error:
                if str(error) != last_error:
                    self._note_failure(error, "")
                last_error = str(error)
            await self._clock.sleep_ms(FILE_CHECK_MS)

    async def _read_files(self, files: Shape) -> None:
        is_cancelled, started_s = threading.Event(), time.perf_counter()
        try:
            reading = await asyncio.to_thread(read_files, files, is_cancelled)
        except asyncio.CancelledError:
            is_cancelled.set()
            raise
        await self._use(reading, started_s)

    async def _use(self, reading: TableReading, started_s: float) -> None:
        table = await asyncio.to_thread(reading.finish)
        self.table = table
        self._metrics.aircraft_table_rows.set(len(table))
        self._note_read()
        for reason, count in reading.losses.records.items():
            self._metrics.aircraft_table_rows_lost.labels(reason=reason).inc(count)
        for field, count in reading.losses.fields.items():
            self._metrics.aircraft_table_fields_lost.labels(field=field).inc(count)
        for line in LossReport().lines(reading.losses, 0):
            _logger.warning("aircraft table: %s", line)
        took_s, megabytes = time.perf_counter() - started_s, table.size_bytes / 1e6
        _logger.info(
            "aircraft table: %d aircraft from %s, read in %.1f s, %.0f MB", len(table), self._place, took_s, megabytes
        )

    def _note_read(self) -> None:
        self._metrics.aircraft_table_read.set(self._clock.now_ms() / 1000)

    def _note_failure(self, error: SourceError, then: str) -> None:
        self._metrics.aircraft_table_errors.labels(reason=error.reason).inc()
        kept = (
            f"the {len(self.table):,} aircraft of the last one stay in use" if len(self.table) else "there is none yet"
        )
        _logger.warning("aircraft table: %s (%s): %s%s", error, error.reason, kept, then)
