"""Files of a history from example positions, for tests of every level that read one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from flighttracker.flight import FlightPosition
from flighttracker_historian.files.names import FileName, hour_of
from flighttracker_historian.files.parquet import parquet_of, sorted_rows
from flighttracker_historian.files.schema import QUANTITIES, SCHEMA, TEXTS
from flighttracker_historian.files.store import FolderStore, Store
from flighttracker_historian.reading.past_sky import Presence
from flighttracker_historian.reading.rows import DICTIONARIES, Rows, rows_of
from tests.example_flights import NOW_MS, position

PRESENCE = Presence(time_to_live_ms=300_000, stretch_ms=120_000)
MINUTE_MS = 60_000


def history_table(positions: Iterable[FlightPosition]) -> pa.Table:
    """Return positions as rows in the order of a file."""
    rows = [
        {
            "icao24": each.icao24,
            "position_time": each.position_time,
            "latitude_deg": each.latitude_deg,
            "longitude_deg": each.longitude_deg,
            **{name: getattr(each, name) for name in QUANTITIES},
            "on_ground": each.on_ground,
            "status": each.status,
            "squawk": each.squawk or None,
            "contact_delay_ms": each.last_contact - each.position_time,
            **{name: getattr(each, name) or None for name in TEXTS},
        }
        for each in positions
    ]
    return sorted_rows(pa.Table.from_pylist(rows, schema=SCHEMA))


def write_history(folder: Path, positions: Iterable[FlightPosition], *, shard: int = 0, offset: int = 0) -> None:
    """Write into a folder; the arguments are those of `store_history`."""
    store_history(FolderStore(folder), positions, shard=shard, offset=offset)


def store_history(store: Store, positions: Iterable[FlightPosition], *, shard: int = 0, offset: int = 0) -> None:
    """Write a file for each hour, as a historian does that read the positions from one offset on."""
    by_hour: defaultdict[int, list[FlightPosition]] = defaultdict(list)
    for each in positions:
        by_hour[hour_of(each.position_time)].append(each)
    for hour_ms, some in sorted(by_hour.items()):
        name = FileName(hour_ms, shard, 1, offset, offset + len(some))
        offset += len(some)
        store.write(name.path, parquet_of(history_table(some), name, len(some))[0])


def heard(minute: float, **changes: object) -> FlightPosition:
    """Return a position that was heard some minutes after `NOW_MS`."""
    time_ms = NOW_MS + round(minute * MINUTE_MS)
    return position(position_time=time_ms, last_contact=time_ms, **changes)


def rows(positions: Iterable[FlightPosition]) -> Rows:
    """Return positions as what `reading` computes with."""
    table = history_table(positions)
    for name in DICTIONARIES:
        at = table.column_names.index(name)
        table = table.set_column(at, name, table.column(name).dictionary_encode())
    return rows_of(table)
