"""Several historians of one group on a real Kafka: shards move between them, and no row is lost or there twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.clock import SystemClock
from flighttracker.settings import (
    HistorianSettings,
    KafkaSettings,
    RedisSettings,
    RegistrySettings,
    ServerSettings,
)
from flighttracker_historian.files.kept import current_files
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_historian.writing.historian import Historian
from tests.contract.kafka_log import SHARDS, opened, settings_of
from tests.example_flights import position
from tests.servers.kafka_server import KafkaServer

pytest_plugins = ["tests.servers.fixtures"]

AIRCRAFT = 60
WAIT_S = 60.0
UNUSED = {"redis": RedisSettings(), "registry": RegistrySettings(url="http://127.0.0.1:9")}


class Member:
    """One historian with its own connection to Kafka."""

    def __init__(self, settings: HistorianSettings, folder: Path) -> None:
        assert settings.servers is not None
        self.metrics = HistorianMetrics()
        self._kafka = settings.servers.kafka
        self._settings = settings
        self._store = FolderStore(folder)
        self.historian: Historian | None = None
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async with opened(self._kafka) as (log, _):
            self.historian = Historian(self._settings, log, self._store, SystemClock(), self.metrics)
            await self.historian.run()

    @property
    def shards(self) -> set[int]:
        return set(self.historian.writers) if self.historian is not None else set()

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


async def append(kafka: KafkaSettings, seconds: float) -> Counter[tuple[str, int]]:
    """Append a position of each aircraft ten times a second, and return the rows."""
    codec, rows = PositionCodec(), Counter[tuple[str, int]]()
    async with opened(kafka) as (log, _):
        for _ in range(round(10 * seconds)):
            now_ms = SystemClock().now_ms()
            records = []
            for number in range(AIRCRAFT):
                icao24 = f"{number * 7919:06x}"
                rows[icao24, now_ms] += 1
                value = codec.encode(position(icao24=icao24, position_time=now_ms, last_contact=now_ms))
                records.append(OutgoingRecord(icao24.encode(), value, now_ms))
            await log.append(records)
            await asyncio.sleep(0.1)
    return rows


def rows_in(folder: Path) -> Counter[tuple[str, int]]:
    rows: Counter[tuple[str, int]] = Counter()
    for stored in current_files(FolderStore(folder).files()):
        table = pq.read_table(folder / stored.path, columns=["icao24", "position_time"])
        times = table.column("position_time").cast("int64").to_pylist()
        rows.update(zip(table.column("icao24").to_pylist(), times, strict=True))
    return rows


async def test_shards_that_move_between_historians_lose_and_double_no_row(
    kafka_server: KafkaServer, tmp_path: Path
) -> None:
    kafka = settings_of(kafka_server)
    settings = HistorianSettings(
        folder=str(tmp_path),
        flush_s=0.5,
        tolerance_m=0.0,
        group=f"historians-{uuid4().hex}",
        servers=ServerSettings(kafka=kafka, **UNUSED),  # type: ignore[arg-type]
    )
    first = Member(settings, tmp_path)
    appending = asyncio.create_task(append(kafka, 12.0))
    try:
        await until(lambda: len(first.shards) == SHARDS)
        second = Member(settings, tmp_path)
        await until(lambda: len(second.shards) == SHARDS // 2 == len(first.shards))
        await asyncio.sleep(1.5)
        await first.stop()
        await until(lambda: len(second.shards) == SHARDS)
        first = Member(settings, tmp_path)
        await until(lambda: len(second.shards) == SHARDS // 2 == len(first.shards))
        expected = await appending
        await until(lambda: rows_in(tmp_path).total() >= expected.total())
    finally:
        appending.cancel()
        await first.stop()
        await second.stop()
    found = rows_in(tmp_path)
    assert (expected - found).total() == 0
    assert (found - expected).total() == 0


async def until(reached: object) -> None:
    assert callable(reached)
    async with asyncio.timeout(WAIT_S):
        while not reached():
            await asyncio.sleep(0.1)
