"""`make bench-ingest`: the CPU of one position in the generator and in the gateway that owns its shard.

Generator: traffic to record batches, as they go to Kafka. Gateway: record batches, as aiokafka receives them, to the
frames of each tick and to one picture of them. 20,000 simulated aircraft report once a second, in ten steps, over six
shards. The figures are medians over ticks of the process's CPU time; Kafka itself is not in them (`bench-backbone`).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import ConsumerRecord
from bench.frames import SHARDS, START_MS

from flighttracker.avro import PositionCodec
from flighttracker.avro_columns import values_of
from flighttracker.block_reader import BlockReader
from flighttracker.bus.base import OutgoingRecord, StoredRecord
from flighttracker.bus.kafka.batches import record_batches
from flighttracker.bus.outgoing_block import OutgoingBlock
from flighttracker.flight import refuse_out_of_range
from flighttracker.partition import shard_of
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from flighttracker_generator.encoding import RecordEncoder
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from flighttracker_generator.sources.simulated import STEP_MS

TIME_TO_LIVE_MS: Final = 300_000
MAX_BATCH_BYTES: Final = 512 * 1024
WARM_TICKS: Final = 2
Batches = Sequence[tuple[int, bytes]]
"""Record batches as in Kafka's log, each with its shard."""


class Spent:
    """CPU time by stage, of one tick."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Add the CPU time of the block to a stage."""
        began_s = time.process_time()
        yield
        self.seconds[stage] += time.process_time() - began_s


class ObjectGenerator:
    """Traffic to record batches, with an object for each position."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._codec = PositionCodec()

    def step(self, since_ms: int, now_ms: int, spent: Spent) -> tuple[int, Batches]:
        """Return the number of positions of a step, and their batches."""
        with spent.on("traffic"):
            rows = self._traffic.due(since_ms, now_ms, 1.0)
            positions = self._traffic.positions(rows, now_ms)
        with spent.on("Avro and records"):
            records = [
                OutgoingRecord(position.icao24.encode(), self._codec.encode(position), position.position_time)
                for position in positions
            ]
        with spent.on("batches"):
            batches = _batches_of(records)
        return len(rows), batches


class ColumnGenerator:
    """Traffic to record batches as the generator does it: columns."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._encoder = RecordEncoder(PositionCodec())

    def step(self, since_ms: int, now_ms: int, spent: Spent) -> tuple[int, Batches]:
        """Return the number of positions of a step, and their batches."""
        with spent.on("traffic"):
            rows = self._traffic.due(since_ms, now_ms, 1.0)
            positions = self._traffic.batch(rows, now_ms)
        with spent.on("Avro and records"):
            encoded, refused = asyncio.run(self._encoder.encode(positions, now_ms))
            assert not refused
        with spent.on("batches"):
            batches = [(shard, data) for records in encoded for shard, data in _batches_of(records)]
        return len(rows), batches


def _batches_of(records: Sequence[OutgoingRecord]) -> Batches:
    """Return the batches of one append, as `KafkaPositionLog` creates them."""
    if isinstance(records, OutgoingBlock):
        return [(shard, data) for shard, data, _ in record_batches(records, SHARDS, MAX_BATCH_BYTES)]
    by_shard: defaultdict[int, list[OutgoingRecord]] = defaultdict(list)
    for record in records:
        by_shard[shard_of(record.key, SHARDS)].append(record)
    return [(shard, _batch_of(own)) for shard, own in sorted(by_shard.items())]


def _batch_of(records: Sequence[OutgoingRecord]) -> bytes:
    builder = BatchBuilder(MAX_BATCH_BYTES, 0)
    for record in records:
        builder.append(timestamp=record.timestamp_ms, key=record.key, value=record.value, headers=[])
    return bytes(builder._build())


class ObjectGateway:
    """Record batches to frames, with an object for each position."""

    def __init__(self) -> None:
        self._codec = PositionCodec()
        self._owners = [_owner(shard) for shard in range(SHARDS)]
        self._picture = Picture()

    def read(self, batches: Batches, now_ms: int, spent: Spent) -> None:
        """Read batches into the owners."""
        for shard, batch in batches:
            with spent.on("records"):
                records = [
                    StoredRecord(each.offset, each.key, each.value, each.timestamp, each.headers)
                    for each in _consumed(shard, batch)
                ]
            with spent.on("decode"):
                positions = [self._codec.decode(record.value) for record in records]
            with spent.on("state of the shard"):
                for position in positions:
                    refuse_out_of_range(position, now_ms, now_ms - TIME_TO_LIVE_MS)
                    self._owners[shard].hear(position)

    def tick(self, tick_time_ms: int, spent: Spent) -> list[bytes]:
        """Return the frames of a tick, which are applied to the picture."""
        return _tick(self._owners, self._picture, tick_time_ms, spent)


