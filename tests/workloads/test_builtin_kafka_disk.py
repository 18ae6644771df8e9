"""The volume of the builtin Kafka: its log stays within it, and a broker starts again after it was full.

The volume is a file system in memory, so the tests need the right to mount one.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from flighttracker.bus.kafka import KafkaConnection, broker_volumes
from flighttracker_operator.manifests.log_bounds import FILLED
from flighttracker_operator.model.servers import server_settings
from flighttracker_operator.status.pods import FULL_SIGNS
from tests.servers.small_volume import mounted
from tests.unit.operator.manifests.cases import facts, made, tracker
from tests.workloads.builtin_kafka import BuiltinKafka
from tests.workloads.test_builtin_kafka import LOGIN, init_container

SIZE_MIB: Final = 384
MEBIBYTE: Final = 2**20
SPEC: Final[dict[str, Any]] = {"kafka": {"partitions": 2, "builtin": {"storage": {"size": f"{SIZE_MIB}Mi"}}}}
BATCH: Final = bytes(256 * 1024)
END_S: Final = 60.0
SEGMENTS_KEPT: Final = 2
TERMINATION_MESSAGE_BYTES: Final = 2048


@pytest.fixture
def small_kafka(tmp_path: Path) -> Iterator[BuiltinKafka]:
    """A broker on a small volume, with the topics of a tracker; it deletes old segments each second, not each 30 s."""
    with running_on_a_small_volume(tmp_path, deletes_each_ms=1_000) as server:
        yield server


@pytest.fixture
def patient_kafka(tmp_path: Path) -> Iterator[BuiltinKafka]:
    """As `small_kafka`, but it deletes nothing while a test runs, so that its volume can be filled, however slowly."""
    with running_on_a_small_volume(tmp_path, deletes_each_ms=3_600_000) as server:
        yield server


@contextmanager
def running_on_a_small_volume(folder: Path, deletes_each_ms: int) -> Iterator[BuiltinKafka]:
    manifests = made(tracker(SPEC))
    server = BuiltinKafka(folder, manifests)
    properties = folder / "config/server.properties"
    text = properties.read_text()
    for name in ("log.retention.check.interval.ms", "log.segment.delete.delay.ms"):
        assert f"\n{name}=" in text
    intervals = {
        "log.initial.task.delay.ms": deletes_each_ms // 2,
        "log.retention.check.interval.ms": deletes_each_ms,
        "log.segment.delete.delay.ms": 500,
    }
    properties.write_text(text + "".join(f"{name}={value}\n" for name, value in intervals.items()))
    with mounted(folder / "data", 1024 * SIZE_MIB):
        try:
            server.start()
            server.make_topics(init_container(SPEC, "generator"))
            yield server
        finally:
            server.stop()


def filled(kafka: BuiltinKafka) -> float:
    """Return the share of the volume that is in use."""
    usage = shutil.disk_usage(kafka.data)
    return usage.used / usage.total


@contextmanager
def full(kafka: BuiltinKafka, free_bytes: int) -> Iterator[None]:
    """Fill the volume with a file that is not Kafka's, except for some bytes."""
    other = kafka.data.parent / "other"
    with other.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(kafka.data).free - free_bytes)
    try:
        yield
    finally:
        other.unlink()


async def append(kafka: BuiltinKafka, mebibytes: int, *, pause_s: float = 0.0) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers,
        acks="all",
        max_batch_size=512 * 1024,
        request_timeout_ms=5_000,
        **LOGIN,
    )
    await producer.start()
    try:
        for number in range(mebibytes * MEBIBYTE // len(BATCH)):
            await producer.send_and_wait("flights", BATCH, partition=number % 2)
            await asyncio.sleep(pause_s)
    finally:
        await producer.stop()


async def seen_by_a_role(kafka: BuiltinKafka) -> float:
    """Return the share of the volume that is in use as a gateway reads it from the broker."""
    connection = KafkaConnection(kafka.settings(server_settings(tracker(SPEC), facts()).kafka))
    await connection.open()
    try:
        (volume,) = await broker_volumes(connection)
        return volume.filled
    finally:
        await connection.close()


async def test_twice_the_volume_in_positions_does_not_fill_it(small_kafka: BuiltinKafka) -> None:
    most = 0.0
    for _ in range(24):
        await append(small_kafka, 2 * SIZE_MIB // 24, pause_s=0.005)
        most = max(most, filled(small_kafka))
    assert await seen_by_a_role(small_kafka) == pytest.approx(filled(small_kafka), abs=0.02)
    assert most < FILLED, "less than the share at which the condition and the alert warn"
    assert small_kafka.probe()


async def test_a_broker_on_a_full_volume_deletes_the_oldest_positions_and_continues(
    patient_kafka: BuiltinKafka,
) -> None:
    await append(patient_kafka, 24)
    with full(patient_kafka, free_bytes=6 * MEBIBYTE):
        with pytest.raises((KafkaError, OSError)):
            await append(patient_kafka, 16)
        assert patient_kafka.wait(END_S) != 0, "Kafka ends when it cannot write"
        # What the kubelet keeps as the container's message, by which the operator recognizes it.
        last = patient_kafka.log.read_bytes()[-TERMINATION_MESSAGE_BYTES:].decode(errors="replace")
        assert any(sign in last for sign in FULL_SIGNS), last
        patient_kafka.start()
        said = patient_kafka.log.read_text(errors="replace")
        assert "the volume was full: deleted the" in said
        assert await seen_by_a_role(patient_kafka) == pytest.approx(filled(patient_kafka), abs=0.02)
        for partition in (0, 1):
            kept = sorted((patient_kafka.data / f"flights-{partition}").glob("*.log"))
            assert 1 <= len(kept) <= SEGMENTS_KEPT
    await append(patient_kafka, 8)
    assert patient_kafka.probe()
