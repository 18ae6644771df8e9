"""`Batch`: the rows of a range of offsets on their way into files. `write_batch` blocks: `historian` uses a thread."""

from __future__ import annotations

from typing import NamedTuple

import pyarrow as pa

from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.parquet import parquet_of, times_ms
from flighttracker_historian.files.store import Store
from flighttracker_historian.writing.rows import by_hour


class Batch(NamedTuple):
    """Rows of one shard that are stored together.

    Attributes:
        shard: number of the shard.
        log: number of the log.
        first_offset: offset of the first record.
        next_offset: offset behind the last record.
        table: the rows, in the order of a file.
        heard: number of positions that were heard.
    """

    shard: int
    log: int
    first_offset: int
    next_offset: int
    table: pa.Table
    heard: int


def write_batch(store: Store, batch: Batch) -> list[FileName]:
    """Write one file for each hour, and return their names. Repeating it replaces the same files.

    Raises:
        StoreError: the store is unavailable or full; some of the files may be there.
    """
    hours = by_hour(batch.table, times_ms(batch.table))
    names: list[FileName] = []
    for part, (hour_ms, table) in enumerate(hours, start=1):
        name = FileName(hour_ms, *batch[:4], part, len(hours))
        # The positions that were heard are counted once, in the newest hour.
        content, _ = parquet_of(table, name, batch.heard if part == len(hours) else 0)
        store.write(name.path, content)
        names.append(name)
    return names
