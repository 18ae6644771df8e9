"""`Keeper`: compacts and removes files, and measures what is kept, beside the `Historian` that writes them."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Final

from flighttracker.clock import Clock
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.damage import DamagedFileError, SetAside
from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.names import HOUR_MS, FileName, parse_path
from flighttracker_historian.files.store import Store, StoreError
from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_historian.writing.compaction import compact, groups_to_compact
from flighttracker_historian.writing.finished import finished
from flighttracker_historian.writing.historian import Historian
from flighttracker_historian.writing.retention import files_to_remove, oldest_to_keep_ms

ROUND_MS: Final = 30_000
_logger = logging.getLogger(__name__)


class Keeper:
    """Keeps the store of one historian in order.

    Args:
        settings: retention.
        store: the files.
        historian: has the shards whose files are this one's business.
        clock: paces rounds.
        metrics: what is kept.
        set_aside: damaged files of the store; None for a list of its own.
    """

    def __init__(
        self,
        settings: HistorianSettings,
        store: Store,
        historian: Historian,
        clock: Clock,
        metrics: HistorianMetrics,
        set_aside: SetAside | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._historian = historian
        self._clock = clock
        self._metrics = metrics
        self.kept = Kept(store, set_aside)

    async def run(self) -> None:
        """Work a round every half minute until cancelled; what fails is tried again in the next one."""
        while True:
            try:
                await self.round()
            except (StoreError, FileNotFoundError) as error:
                self._metrics.failed_writes.inc()
                _logger.warning("cannot compact or remove files, trying again: %s", error)
            await self._clock.sleep_ms(ROUND_MS)

    async def round(self) -> None:
        """Remove what is too old, compact, and measure.

        Raises:
            StoreError: the store is unavailable or full.
            FileNotFoundError: another historian removed a file meanwhile.
        """
        await finished(self.kept.refresh)
        offsets = {shard: (each.log, each.stored_offset) for shard, each in self._historian.writers.items()}
        await finished(self._remove, offsets)
        span = self.kept.span
        if span is not None:
            damaged = self._damaged()
            for group in groups_to_compact(self.kept.files(), span.to_ms, offsets, damaged):
                try:
                    name = await finished(compact, self._store, group)
                except DamagedFileError as error:
                    self.kept.set_aside.add(self._store, error.path, error)
                else:
                    _logger.debug("compacted %d files into %s", len(group), name.path)
        await finished(self.kept.refresh)
        self._measure()

    def _remove(self, offsets: dict[int, tuple[int, int]]) -> None:
        retention_ms = round(self._settings.retention_hours * 3_600_000)
        removed = files_to_remove(self.kept.files(), self._clock.now_ms(), retention_ms, self._settings.max_bytes)
        for stored in removed:
            if stored.name.shard in offsets:
                self._store.remove(stored.name.path)
        oldest_ms = oldest_to_keep_ms(self.kept.files(), self._clock.now_ms(), retention_ms)
        for name in self._damaged():
            if name.shard in offsets and name.hour_ms + HOUR_MS <= oldest_ms:
                self._store.remove(name.path)
        if removed:
            _logger.info("removed %d files that are too old, or too many", len(removed))
            self.kept.refresh()
        for name in self._replaced():
            log, end = offsets.get(name.shard, (0, 0))
            if name.shard in offsets and (name.log != log or name.next_offset <= end):
                self._store.remove(name.path)

    def _damaged(self) -> list[FileName]:
        """Return the files that are set aside."""
        return [name for path in self.kept.set_aside.all_paths() if (name := parse_path(path)) is not None]

    def _replaced(self) -> list[FileName]:
        """Return the files that a compacted file includes."""
        counted = {stored.name for stored in self.kept.files()}
        names = [name for stored in self._store.files() if (name := parse_path(stored.path)) is not None]
        return [name for name in names if name not in counted and any(each.includes(name) for each in counted)]

    def _measure(self) -> None:
        span, metrics = self.kept.span, self._metrics
        metrics.damaged.set(len(self.kept.set_aside))
        metrics.files.set(len(self.kept.files()))
        metrics.size.set(self.kept.size_bytes)
        metrics.oldest.set(float("nan") if span is None else span.from_ms / 1000)
        metrics.newest.set(float("nan") if span is None else (span.to_ms - 1) / 1000)
        folder = Path(self._settings.folder)
        if self._settings.folder and folder.is_dir():
            usage = shutil.disk_usage(folder)
            metrics.volume_size.set(usage.total)
            metrics.volume_free.set(usage.free)
