"""A real Prometheus sees real programs run out of disk, and lose Kafka or their source: the alerts about that fire."""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
import redis.asyncio

from tests.faults.roles import COMMAND, Role
from tests.faults.stack import Stack
from tests.faults.test_prometheus import TRACKER, receiver
from tests.servers.process import LOOPBACK, free_port
from tests.servers.prometheus_server import PrometheusServer
from tests.servers.small_volume import mounted

OPERATOR: Final = frozenset({"FlightTrackerOperatorGone"})
"""There is none here."""
VOLUME_KIB: Final = 512 * 1024
BLOCK: Final = bytes(256 * 1024)
WAITING_RECORDS: Final = 2_000
"""What the generator keeps for a Kafka that does not answer: two seconds of its records."""
FIRES_S: Final = 180.0
STARTS_S: Final = 180.0
WRITTEN_S: Final = 90.0
"""A history is written each half a minute."""
STOPPED_S: Final = 120.0
"""A source whose answers are the same for a minute has stopped."""


@contextmanager
def filled(volume: Path, share: float) -> Iterator[None]:
    """Fill a volume up to a share of its size with a file of somebody else."""
    other = volume / "other"
    with other.open("wb", buffering=0) as file, suppress(OSError):  # ENOSPC: it is full
        while (usage := shutil.disk_usage(volume)).used < share * usage.total:
            file.write(BLOCK)
    try:
        yield
    finally:
        other.unlink()


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "volume"
    folder.mkdir()
    with mounted(folder, VOLUME_KIB):
        yield folder


async def test_alerts_about_full_volumes_and_a_lost_kafka_fire_on_real_servers(volume: Path, tmp_path: Path) -> None:
    stack = Stack(volume, gateways=1)
    port = free_port()
    file = volume / "generator.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    settings |= {"metrics_port": port, "max_buffered_records": WAITING_RECORDS}
    file.write_text(json.dumps(settings), encoding="utf-8")
    targets = [f"{LOOPBACK}:{port}", *(gateway.url.removeprefix("http://") for gateway in stack.gateways)]
    prometheus = PrometheusServer(tmp_path, targets)
    async with stack.running(), redis.asyncio.Redis.from_url(stack.redis.url) as client:
        await client.config_set("appendonly", "yes")
        try:
            await asyncio.to_thread(prometheus.start)
            await prometheus.until_quiet(STARTS_S, OPERATOR)

            with filled(volume, 0.85):
                await prometheus.until(firing={"FlightTrackerVolumeNearlyFull"}, within_s=FIRES_S)
                assert "FlightTrackerVolumeFull" not in await asyncio.to_thread(prometheus.firing)
            with filled(volume, 0.96):
                await prometheus.until(firing={"FlightTrackerVolumeFull"}, within_s=FIRES_S)
            await prometheus.until_quiet(STARTS_S, OPERATOR)

            with filled(volume, 1.0):
                await prometheus.until(firing={"FlightTrackerRedisNotSaved"}, within_s=FIRES_S)
            # It may have ended when it could not write. Without it, records are dropped.
            stack.kafka.kill()
            await prometheus.until(firing={"FlightTrackerRecordsDropped"}, within_s=FIRES_S)
            await asyncio.to_thread(stack.kafka.start)
            await prometheus.until_quiet(STARTS_S, OPERATOR)
        finally:
            prometheus.stop()


async def test_alerts_about_a_full_history_and_a_source_that_stopped_fire(volume: Path, tmp_path: Path) -> None:
    port = free_port()
    file = tmp_path / "small.yaml"
    async with receiver() as source, AsyncExitStack() as stack:
        file.write_text(TRACKER.format(url=source.url), encoding="utf-8")
        history = ["--history", str(volume / "history")]
        local = Role("local", [COMMAND, "local", str(file), "--port", str(port), *history], tmp_path)
        prometheus = PrometheusServer(tmp_path, [f"{LOOPBACK}:{port}"])
        stack.callback(local.kill)
        local.start()
        stack.callback(prometheus.stop)
        await asyncio.to_thread(prometheus.start)
        await prometheus.until_quiet(STARTS_S, OPERATOR)

        with filled(volume, 0.95):
            await prometheus.until(firing={"FlightTrackerHistoryVolumeNearlyFull"}, within_s=FIRES_S)
        await prometheus.until_quiet(STARTS_S, OPERATOR)
        with filled(volume, 1.0):
            await prometheus.until(firing={"FlightTrackerHistoryNotWritten"}, within_s=WRITTEN_S)
        await prometheus.until_quiet(STARTS_S, OPERATOR)

        source.stopped_s = time.time()
        await prometheus.until(firing={"FlightTrackerSourceStopped"}, within_s=STOPPED_S)
        source.stopped_s = None
        await prometheus.until_quiet(STARTS_S, OPERATOR)
