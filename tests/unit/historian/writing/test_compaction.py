from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flighttracker_historian.files.damage import DamagedFileError
from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.names import FileName, parse_path
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.writing.compaction import MANY, SETTLED_MS, compact, groups_to_compact
from tests.history_damages import DAMAGES
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


def test_no_group_is_around_a_damaged_file(tmp_path: Path) -> None:
    kept = stored(tmp_path, 5)
    damaged = kept.files()[2].name
    (tmp_path / damaged.path).write_bytes(b"no Parquet")
    kept = Kept(FolderStore(tmp_path))
    kept.refresh()
    aside = [parse_path(path) for path in kept.set_aside.all_paths()]
    assert aside == [damaged]
    groups = groups_to_compact(kept.files(), HOUR_END_MS + SETTLED_MS, {0: (1, 50)}, [damaged])
    assert [[each.name.first_offset for each in group] for group in groups] == [[0, 10], [30, 40]]


def test_a_source_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    kept = stored(tmp_path, 3)
    damaged = tmp_path / kept.files()[1].name.path
    damaged.write_bytes(DAMAGES["rows"](damaged.read_bytes()))
    before = sorted(tmp_path.rglob("*.parquet"))
    with pytest.raises(DamagedFileError) as error:
        compact(FolderStore(tmp_path), kept.files())
    assert tmp_path / error.value.path == damaged
    assert sorted(tmp_path.rglob("*.parquet")) == before


def test_positions_that_two_files_have_are_kept_once(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    put(store, FileName(HOUR_MS, 0, 1, 0, 20), row("4ca7b3", HOUR_MS), row("4ca7b3", HOUR_MS + 1))
    put(store, FileName(HOUR_MS, 0, 1, 10, 30), row("4ca7b3", HOUR_MS + 1), row("4ca7b3", HOUR_MS + 2))
    kept = Kept(store)
    kept.refresh()
    compact(store, kept.files())
    kept.refresh()
    assert [each.summary.rows for each in kept.files()] == [3]
