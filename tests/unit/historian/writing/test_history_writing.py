from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flighttracker.avro import PositionCodec
from flighttracker.backoff import Backoff
from flighttracker.bus.base import OutgoingRecord, Records, ShardAssigned, ShardRevoked, StoredRecord
from flighttracker.bus.memory import MemoryBus
from flighttracker.bus.record_block import RecordBlock
from flighttracker.clock import SystemClock
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.names import parse_path
from flighttracker_historian.files.store import FolderStore, StoreError
from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_historian.writing import historian as historian_module
from flighttracker_historian.writing.historian import Historian
from tests.example_flights import NOW_MS, position

WAIT_S = 20.0
HOUR_MS = 3_600_000


class Past:
    """A historian on a bus in memory, and what it keeps."""

    def __init__(self, folder: Path, store: FolderStore | None = None, **settings: Any) -> None:
        self.bus = MemoryBus(1)
        self.metrics = HistorianMetrics()
        self.folder = folder
        fields = {"flush_s": 0.05, "tolerance_m": 0.0, **settings}
        self._settings = HistorianSettings(folder=str(folder), **fields)
        self._store = store or FolderStore(folder)
        self._number = 0

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[Historian]:
        one = Historian(self._settings, self.bus.positions, self._store, SystemClock(), self.metrics)
        running = asyncio.create_task(one.run())
        try:
            await self.until(lambda: bool(one.writers))
            yield one
        finally:
            running.cancel()
            await asyncio.wait({running})

    async def hear(self, *times_ms: int, record_ms: int = NOW_MS) -> None:
        codec = PositionCodec()
        values = [codec.encode(position(position_time=time_ms, last_contact=time_ms)) for time_ms in times_ms]
        await self.append(*values, record_ms=record_ms)

    async def append(self, *values: bytes, record_ms: int = NOW_MS) -> None:
        await self.bus.positions.append([OutgoingRecord(b"3c6444", value, record_ms) for value in values])

    def times_ms(self) -> list[int]:
        files = sorted(self.folder.rglob("date=*/*/*.parquet"))
        tables = [pq.read_table(file, columns=["position_time"], partitioning=None) for file in files]
        return sorted(time for table in tables for time in table.column(0).cast("int64").to_pylist())

    def has(self, count: int) -> bool:
        return len(self.times_ms()) == count

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not reached():
                await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def fast_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(historian_module, "POLL_MS", 10)


async def test_what_is_waiting_is_stored_when_it_stops(tmp_path: Path) -> None:
    past = Past(tmp_path, flush_s=1_000.0)
    async with past.kept():
        await past.hear(NOW_MS, NOW_MS + 1)
        await past.until(lambda: past.metrics.positions._value.get() == 2)
        assert past.times_ms() == []
    assert past.times_ms() == [NOW_MS, NOW_MS + 1]


async def test_each_process_with_a_bus_in_memory_starts_a_log(tmp_path: Path) -> None:
    for number in range(2):
        past = Past(tmp_path)
        async with past.kept():
            await past.hear(NOW_MS + number)
            await past.until(partial(past.has, number + 1))
    names = [parse_path(stored.path) for stored in FolderStore(tmp_path).files()]
    assert sorted((name.log, name.first_offset, name.next_offset) for name in names if name) == [(1, 0, 1), (2, 0, 1)]


async def test_rows_are_in_the_folders_of_their_hours(tmp_path: Path) -> None:
    past = Past(tmp_path, flush_s=0.3)
    async with past.kept():
        await past.hear(NOW_MS - HOUR_MS, NOW_MS)
        await past.until(lambda: len(past.times_ms()) == 2)
    names = sorted(stored.path for stored in FolderStore(tmp_path).files())
    assert [name[-16:] for name in names] == ["001of002.parquet", "002of002.parquet"]


async def test_records_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    past = Past(tmp_path)
    async with past.kept():
        await past.append(b"no record", PositionCodec(77).encode(position()))
        await past.append(PositionCodec().encode(position(latitude_deg=91.0)))
        await past.hear(NOW_MS + 1)
        await past.until(lambda: past.times_ms() == [NOW_MS + 1])
    counted = {
        sample.labels["reason"]: sample.value
        for family in past.metrics.rejected.collect()
        for sample in family.samples
        if sample.name.endswith("_total")
    }
    assert counted == {"framing": 1, "schema_unknown": 1, "latitude_range": 1}


async def test_a_position_is_compared_with_the_time_of_its_record(tmp_path: Path) -> None:
    # The clock of the machine is years away from these records.
    past = Past(tmp_path)
    async with past.kept():
        await past.hear(NOW_MS - 25 * HOUR_MS, NOW_MS + 61_000, NOW_MS)
        await past.until(lambda: past.times_ms() == [NOW_MS])


class BrokenStore(FolderStore):
    """A folder that is full until it is repaired."""

    is_full = True

    def write(self, path: str, content: pa.Buffer) -> None:
        if self.is_full:
            raise StoreError("cannot write: No space left on device")
        super().write(path, content)


async def test_a_store_that_fails_is_tried_again_and_reading_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(historian_module, "BACKOFF", Backoff(first_s=0.01, longest_s=0.01))
    store = BrokenStore(tmp_path)
    past = Past(tmp_path, store, max_waiting_rows=2)
    async with past.kept() as one:
        await past.hear(NOW_MS, NOW_MS + 1, NOW_MS + 2)
        await past.until(lambda: past.metrics.failed_writes._value.get() > 2)
        await past.hear(NOW_MS + 3)
        await asyncio.sleep(0.1)
        assert past.metrics.positions._value.get() == 3, "it stops reading while the store has no room"
        assert "No space left" in one.error
        store.is_full = False
        await past.until(lambda: past.times_ms() == [NOW_MS, NOW_MS + 1, NOW_MS + 2, NOW_MS + 3])
        assert one.error == ""
    assert caplog.text.count("No space left") == 1


async def test_what_waits_for_the_store_is_read_again_when_its_shard_was_assigned_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(historian_module, "BACKOFF", Backoff(first_s=0.01, longest_s=0.01))
    store = BrokenStore(tmp_path)
    past = Past(tmp_path, store)
    async with past.kept() as one:
        await past.hear(NOW_MS, NOW_MS + 1)
        await past.until(lambda: past.metrics.failed_writes._value.get() > 0)
        codec, times_ms = PositionCodec(), [NOW_MS, NOW_MS + 1, NOW_MS + 2]
        values = [codec.encode(position(position_time=time_ms, last_contact=time_ms)) for time_ms in times_ms]
        block = RecordBlock(values, lambda place: StoredRecord(place, b"3c6444", values[place], NOW_MS))
        # As Kafka does after an outage: the shard is given up and back, and read from behind the last file.
        for event in (ShardRevoked(0), ShardAssigned(0, 3), Records(0, block)):
            await one._handle(event)
        store.is_full = False
        await past.until(lambda: past.times_ms() == times_ms)
