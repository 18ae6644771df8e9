"""The history after a kill at every step, on a real Kafka: its rows are those of the log, no fewer and no more."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq
import pytest

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.clock import SystemClock
from flighttracker.settings import (
    HistorianSettings,
    KafkaSettings,
    RedisSettings,
    RegistrySettings,
    ServerSettings,
    write_settings,
)
from flighttracker_historian.files.kept import current_files
from flighttracker_historian.files.store import FolderStore
from tests.contract.kafka_log import opened, settings_of
from tests.example_flights import position
from tests.faults.history_victim import STEPS
from tests.servers.kafka_server import KafkaServer
from tests.servers.small_volume import mounted

pytest_plugins = ["tests.servers.fixtures"]

AIRCRAFT = 40
HOUR_MS = 3_600_000
WAIT_S = 60.0
ROOT = Path(__file__).parents[2]

Row = tuple[str, int]


def settings_for(kafka: KafkaSettings, folder: Path) -> HistorianSettings:
    return HistorianSettings(
        folder=str(folder),
        flush_s=0.3,
        tolerance_m=0.0,
        group=f"historians-{uuid4().hex}",
        # Redis and the registry are not used by this program.
        servers=ServerSettings(kafka=kafka, redis=RedisSettings(), registry=RegistrySettings(url="http://127.0.0.1:9")),
    )


def append(kafka: KafkaSettings, number: int) -> list[Row]:
    """Append a position of each aircraft now and one an hour ago, and a malformed record; return the rows."""
    now_ms = SystemClock().now_ms()
    codec, rows, records = PositionCodec(), [], []
    for time_ms in (now_ms - HOUR_MS, now_ms):
        for aircraft in range(AIRCRAFT):
            icao24 = f"{number % 2:02x}{time_ms // HOUR_MS % 256:02x}{aircraft:02x}"
            rows.append((icao24, time_ms))
            value = codec.encode(position(icao24=icao24, position_time=time_ms, last_contact=time_ms))
            records.append(OutgoingRecord(icao24.encode(), value, now_ms))
    records.append(OutgoingRecord(b"000000", b"not a position", now_ms))
    asyncio.run(_append(kafka, records))
    return rows


async def _append(kafka: KafkaSettings, records: list[OutgoingRecord]) -> None:
    async with opened(kafka) as (log, _):
        await log.append(records)


def rows_in(folder: Path) -> Counter[Row]:
    """Return every row that counts, with how often it is there."""
    rows: Counter[Row] = Counter()
    for stored in current_files(FolderStore(folder).files()):
        table = pq.read_table(folder / stored.path, columns=["icao24", "position_time"])
        times = table.column("position_time").cast("int64").to_pylist()
        rows.update(zip(table.column("icao24").to_pylist(), times, strict=True))
    return rows


def settled_rows_in(folder: Path) -> Counter[Row]:
    """Return the rows while a historian runs: its compaction may remove a file that was listed a moment before."""
    while True:
        try:
            return rows_in(folder)
        except FileNotFoundError:
            continue


@contextmanager
def victim(settings: HistorianSettings, folder: Path, step: str) -> Iterator[subprocess.Popen[bytes]]:
    file = folder / "settings.json"
    file.write_bytes(write_settings(settings))
    command = [sys.executable, "-m", "tests.faults.history_victim", str(file), step]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for(rows: Counter[Row], folder: Path) -> None:
    deadline_s = time.monotonic() + WAIT_S
    while (found := settled_rows_in(folder)) != rows:
        missing, extra = rows - found, found - rows
        assert time.monotonic() < deadline_s, f"{missing.total()} rows are missing, {extra.total()} are too many"
        time.sleep(0.1)  # between two looks at files of another process, which announces nothing


def test_a_historian_that_is_killed_at_any_step_loses_and_doubles_no_row(
    kafka_server: KafkaServer, tmp_path: Path
) -> None:
    kafka = settings_of(kafka_server, partitions=1, session_timeout_s=6.0)
    history = tmp_path / "history"
    settings = settings_for(kafka, history)
    expected: Counter[Row] = Counter()
    for number, step in enumerate(STEPS):
        expected.update(append(kafka, number))
        with victim(settings, tmp_path, step) as process:
            deadline_s = time.monotonic() + WAIT_S
            while process.poll() is None:
                assert time.monotonic() < deadline_s, f"the historian never came to: {step}"
                # Compaction needs several files.
                if "compacted" in step or "source" in step:
                    expected.update(append(kafka, number))
                time.sleep(0.5)  # between two looks at another process, and two batches for its compaction
            assert process.returncode == -signal.SIGKILL, step
        found = rows_in(history)
        assert not found - expected, f"killed at: {step}"
    with victim(settings, tmp_path, "none") as process:
        wait_for(expected, history)
        process.terminate()
        assert process.wait(WAIT_S) == 0
    wait_for(expected, history)
    assert [path.name for path in (history / ".writing").iterdir()] == []


def test_a_full_disk_is_waited_for(kafka_server: KafkaServer, tmp_path: Path) -> None:
    kafka = settings_of(kafka_server, partitions=1)
    history = tmp_path / "history"
    history.mkdir()
    with mounted(history, size_kib=64):
        ballast = history / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(bytes(80 * 1024))
        settings = settings_for(kafka, history)
        expected = Counter(append(kafka, 0))
        with victim(settings, tmp_path, "none") as process:
            time.sleep(3.0)  # nothing announces that no file appears: an end or a file now would be the fault
            assert process.poll() is None
            assert rows_in(history) == Counter()
            ballast.unlink()
            wait_for(expected, history)
            process.terminate()
            assert process.wait(WAIT_S) == 0
