"""The historian's metrics, in a registry of their own so that several roles can run in one process."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge

from flighttracker.build_info import add_build_info
from flighttracker.metric_names import (
    HISTORY_DAMAGED,
    HISTORY_FAILED_WRITES,
    HISTORY_FILES,
    HISTORY_LAG,
    HISTORY_NEWEST,
    HISTORY_OLDEST,
    HISTORY_POSITIONS,
    HISTORY_ROWS,
    HISTORY_SIZE,
    HISTORY_VOLUME_FREE,
    HISTORY_VOLUME_SIZE,
    HISTORY_WAITING,
)


class HistorianMetrics:
    """The metrics of one historian.

    Attributes:
        positions: records that were read from the log, with those that were rejected.
        rows: positions that were stored in files.
        rejected: rejected records, by role and reason.
        failed_writes: attempts to write or remove a file that failed.
        lag: records of a shard that were not read yet, by shard.
        waiting: rows that are in no file yet.
        files: files that are kept.
        damaged: files that are left out, because they cannot be read.
        size: bytes of these files.
        oldest: time of the oldest kept position, seconds since 1970; NaN without any.
        newest: time of the newest kept position, seconds since 1970; NaN without any.
        volume_size: size of the file system of the folder; NaN for a bucket.
        volume_free: what may still be written there.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        add_build_info(self.registry, "historian")
        self.positions = self._counter(HISTORY_POSITIONS, "Records that were read from the log.")
        self.rows = self._counter(HISTORY_ROWS, "Positions that were stored in files.")
        self.rejected = Counter(
            "flights_rejected", "Positions that were rejected.", ["role", "reason"], registry=self.registry
        )
        self.failed_writes = self._counter(HISTORY_FAILED_WRITES, "Attempts to write or remove a file that failed.")
        self.lag = Gauge(HISTORY_LAG, "Records that were not read yet.", ["shard"], registry=self.registry)
        self.waiting = self._gauge(HISTORY_WAITING, "Positions to keep that are in no file yet.")
        self.files = self._gauge(HISTORY_FILES, "Files that are kept.")
        self.damaged = self._gauge(HISTORY_DAMAGED, "Files that are left out, because they cannot be read.")
        self.size = self._gauge(HISTORY_SIZE, "Bytes of the files that are kept.")
        self.oldest = self._gauge(HISTORY_OLDEST, "Time of the oldest kept position, seconds since 1970.")
        self.newest = self._gauge(HISTORY_NEWEST, "Time of the newest kept position, seconds since 1970.")
        self.volume_size = self._gauge(HISTORY_VOLUME_SIZE, "Size of the volume of the history.")
        self.volume_free = self._gauge(HISTORY_VOLUME_FREE, "Free bytes of the volume of the history.")
        for unknown in (self.oldest, self.newest, self.volume_size, self.volume_free):
            unknown.set(float("nan"))

    def _counter(self, name: str, text: str) -> Counter:
        return Counter(name.removesuffix("_total"), text, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)
