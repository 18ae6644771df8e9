"""`make bench-history`: what a kept position costs the historian, how large it is, and how exact.

Records in columns, as the log returns them, to compacted files: simulated traffic once a second and once in 15 s, and
with OPENSKY_STATES a real answer whose aircraft turn, as receivers hear them. Beside it the same files without
thinning, and the bytes of readsb's traces (`readsb_traces`). The error of a position is its distance from where the
last kept row of its aircraft says it is. CPU time is that of the process, with compression and compaction; Kafka itself
is not in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from bench.frames import SHARDS, START_MS
from bench.readsb_traces import trace_bytes
from bench.view_traffic import TurningTraffic

from flighttracker.avro import PositionCodec
from flighttracker.block_reader import BlockReader
from flighttracker.bus.base import StoredRecord
from flighttracker.bus.record_block import RecordBlock
from flighttracker.flight import FlightPosition
from flighttracker.partition import shard_of
from flighttracker_generator.encoding import RecordEncoder
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.motion import distance_m, predict
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.writing.batch import write_batch
from flighttracker_historian.writing.compaction import SETTLED_MS, compact, groups_to_compact
from flighttracker_historian.writing.shard_rows import ShardRows
from flighttracker_historian.writing.shard_writer import LATEST_MS, ShardWriter

TOLERANCE_M: Final = 30.0
MOST_LATITUDE_DEG: Final = 85.0
REAL_ONE_IN: Final = 25
REAL_S: Final = 1_800
"""Their climbs never end: after half an hour some are in space."""
SILENCE_MS: Final = 60_000
FLUSH_S: Final = 60
DAY_POSITIONS: Final = 10_000 * 24 * 3600 // 15
HOUR_MS: Final = 3_600_000

Second = Sequence[tuple[bytes, bytes]]
"""The records of a second: key and value."""


class Figures(NamedTuple):
    """What one way of keeping costs.

    Attributes:
        positions: how many were heard.
        rows: how many were kept.
        cpu_us: microseconds per position.
        bytes_each: bytes per position.
        error_m: 99th percentile of the error.
        most_error_m: largest error.
        readsb_bytes_each: bytes per position of readsb's traces of the same traffic.
        readsb_points: points of these traces.
    """

    positions: int
    rows: int
    cpu_us: float
    bytes_each: float
    error_m: float
    most_error_m: float
    readsb_bytes_each: float
    readsb_points: int


def simulated(aircraft: int, seconds: int, interval_s: float) -> Iterator[Second]:
    """Yield the records of each second of a simulated fleet, which reports once in `interval_s`."""
    traffic, encoder = Traffic(make_fleet(aircraft, {}, 1, 0, 1)), RecordEncoder(PositionCodec())
    for second in range(seconds):
        now_ms = START_MS + second * 1000
        rows = traffic.due(0 if second == 0 else now_ms - 1000, now_ms, interval_s)
        encoded, _ = asyncio.run(encoder.encode(traffic.batch(rows, now_ms), now_ms))
        yield [(record.key, record.value) for records in encoded for record in records]


def real(path: Path, seconds: int) -> Iterator[Second]:
    """Yield the records of each second of real aircraft that turn."""
    tick, codec = TurningTraffic(path, one_in=REAL_ONE_IN), PositionCodec()
    for second in range(seconds):
        # Some of them come to a pole within half an hour, and their model ends there.
        flying = [position for position in tick(second) if abs(position.latitude_deg) < MOST_LATITUDE_DEG]
        yield [(position.icao24.encode(), codec.encode(position)) for position in flying]


def measure(seconds: Callable[[], Iterator[Second]], tolerance_m: float) -> Figures:
    """Keep all records in a new folder, and return what that costs."""
    with tempfile.TemporaryDirectory(prefix="flighttracker-") as folder:
        store = FolderStore(Path(folder))
        reader = BlockReader(PositionCodec(), LATEST_MS)
        writers = [ShardWriter(shard, 1, 0, ShardRows(tolerance_m, SILENCE_MS)) for shard in range(SHARDS)]
        offsets = [0] * SHARDS
        spent_s = 0.0
        heard = Heard()
        for number, records in enumerate(seconds()):
            now_ms = START_MS + number * 1000
            by_shard: defaultdict[int, list[bytes]] = defaultdict(list)
            for key, value in records:
                by_shard[shard_of(key, SHARDS)].append(value)
            heard.add([value for values in by_shard.values() for value in values])
            blocks = [(shard, _block(values, offsets[shard], now_ms)) for shard, values in sorted(by_shard.items())]
            began_s = time.process_time()
            for shard, block in blocks:
                if writers[shard].hold(block):
                    assert not writers[shard].read(reader)
                offsets[shard] += len(block)
            if number % FLUSH_S == FLUSH_S - 1:
                _store(writers, reader, store)
                _compact(writers, store, newest_ms=now_ms)
            spent_s += time.process_time() - began_s
        began_s = time.process_time()
        _store(writers, reader, store)
        _compact(writers, store, newest_ms=START_MS + 48 * HOUR_MS)
        spent_s += time.process_time() - began_s
        kept = Kept(store)
        kept.refresh()
        rows = sum(stored.summary.rows for stored in kept.files())
        errors = heard.errors_m(Path(folder))
        count = len(errors)
        # It is the same for every way of keeping.
        readsb_size, readsb_points = trace_bytes(heard.positions) if tolerance_m else (0, 0)
        return Figures(
            count,
            rows,
            spent_s / count * 1e6,
            kept.size_bytes / count,
            float(np.percentile(errors, 99)),
            float(errors.max()),
            readsb_size / count,
            readsb_points,
        )


def _block(values: Sequence[bytes], first: int, now_ms: int) -> RecordBlock:
    return RecordBlock(values, lambda place: StoredRecord(first + place, b"", values[place], now_ms))


def _store(writers: Sequence[ShardWriter], reader: BlockReader, store: FolderStore) -> None:
    for writer in writers:
        assert not writer.read(reader)
        if (batch := writer.take()) is not None:
            write_batch(store, batch)
            writer.stored_offset = batch.next_offset


def _compact(writers: Sequence[ShardWriter], store: FolderStore, newest_ms: int) -> None:
    kept = Kept(store)
    kept.refresh()
    offsets = {writer.shard: (writer.log, writer.stored_offset) for writer in writers}
    for group in groups_to_compact(kept.files(), newest_ms + SETTLED_MS, offsets):
        compact(store, group)


class Heard:
    """All positions that were heard, to compare the kept ones with."""

    def __init__(self) -> None:
        self._codec = PositionCodec()
        self.positions: list[FlightPosition] = []
        self._rows: list[tuple[int, int, float, float]] = []

    def add(self, values: Sequence[bytes]) -> None:
        """Add the positions of records."""
        for value in values:
            found = self._codec.decode(value)
            self.positions.append(found)
            self._rows.append((int(found.icao24, 16), found.position_time, found.latitude_deg, found.longitude_deg))

    def errors_m(self, folder: Path) -> Any:
        """Return the distance (n) of each position from where the files in a folder show its aircraft, metres."""
        columns = ["icao24", "position_time", "latitude_deg", "longitude_deg", "ground_speed_mps", "track_deg"]
        table = pq.read_table(folder, columns=columns, partitioning=None)
        address = np.array([int(text, 16) for text in table.column("icao24").to_pylist()], np.int64)
        times = table.column("position_time").cast("int64").to_numpy()
        order = np.lexsort((times, address))
        kept = [table.column(name).to_numpy().astype(np.float64)[order] for name in columns[2:]]
        rows = np.array(sorted(set(self._rows)))
        keys = _keys(address[order], times[order])
        at = np.searchsorted(keys, _keys(rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64)), "right") - 1
        assert (address[order][at] == rows[:, 0]).all(), "the first position of an aircraft is kept"
        latitude, longitude, speed, track = (column[at] for column in kept)
        shown = predict(latitude, longitude, speed, track, (rows[:, 1] - times[order][at]) / 1000)
        return distance_m(*shown, rows[:, 2], rows[:, 3])


def _keys(addresses: Any, times_ms: Any) -> Any:
    """Return one integer for an address and a time of a few days."""
    return addresses * 2**36 + (times_ms - START_MS + 2**34)


def main() -> None:
    """Print a table, then the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aircraft", type=int, default=4_000)
    parser.add_argument("--seconds", type=int, default=180)
    parser.add_argument("--opensky", type=Path, default=os.environ.get("OPENSKY_STATES"), help="an OpenSky answer")
    arguments = parser.parse_args()
    ways: dict[str, Callable[[], Iterator[Second]]] = {
        "simulated, 1 s": lambda: simulated(arguments.aircraft, arguments.seconds, 1.0),
        "simulated, 15 s": lambda: simulated(arguments.aircraft, 3_600, 15.0),
    }
    if arguments.opensky is None:
        print("real traffic was not measured: set OPENSKY_STATES to a saved answer of OpenSky's /api/states/all")
    else:
        ways["real, turning, 1 s"] = lambda: real(arguments.opensky, REAL_S)
    heads = {"kept": 8, "positions": 12, "rows": 10, "us": 8, "bytes": 8, "p99 m": 8, "most m": 8, "readsb": 8}
    print(f"{'traffic':<20}" + "".join(f"{head:>{width}}" for head, width in heads.items()))
    found: dict[str, dict[str, float]] = {}
    for name, seconds in ways.items():
        for kept, tolerance_m in (("thinned", TOLERANCE_M), ("all", 0.0)):
            one = measure(seconds, tolerance_m)
            print(
                f"{name:<20}{kept:>8}{one.positions:>12,}{one.rows:>10,}{one.cpu_us:>8.2f}{one.bytes_each:>8.2f}"
                f"{one.error_m:>8.1f}{one.most_error_m:>8.1f}{one.readsb_bytes_each:>8.2f}",
                flush=True,
            )
            found[f"{name}, {kept}"] = {key: round(value, 3) for key, value in one._asdict().items()}
    day_mb = found["simulated, 15 s, thinned"]["bytes_each"] * DAY_POSITIONS / 1e6
    print(f"a day of 10,000 aircraft at 15 s: about {day_mb:.0f} MB")
    print(json.dumps({**found, "day_mb": round(day_mb, 1)}))


if __name__ == "__main__":
    main()
