"""Compaction: one file for the many small files of a shard's hour. Pure decisions, and `compact`, which blocks.

The compacted file appears whole, with the range of all its sources, and from then on they do not count. Then they are
removed. A kill in between leaves files that do not count, which the next round removes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flighttracker_historian.files.damage import parsed
from flighttracker_historian.files.names import HOUR_MS, FileName
from flighttracker_historian.files.parquet import StoredSummary, parquet_of, sorted_rows, times_ms
from flighttracker_historian.files.schema import SCHEMA
from flighttracker_historian.files.store import Store

MANY: Final = 10
"""So many files of an hour are compacted while more come."""
SETTLED_MS: Final = 5 * 60_000
"""An hour is over when positions of so much later are kept."""
MOST_ROWS: Final = 2_000_000
"""Most rows of a compacted file, about 200 MB in memory."""


def groups_to_compact(
    files: Iterable[StoredSummary],
    newest_ms: int,
    stored_offsets: Mapping[int, tuple[int, int]],
    damaged: Iterable[FileName] = (),
) -> list[list[StoredSummary]]:
    """Return the files that become one, oldest hour first; each group in order of its offsets.

    Args:
        files: the files that count.
        newest_ms: time of the newest kept position, milliseconds since 1970.
        stored_offsets: number of the log, and end of what is stored, of each shard of this historian.
        damaged: files that do not count. No group is around one, which would be removed with its sources.
    """
    places: defaultdict[tuple[int, int, int], list[StoredSummary]] = defaultdict(list)
    for stored in files:
        name = stored.name
        log, end = stored_offsets.get(name.shard, (0, 0))
        # Files of the present log may be of a range that is not complete yet.
        if name.shard in stored_offsets and (name.log != log or name.next_offset <= end):
            places[name[:3]].append(stored)
    groups: list[list[StoredSummary]] = []
    breaks: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for name in sorted(damaged):
        breaks[name[:3]].append(name.first_offset)
    for (hour_ms, shard, log), found in sorted(places.items()):
        is_over = newest_ms >= hour_ms + HOUR_MS + SETTLED_MS
        fewest = 2 if is_over else MANY
        groups += [group for group in _divided(sorted(found), breaks[hour_ms, shard, log]) if len(group) >= fewest]
    return groups


def compact(store: Store, group: Sequence[StoredSummary]) -> FileName:
    """Write one file with the rows of a group, remove the sources, and return its name.

    Raises:
        StoreError: the store is unavailable or full; no row is lost.
        FileNotFoundError: a source was removed meanwhile; nothing was changed.
        DamagedFileError: a source cannot be read; nothing was changed.
    """
    tables = [parsed(store, stored.name.path, _table_of) for stored in group]
    table = without_repeats(sorted_rows(pa.concat_tables(tables)))
    first = group[0].name
    next_offset = max(stored.name.next_offset for stored in group)
    name = FileName(first.hour_ms, first.shard, first.log, first.first_offset, next_offset)
    content, _ = parquet_of(table, name, sum(stored.summary.heard for stored in group))
    store.write(name.path, content)
    for stored in group:
        if stored.name != name:
            store.remove(stored.name.path)
    return name


def without_repeats(table: pa.Table) -> pa.Table:
    """Return sorted rows with one row for each aircraft and time.

    A historian that lost its shard without noticing may store positions that its successor stores, too.
    """
    addresses = table.column("icao24").combine_chunks().dictionary_encode().indices.to_numpy()
    times = times_ms(table)
    is_new = np.ones(len(times), np.bool_)
    is_new[1:] = (addresses[1:] != addresses[:-1]) | (times[1:] != times[:-1])
    return table if is_new.all() else table.filter(pa.array(is_new))


def _table_of(file: pa.NativeFile) -> pa.Table:
    return pq.read_table(file, schema=SCHEMA)


def _divided(files: Sequence[StoredSummary], breaks: Sequence[int]) -> list[list[StoredSummary]]:
    """Divide files, in order of their offsets, into groups of at most `MOST_ROWS`, none around one of the offsets."""
    groups: list[list[StoredSummary]] = []
    rows = passed = 0
    for stored in files:
        rows += stored.summary.rows
        before, passed = passed, bisect_left(breaks, stored.name.next_offset)
        if not groups or rows > MOST_ROWS or passed != before:
            groups.append([])
            rows = stored.summary.rows
        groups[-1].append(stored)
    return groups
