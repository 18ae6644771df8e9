"""A position log on the broker of a test, with topics and a group of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

from flighttracker.bus.base import OutgoingRecord, Records, StoredRecord
from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog, KafkaRejectedLog
from flighttracker.clock import SystemClock
from flighttracker.errors import BusError
from flighttracker.settings import KafkaSettings
from tests.servers.kafka_server import KafkaServer

SHARDS: Final = 4
WAIT_S: Final = 30.0
"""The longest wait of a test; a busy machine needs it, an idle one a tenth."""


def settings_of(server: KafkaServer, **changes: object) -> KafkaSettings:
    name = uuid4().hex
    fields: dict[str, object] = {
        "bootstrap_servers": server.bootstrap_servers,
        "positions_topic": f"flights-{name}",
        "rejected_topic": f"flights-{name}.rejected",
        "group": f"gateways-{name}",
        "partitions": SHARDS,
        "heartbeat_interval_s": 0.1,
        **changes,
    }
    return KafkaSettings(**fields)  # type: ignore[arg-type]


@asynccontextmanager
async def opened(settings: KafkaSettings) -> AsyncIterator[tuple[KafkaPositionLog, KafkaRejectedLog]]:
    """Open both logs, and close them; errors of the broker are raised."""
    connection = KafkaConnection(settings)
    positions = KafkaPositionLog(connection, SystemClock())
    try:
        await connection.open()
        await positions.open()
        yield positions, KafkaRejectedLog(connection)
    finally:
        await connection.close()


@asynccontextmanager
async def opened_at_last(settings: KafkaSettings) -> AsyncIterator[tuple[KafkaPositionLog, KafkaRejectedLog]]:
    """Open both logs, with retries: a broker that has just restarted has no controller yet."""
    connection = KafkaConnection(settings)
    positions = KafkaPositionLog(connection, SystemClock())
    try:
        await at_last(connection.open)
        await at_last(positions.open)
        yield positions, KafkaRejectedLog(connection)
    finally:
        await connection.close()


async def at_last(attempt: Callable[[], Awaitable[None]]) -> None:
    """Retry until the bus succeeds."""
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                await attempt()
            except BusError:
                await asyncio.sleep(0.1)
            else:
                return


def record(number: int) -> OutgoingRecord:
    return OutgoingRecord(f"{number % 1000:06x}".encode(), b"%d" % number, SystemClock().now_ms())


async def read_records(log: KafkaPositionLog, count: int) -> list[tuple[int, StoredRecord]]:
    """Return this many records of the last minute, each with its shard."""
    read: list[tuple[int, StoredRecord]] = []
    async with asyncio.timeout(WAIT_S), log.read(replay_ms=60_000) as events:
        while len(read) < count:
            event = await anext(events)
            if isinstance(event, Records):
                read.extend((event.shard, stored) for stored in event.records)
    return read
