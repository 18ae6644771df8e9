"""Reads the part of a file that a question needs: row groups by their statistics, and some columns. Blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flighttracker_historian.files.damage import TRIES, UNREADABLE, DamagedFileError, check_store
from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.schema import SCHEMA
from flighttracker_historian.files.store import Store
from flighttracker_historian.reading.rows import DICTIONARIES

ALL: Final = tuple(SCHEMA.names)
ALWAYS: Final = (-(2**62), 2**62)


def read_groups(
    store: Store,
    name: FileName,
    *,
    columns: Sequence[str] = ALL,
    between_ms: tuple[int, int] = ALWAYS,
    icao24: str | None = None,
) -> Iterator[pa.Table]:
    """Yield rows of a file in its order, those of one row group at a time; texts are dictionaries.

    Args:
        store: where the file is.
        name: the file.
        columns: names of columns; `icao24` and `position_time` are among them.
        between_ms: rows from the first time to before the second only, milliseconds since 1970.
        icao24: rows of this aircraft only, six lower-case hexadecimal digits.

    Raises:
        DamagedFileError: the file cannot be read any further, and the store works.
        FileNotFoundError: it was removed meanwhile.
        StoreError: the store is unavailable.
    """
    dictionaries = [column for column in DICTIONARIES if column in columns]
    done = 0
    for _ in range(TRIES):
        try:
            with store.open(name.path) as source, pq.ParquetFile(source, read_dictionary=dictionaries) as file:
                for group in range(done, file.num_row_groups):
                    if _may_have(file.metadata.row_group(group), between_ms, icao24):
                        table = file.read_row_group(group, columns=list(columns), use_threads=False)
                        done = group + 1
                        yield _filtered(table, between_ms, icao24)
        except FileNotFoundError:
            raise
        except UNREADABLE as error:
            check_store(store, name.path)
            last = error
        else:
            return
    raise DamagedFileError(name.path, last) from last


def _may_have(group: Any, between_ms: tuple[int, int], icao24: str | None) -> bool:
    for at in range(group.num_columns):
        column = group.column(at)
        found = column.statistics
        if found is None or not found.has_min_max:
            continue
        if column.path_in_schema == "icao24" and icao24 is not None and not found.min <= icao24 <= found.max:
            return False
        if column.path_in_schema == "position_time" and not (
            _ms(found.min) < between_ms[1] and _ms(found.max) >= between_ms[0]
        ):
            return False
    return True


def _ms(moment: datetime | int) -> int:
    if isinstance(moment, int):
        return moment
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def _filtered(table: pa.Table, between_ms: tuple[int, int], icao24: str | None) -> pa.Table:
    if between_ms != ALWAYS:
        times = table.column("position_time").cast(pa.int64())
        table = table.filter(pc.and_(pc.greater_equal(times, between_ms[0]), pc.less(times, between_ms[1])))
    if icao24 is not None:
        table = table.filter(pc.equal(table.column("icao24").cast(pa.string()), icao24))
    return table
