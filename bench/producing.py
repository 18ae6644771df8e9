"""`make bench-producing`: a tick of 20,000 records to a real Kafka, in batches and with one `send` per record.

The generator uses batches. Both use aiokafka with the same settings: the one sends a batch per partition, the other
creates a future per record. The figures are wall and CPU time of this process, as medians of several alternating ticks.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog
from flighttracker.clock import SystemClock
from flighttracker.settings import KafkaSettings
from tests.example_flights import position
from tests.servers.certificates import make_certificates
from tests.servers.kafka_server import KafkaServer

RECORDS: Final = 20_000
PARTITIONS: Final = 6
TICKS: Final = 9


def records() -> list[OutgoingRecord]:
    """Return one tick of positions."""
    now_ms, codec = SystemClock().now_ms(), PositionCodec(1)
    return [
        OutgoingRecord(
            f"{number:06x}".encode(), codec.encode(position(icao24=f"{number:06x}", position_time=now_ms)), now_ms
        )
        for number in range(RECORDS)
    ]


async def one_by_one(connection: KafkaConnection, tick: Sequence[OutgoingRecord]) -> None:
    """Produce as in aiokafka's documentation; its partitioner is also murmur2."""
    topic = connection.settings.positions_topic
    sent = [
        await connection.producer.send(topic, key=record.key, value=record.value, timestamp_ms=record.timestamp_ms)
        for record in tick
    ]
    await asyncio.gather(*sent)


async def timed(produce: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Return wall and CPU milliseconds."""
    wall_s, used_s = time.perf_counter(), time.process_time()
    await produce()
    return (time.perf_counter() - wall_s) * 1000, (time.process_time() - used_s) * 1000


async def measure(bootstrap_servers: str) -> dict[str, list[tuple[float, float]]]:
    """Return the times of each way."""
    connection = KafkaConnection(KafkaSettings(bootstrap_servers=bootstrap_servers, partitions=PARTITIONS))
    await connection.open()
    log = KafkaPositionLog(connection, SystemClock())
    await log.open()
    ways: dict[str, Callable[[], Awaitable[None]]] = {
        "batches": lambda: log.append(tick),
        "one send each": lambda: one_by_one(connection, tick),
    }
    tick = records()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(TICKS + 1):
        for name, produce in ways.items():
            taken = await timed(produce)
            if number:  # the first warms up
                times[name].append(taken)
    await connection.close()
    return times


def main() -> None:
    """Measure, print a table and one line of JSON."""
    with tempfile.TemporaryDirectory() as folder:
        server = KafkaServer(Path(folder), make_certificates(Path(folder)))
        try:
            server.start()
            times = asyncio.run(measure(server.bootstrap_servers))
        finally:
            server.stop()
    print(f"{RECORDS:,} records to {PARTITIONS} partitions, {TICKS} ticks each{'':<6}{'wall ms':>10}{'CPU ms':>10}")
    figures = {}
    for name, taken in times.items():
        wall_ms, cpu_ms = (statistics.median(column) for column in zip(*taken, strict=True))
        figures[name] = {"wall_ms": round(wall_ms), "cpu_ms": round(cpu_ms)}
        print(f"{name:<50}{wall_ms:>10.0f}{cpu_ms:>10.0f}")
    print(f"CPU of one send each / batches: {figures['one send each']['cpu_ms'] / figures['batches']['cpu_ms']:.1f}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
