from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.writing.compaction import MANY, SETTLED_MS, compact, groups_to_compact
from tests.unit.historian.files.history_rows import HOUR_MS, put, row

HOUR_END_MS = HOUR_MS + 3_600_000


def stored(folder: Path, count: int) -> Kept:
    store = FolderStore(folder)
    for number in range(count):
        name = FileName(HOUR_MS, 0, 1, 10 * number, 10 * number + 10)
        put(store, name, row("4ca7b3", HOUR_MS + number), row("a0f1bb", HOUR_MS + number))
    kept = Kept(store)
    kept.refresh()
    return kept


def test_files_of_an_hour_that_is_over_become_one(tmp_path: Path) -> None:
    kept = stored(tmp_path, 3)
    assert groups_to_compact(kept.files(), HOUR_END_MS, {0: (1, 30)}) == []
    (group,) = groups_to_compact(kept.files(), HOUR_END_MS + SETTLED_MS, {0: (1, 30)})
    name = compact(FolderStore(tmp_path), group)
    assert name == FileName(HOUR_MS, 0, 1, 0, 30)
    kept.refresh()
    (only,) = kept.files()
    assert (only.name, only.summary.rows, only.summary.heard) == (name, 6, 6)
    assert [path.name for path in tmp_path.rglob("*.parquet")] == [Path(name.path).name]
    assert pq.read_table(tmp_path / name.path).column("icao24").to_pylist() == ["4ca7b3"] * 3 + ["a0f1bb"] * 3


def test_many_files_of_the_present_hour_become_one(tmp_path: Path) -> None:
    kept = stored(tmp_path, MANY)
    assert [len(group) for group in groups_to_compact(kept.files(), HOUR_MS, {0: (1, 10 * MANY)})] == [MANY]


def test_only_complete_ranges_of_own_shards_are_compacted(tmp_path: Path) -> None:
    kept = stored(tmp_path, 3)
    late_ms = HOUR_END_MS + SETTLED_MS
    assert [len(group) for group in groups_to_compact(kept.files(), late_ms, {0: (1, 20)})] == [2]
    assert groups_to_compact(kept.files(), late_ms, {1: (1, 30)}) == []
    assert [len(group) for group in groups_to_compact(kept.files(), late_ms, {0: (2, 0)})] == [3]


def test_positions_that_two_files_have_are_kept_once(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    put(store, FileName(HOUR_MS, 0, 1, 0, 20), row("4ca7b3", HOUR_MS), row("4ca7b3", HOUR_MS + 1))
    put(store, FileName(HOUR_MS, 0, 1, 10, 30), row("4ca7b3", HOUR_MS + 1), row("4ca7b3", HOUR_MS + 2))
    kept = Kept(store)
    kept.refresh()
    compact(store, kept.files())
    kept.refresh()
    assert [each.summary.rows for each in kept.files()] == [3]