class ColumnGateway:
    """Record batches to frames as the gateway does it: columns."""

    def __init__(self) -> None:
        self._owners = [_owner(shard) for shard in range(SHARDS)]
        self._picture = Picture()
        self._reader = BlockReader(PositionCodec(), TIME_TO_LIVE_MS)

    def read(self, batches: Batches, now_ms: int, spent: Spent) -> None:
        """Read batches into the owners."""
        for shard, batch in batches:
            with spent.on("records"):
                values = values_of([record.value for record in _consumed(shard, batch)])
            with spent.on("state of the shard"):
                assert not self._reader.read(self._owners[shard].fleet, values, now_ms)

    def tick(self, tick_time_ms: int, spent: Spent) -> list[bytes]:
        """Return the frames of a tick, which are applied to the picture."""
        return _tick(self._owners, self._picture, tick_time_ms, spent)


def _owner(shard: int) -> ShardOwner:
    return ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=TIME_TO_LIVE_MS, max_aircraft=100_000)


def _tick(owners: Sequence[ShardOwner], picture: Picture, tick_time_ms: int, spent: Spent) -> list[bytes]:
    with spent.on("frames"):
        frames = [owner.tick(tick_time_ms) for owner in owners]
    with spent.on("picture"):
        for frame in frames:
            picture.apply(frame)
    return frames


def _consumed(shard: int, batch: bytes) -> list[ConsumerRecord]:
    """Return the records of a batch as aiokafka's fetcher creates them."""
    found = MemoryRecords(batch)
    records = []
    while found.has_next():
        next_batch = found.next_batch()
        assert next_batch.validate_crc()
        records += [
            ConsumerRecord(
                "flights",
                shard,
                record.offset,
                record.timestamp,
                record.timestamp_type,
                record.key,
                record.value,
                record.checksum,
                len(record.key),
                len(record.value),
                tuple(record.headers),
            )
            for record in next_batch
        ]
    return records


def _contents(batches: Batches) -> set[tuple[int, bytes, bytes, int]]:
    return {
        (shard, record.key, record.value, record.timestamp)
        for shard, batch in batches
        for record in _consumed(shard, batch)
    }


def measure(aircraft: int, ticks: int) -> Mapping[str, Mapping[str, list[float]]]:
    """Return the microseconds per position of each tick, by way and stage."""
    fleet = make_fleet(aircraft, {}, 1, 0, 1)
    generators: dict[str, ObjectGenerator | ColumnGenerator] = {
        "objects": ObjectGenerator(Traffic(fleet)),
        "columns": ColumnGenerator(Traffic(fleet)),
    }
    gateways: dict[str, ObjectGateway | ColumnGateway] = {"objects": ObjectGateway(), "columns": ColumnGateway()}
    measured: dict[str, defaultdict[str, list[float]]] = {}
    gc.freeze()
    for tick in range(WARM_TICKS + ticks):
        end_ms = START_MS + tick * 1000
        moments = [end_ms] if tick == 0 else range(end_ms - 1000 + STEP_MS, end_ms + 1, STEP_MS)
        spent = {
            f"{role} {way}": Spent()
            for role, ways in (("generator", generators), ("gateway", gateways))
            for way in ways
        }
        positions = 0
        for now_ms in moments:
            since_ms = 0 if tick == 0 else now_ms - STEP_MS
            (count, batches), others = [
                generator.step(since_ms, now_ms, spent[f"generator {way}"]) for way, generator in generators.items()
            ]
            assert _contents(batches) == _contents(others[1]), "both ways give the same records"
            positions += count
            for way, gateway in gateways.items():
                gateway.read(batches, now_ms, spent[f"gateway {way}"])
        frames = [gateway.tick(end_ms, spent[f"gateway {way}"]) for way, gateway in gateways.items()]
        assert frames[0] == frames[1], "both ways give the same frames"
        if tick >= WARM_TICKS:
            for name, one in spent.items():
                stages = measured.setdefault(name, defaultdict(list))
                for stage, seconds in one.seconds.items():
                    stages[stage].append(seconds / positions * 1e6)
                stages["sum"].append(sum(one.seconds.values()) / positions * 1e6)
    return measured


def main() -> None:
    """Print a table, then the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, default=20_000)
    parser.add_argument("--ticks", type=int, default=15)
    arguments = parser.parse_args()
    measured = measure(arguments.aircraft, arguments.ticks)
    print(f"{'CPU µs per position, median (fastest to slowest tick)':<60}")
    for name, stages in measured.items():
        for stage, values in stages.items():
            spread = f"({min(values):.2f} to {max(values):.2f})"
            print(f"{name:<20} {stage:<20} {statistics.median(values):7.2f}  {spread}")
    figures = {
        f"{role}_us_per_position": round(statistics.median(measured[f"{role} columns"]["sum"]), 2)
        for role in ("gateway", "generator")
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
