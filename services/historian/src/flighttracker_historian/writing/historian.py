"""`Historian`: reads the log, and stores what is to be kept exactly once.

The files say what is stored: a name has the range of its records. A shard continues behind its last file, whatever is
committed; offsets are committed after the file, for those who watch the group. Before a file is written, the offset of
its first record is committed: that fails when the shard was given to another historian. A rebalance waits for the file
that is being written. When a shard was lost, everything that is not stored is forgotten and read again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Final

from flighttracker.avro import PositionCodec
from flighttracker.backoff import Backoff
from flighttracker.block_reader import BlockReader
from flighttracker.bus.base import LogEvent, PositionLog, Records, ShardAssigned, ShardRevoked, StoredRecord
from flighttracker.bus.record_block import values_in
from flighttracker.clock import Clock
from flighttracker.errors import BusError, ReassignedError, first_cause
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.names import parse_path
from flighttracker_historian.files.store import Store, StoreError
from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_historian.writing.batch import Batch, write_batch
from flighttracker_historian.writing.finished import finished
from flighttracker_historian.writing.resuming import Resume, resume_of
from flighttracker_historian.writing.shard_rows import ShardRows
from flighttracker_historian.writing.shard_writer import LATEST_MS, ShardWriter
from flighttracker_historian.writing.unknown_schemas import UnknownSchemas

ALL_MS: Final = 1 << 42
"""Longer ago than any record: a shard without a history starts with the oldest record of the log."""
FINISH_S: Final = 20.0
"""How long a rebalance waits for a file."""
LAST_FLUSH_S: Final = 10.0
"""How long the last files may take when the historian stops."""
POLL_MS: Final = 500
BACKOFF: Final = Backoff(first_s=1.0, longest_s=30.0)
_ROLE: Final = "historian"
_logger = logging.getLogger(__name__)


class Historian:
    """Writes the history of the shards that its group assigns to it.

    Args:
        settings: tolerance, bounds and group.
        log: the position log.
        store: the files.
        clock: paces files and retries.
        metrics: counts rows.
        registry: the schema registry; None: records have the packaged schema's local id.

    Attributes:
        writers: the shards of this historian.
        error: why the store failed last; empty when it works.
    """

    def __init__(
        self,
        settings: HistorianSettings,
        log: PositionLog,
        store: Store,
        clock: Clock,
        metrics: HistorianMetrics,
        registry: SchemaRegistry | None = None,
    ) -> None:
        self.writers: dict[int, ShardWriter] = {}
        self.error = ""
        self._settings = settings
        self._log = log
        self._store = store
        self._clock = clock
        self._metrics = metrics
        codec = PositionCodec() if registry is None else PositionCodec(None)
        self._blocks = BlockReader(codec, LATEST_MS)
        self._schemas = UnknownSchemas(codec, registry, clock)
        self._resumes: dict[int, Resume] = {}
        self._batches: list[tuple[ShardWriter, Batch]] = []
        self._is_storing = asyncio.Lock()
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def run(self) -> None:
        """Read and store until cancelled; then store what is waiting, for at most `LAST_FLUSH_S`."""
        failures = 0
        while True:
            try:
                await self._run_once()
            except* ReassignedError as errors:
                failures = 0
                _logger.warning("reading again from the last files: %s", first_cause(errors))
            except* BusError as errors:
                failures += 1
                _logger.warning("cannot read positions: %s", first_cause(errors))
            self._forget()
            await self._clock.sleep_ms(round(BACKOFF.wait_s(max(1, failures)) * 1000))

    async def _run_once(self) -> None:
        async with self._log.read(
            replay_ms=ALL_MS,
            resume_at=self._resume_at,
            group=self._settings.group,
            before_rebalance=self._finish_file,
        ) as events:
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._read(events), name="historian: read")
                    tasks.create_task(self._store_regularly(), name="historian: store")
            except asyncio.CancelledError:
                with suppress(TimeoutError, StoreError, BusError):
                    async with asyncio.timeout(LAST_FLUSH_S):
                        await self._store_waiting(is_last=True)
                raise

    async def _read(self, events: AsyncIterator[LogEvent]) -> None:
        async for event in events:
            await self._handle(event)
            await asyncio.sleep(0)

    async def _handle(self, event: LogEvent) -> None:
        match event:
            case ShardAssigned(shard, end_offset):
                self._assign(shard, end_offset)
            case ShardRevoked(shard):
                self.writers.pop(shard, None)
                _logger.info("shard %d was reassigned", shard)
            case Records(shard, records):
                await self._has_room.wait()
                if (writer := self.writers.get(shard)) is not None:
                    await self._read_records(writer, records)

    async def _read_records(self, writer: ShardWriter, records: Sequence[StoredRecord]) -> None:
        # Before the records count as read: a batch must have everything up to its last offset.
        await self._schemas.find(values_in(records))
        self._metrics.positions.inc(len(records))
        if writer.hold(records):
            self._read_held(writer)
            self._measure()

    def _read_held(self, writer: ShardWriter) -> None:
        # The gateways keep rejected records; here they are only counted.
        for refusal in writer.read(self._blocks):
            self._metrics.rejected.labels(_ROLE, refusal.error.reason).inc()

    def _measure(self) -> None:
        waiting = sum(writer.waiting for writer in self.writers.values()) + sum(
            len(batch.table) for _, batch in self._batches
        )
        self._metrics.waiting.set(waiting)
        if waiting < self._settings.max_waiting_rows:
            self._has_room.set()
        else:
            self._has_room.clear()

    async def _resume_at(self, shard: int) -> int | None:
        committed = await self._log.committed(self._settings.group, shard)
        failures = 0
        while True:
            try:
                resume = await asyncio.to_thread(self._look_up, shard, committed)
            except StoreError as error:
                failures += 1
                await self._wait(error, failures)
            else:
                self._resumes[shard] = resume
                return resume.next_offset

    def _look_up(self, shard: int, committed: int | None) -> Resume:
        """Find where a shard continues, and remove what a killed historian stored in part."""
        names = [name for stored in self._store.files() if (name := parse_path(stored.path)) is not None]
        if self._settings.servers is None:
            # The bus in memory starts a new log with each process.
            return Resume(max((name.log for name in names if name.shard == shard), default=0), None, ())
        resume = resume_of(names, shard, committed)
        for name in resume.incomplete:
            _logger.info("removing %s: the other files of its range are missing", name.path)
            self._store.remove(name.path)
        return resume

    def _assign(self, shard: int, end_offset: int) -> None:
        resume = self._resumes.pop(shard, Resume(0, None, ()))
        is_new_log = resume.next_offset is None or resume.next_offset > end_offset
        log = resume.log + 1 if is_new_log else resume.log
        stored_offset = 0 if is_new_log else resume.next_offset or 0
        rows = ShardRows(self._settings.tolerance_m, round(self._settings.max_silence_s * 1000))
        self.writers[shard] = ShardWriter(shard, max(1, log), stored_offset, rows)
        _logger.info("assigned shard %d of log %d, stored to offset %d of %d", shard, log, stored_offset, end_offset)

    async def _store_regularly(self) -> None:
        next_ms = self._clock.now_ms() + round(self._settings.flush_s * 1000)
        while True:
            await self._clock.sleep_ms(POLL_MS)
            for shard, lag in self._log.lag().items():
                self._metrics.lag.labels(str(shard)).set(lag)
            now_ms = self._clock.now_ms()
            # A clock that was set back must not delay the files by hours.
            is_due = now_ms >= next_ms or next_ms - now_ms > 2 * self._settings.flush_s * 1000
            if is_due or not self._has_room.is_set():
                await self._store_waiting()
                next_ms = self._clock.now_ms() + round(self._settings.flush_s * 1000)

    async def _store_waiting(self, *, is_last: bool = False) -> None:
        """Store everything that is waiting; with `is_last`, give up at the first failure."""
        for writer in list(self.writers.values()):
            self._read_held(writer)
            if (batch := writer.take()) is not None:
                self._batches.append((writer, batch))
        self._measure()
        while self._batches:
            failures = 0
            while not await self._stored(*self._batches[0], is_last=is_last):
                failures += 1
                await self._clock.sleep_ms(round(BACKOFF.wait_s(failures) * 1000))
            self._batches.pop(0)
            self._measure()
        await self._commit({writer.shard: writer.next_offset for writer in self.writers.values() if not writer.waiting})

    async def _stored(self, writer: ShardWriter, batch: Batch, *, is_last: bool) -> bool:
        """Store a batch; return False when that must be tried again.

        One of a shard that was assigned again meanwhile is dropped: its new writer reads the records again.

        Raises:
            ReassignedError: another historian stores the shard.
        """
        async with self._is_storing:
            if self.writers.get(batch.shard) is not writer:
                return True
            try:
                await self._log.commit(self._settings.group, {batch.shard: batch.first_offset})
                names = await finished(write_batch, self._store, batch)
            except ReassignedError:
                raise
            except (StoreError, BusError) as error:
                if is_last:
                    raise
                self._metrics.failed_writes.inc()
                self._note(error)
                return False
            self._note(None)
            writer.stored_offset = batch.next_offset
            self._metrics.rows.inc(len(batch.table))
            _logger.debug("stored %d rows of shard %d in %d files", len(batch.table), batch.shard, len(names))
        await self._commit({batch.shard: batch.next_offset})
        return True

    async def _commit(self, offsets: dict[int, int]) -> None:
        if not offsets:
            return
        try:
            await self._log.commit(self._settings.group, offsets)
        except ReassignedError:
            raise
        except BusError as error:
            # The files say the same.
            _logger.debug("could not commit offsets: %s", error)

    async def _finish_file(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISH_S), self._is_storing:
                pass

    def _forget(self) -> None:
        self.writers.clear()
        self._batches.clear()
        self._measure()

    def _note(self, error: Exception | None) -> None:
        if error is not None and str(error) != self.error:
            _logger.warning("cannot store positions, trying again: %s", error)
        if error is None and self.error:
            _logger.info("storing positions again")
        self.error = "" if error is None else str(error)

    async def _wait(self, error: StoreError, failures: int) -> None:
        self._note(error)
        await self._clock.sleep_ms(round(BACKOFF.wait_s(failures) * 1000))
