"""The store in a bucket, against a real S3-compatible server: S3Proxy."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pyarrow as pa
import pytest

from flighttracker import targets
from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.frame import decode_frame
from flighttracker.query.filters import Filters
from flighttracker.query.history_query import FramesRequest
from flighttracker.query.period import Period
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.damage import parsed
from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.parquet import summary_of
from flighttracker_historian.files.s3 import S3Store
from flighttracker_historian.files.store import StoredFile, StoreError
from flighttracker_historian.metrics import HistorianMetrics
from flighttracker_historian.reading.reader import HistoryReader
from flighttracker_historian.reading.row_groups import read_groups
from flighttracker_historian.run import run
from flighttracker_historian.writing.compaction import compact
from tests.example_flights import NOW_MS, position
from tests.history_damages import DAMAGES, Damage
from tests.history_files import MINUTE_MS, PRESENCE, heard, store_history
from tests.servers.certificates import Certificates
from tests.servers.s3_server import S3Server
from tests.unit.historian.files.history_rows import HOUR_MS, put, row

pytest_plugins = ["tests.servers.fixtures"]

WAIT_S = 120.0
"""Java starts again in this time, beside other tests, and the historian pauses longer after each failure."""
PATH = "date=2025-11-29/hour=18/a.parquet"


@pytest.fixture(scope="module")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    server = S3Server(tmp_path_factory.mktemp("s3"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


def test_an_object_is_listed_read_replaced_and_removed(s3_server: S3Server) -> None:
    store = S3Store(s3_server.settings(prefix="one/tracker"))
    assert store.files() == []
    store.write(PATH, pa.py_buffer(b"first"))
    store.write(PATH, pa.py_buffer(b"second"))
    assert store.files() == [StoredFile(PATH, 6)]
    assert S3Store(s3_server.settings(prefix="another")).files() == []
    with store.open(PATH) as file:
        assert file.read() == b"second"
    store.remove(PATH)
    store.remove(PATH)
    assert store.files() == []
    with pytest.raises(FileNotFoundError), store.open(PATH):
        pass


def test_objects_are_compacted_and_their_footers_read(s3_server: S3Server) -> None:
    store = S3Store(s3_server.settings(prefix="compacted"))
    for number in range(3):
        put(store, FileName(HOUR_MS, 0, 1, number, number + 1), row("4ca7b3", HOUR_MS + number))
    kept = Kept(store)
    kept.refresh()
    name = compact(store, kept.files())
    kept.refresh()
    assert [(each.name, each.summary.rows) for each in kept.files()] == [(name, 3)]
    assert [each.path for each in store.files()] == [name.path]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
async def test_a_damaged_object_costs_no_other_object(s3_server: S3Server, damage: Damage) -> None:
    store = S3Store(s3_server.settings(prefix=f"damaged{list(DAMAGES.values()).index(damage)}"))
    names = [FileName(HOUR_MS, 0, 1, at, at + 1) for at in range(2)]
    for at, name in enumerate(names):
        put(store, name, row("4ca7b3", HOUR_MS + at))
    with store.open(names[0].path) as file:
        content = file.read()
    store.write(names[0].path, pa.py_buffer(damage(content)))
    reader = HistoryReader(store, PRESENCE, SystemClock())
    try:
        assert len(await reader.track("4ca7b3", Period(HOUR_MS, HOUR_MS + 1))) == 1
        moments = FramesRequest(Period(HOUR_MS + 1, HOUR_MS + 1), MINUTE_MS, None)
        assert [decode_frame(frame)[0].tick_time_ms async for frame in reader.frames(moments)] == [HOUR_MS + 1]
    finally:
        reader.close()


def test_an_object_of_a_server_that_is_away_is_not_damaged(s3_server: S3Server) -> None:
    store = S3Store(s3_server.settings(prefix="away", timeout_s=1.0))
    name = FileName(HOUR_MS, 0, 1, 0, 1)
    put(store, name, row("4ca7b3", HOUR_MS))
    s3_server.kill()
    try:
        with pytest.raises(StoreError):
            parsed(store, name.path, summary_of)
        with pytest.raises(StoreError):
            list(read_groups(store, name))
    finally:
        s3_server.start()


async def test_the_past_is_read_from_objects(s3_server: S3Server) -> None:
    store = S3Store(s3_server.settings(prefix="past"))
    store_history(store, [heard(minute) for minute in range(90)])
    reader = HistoryReader(store, PRESENCE, SystemClock())
    try:
        moments = FramesRequest(Period(NOW_MS, NOW_MS + 60 * MINUTE_MS), 30 * MINUTE_MS, None)
        frames = [decode_frame(frame)[1] async for frame in reader.frames(moments)]
        assert [content.added.identities["icao24"].tolist() for content in frames] == [[0x3C6444]] * 3
        assert len(await reader.track("3c6444", Period(NOW_MS, NOW_MS + 24 * HOUR_MS))) == 90
        found = await reader.encounters(Period(NOW_MS, NOW_MS + 90 * MINUTE_MS), Filters(operators=("lufthansa",)))
        assert found.icao24.tolist() == [0x3C6444]
    finally:
        reader.close()


def test_a_wrong_bucket_and_wrong_credentials_are_named(s3_server: S3Server, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    with pytest.raises(StoreError, match=r"cannot write s3://missing"):
        S3Store(s3_server.settings(bucket="missing")).write(PATH, pa.py_buffer(b"a"))
    with pytest.raises(StoreError, match=r"cannot list s3://missing"):
        S3Store(s3_server.settings(bucket="missing")).files()
    with pytest.raises(StoreError, match=r"cannot write s3://flights"):
        S3Store(s3_server.settings(secret_key_file=str(wrong))).write(PATH, pa.py_buffer(b"a"))
    with pytest.raises(StartError, match=r"cannot read .*absent, a credential of s3://flights"):
        S3Store(s3_server.settings(secret_key_file=str(tmp_path / "absent")))


def test_an_endpoint_that_is_a_metadata_service_is_not_asked(
    s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError, match=r"169\.254\.169\.254 is a metadata service"):
        S3Store(s3_server.settings(endpoint="http://169.254.169.254")).files()
    by_name = s3_server.settings(endpoint=s3_server.settings().endpoint.replace("127.0.0.1", "localhost"))
    assert S3Store(by_name).files() is not None
    monkeypatch.setattr(targets, "METADATA", frozenset([ip_address("127.0.0.1")]))
    with pytest.raises(StoreError, match=r"127\.0\.0\.1 is a metadata service"):
        S3Store(by_name).files()


def test_credentials_are_read_again_when_they_change(s3_server: S3Server, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("wrong")
    store = S3Store(s3_server.settings(prefix="rotated", secret_key_file=str(secret)))
    with pytest.raises(StoreError):
        store.files()
    secret.write_text(Path(s3_server.settings().secret_key_file).read_text())
    assert store.files() == []


def test_tls_needs_the_authority(tmp_path: Path, certificates: Certificates) -> None:
    server = S3Server(tmp_path, certificates)
    server.start()
    try:
        S3Store(server.settings()).write(PATH, pa.py_buffer(b"over TLS"))
        assert S3Store(server.settings()).files() == [StoredFile(PATH, 8)]
        with pytest.raises(StoreError, match="cannot list"):
            S3Store(server.settings(ca_file="")).files()
    finally:
        server.stop()


async def test_an_outage_is_waited_for(s3_server: S3Server) -> None:
    bus, clock, metrics = MemoryBus(1), SystemClock(), HistorianMetrics()
    settings = HistorianSettings(
        s3=s3_server.settings(prefix="outage", timeout_s=1.0), flush_s=0.2, tolerance_m=0.0, max_silence_s=1.0
    )
    running = asyncio.create_task(run(settings, bus.positions, clock, metrics=metrics))
    try:
        await _heard(bus, 0)
        await _until(lambda: metrics.rows._value.get() == 1)
        await asyncio.to_thread(s3_server.kill)
        await _heard(bus, 1)
        await _until(lambda: metrics.failed_writes._value.get() > 0)
        await _heard(bus, 2)
        await asyncio.to_thread(s3_server.start)
        await _until(lambda: metrics.rows._value.get() == 3)
    finally:
        s3_server.start()
        running.cancel()
        await asyncio.wait({running})
    kept = Kept(S3Store(s3_server.settings(prefix="outage")))
    await asyncio.to_thread(kept.refresh)
    assert sum(each.summary.rows for each in kept.files()) == 3


async def _heard(bus: MemoryBus, number: int) -> None:
    now_ms = SystemClock().now_ms()
    value = PositionCodec().encode(position(position_time=now_ms + number, last_contact=now_ms))
    await bus.positions.append([OutgoingRecord(b"3c6444", value, now_ms)])


async def _until(reached: object) -> None:
    assert callable(reached)
    async with asyncio.timeout(WAIT_S):
        while not reached():
            await asyncio.sleep(0.05)
