from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from flighttracker_historian.files import kept as kept_module
from flighttracker_historian.files.kept import Density, Kept, Span, current_files
from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.store import FolderStore, StoredFile
from tests.unit.historian.files.history_rows import HOUR_MS, put, row

MINUTE = 60_000


def stored(*names: FileName) -> list[StoredFile]:
    return [StoredFile(name.path, 1) for name in names]


def test_nothing_is_kept_before_the_first_file(tmp_path: Path) -> None:
    kept = Kept(FolderStore(tmp_path / "none"))
    kept.refresh()
    assert (kept.span, kept.files(), kept.size_bytes) == (None, [], 0)
    assert kept.gaps(0, MINUTE) == [Span(0, MINUTE)]


def test_a_compacted_file_replaces_those_that_it_includes() -> None:
    first, second, third = (FileName(HOUR_MS, 0, 1, at, at + 10) for at in (0, 10, 20))
    compacted = FileName(HOUR_MS, 0, 1, 0, 20)
    others = (first._replace(shard=1), first._replace(log=2), first._replace(hour_ms=HOUR_MS + 3_600_000))
    found = current_files([*stored(first, second, third, compacted, *others), StoredFile("README.md", 1)])
    assert {each.path for each in found} == {each.path for each in (compacted, third, *others)}


def test_files_are_chosen_by_the_times_of_their_rows(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    early, late = FileName(HOUR_MS, 0, 1, 0, 1), FileName(HOUR_MS, 0, 1, 1, 2)
    put(store, early, row("4ca7b3", HOUR_MS))
    put(store, late, row("4ca7b3", HOUR_MS + 10 * MINUTE))
    kept = Kept(store)
    kept.refresh()
    assert [each.name for each in kept.files()] == [early, late]
    assert [each.name for each in kept.files(HOUR_MS + 1)] == [late]
    assert [each.name for each in kept.files(to_ms=HOUR_MS + 10 * MINUTE)] == [early]
    assert kept.span == Span(HOUR_MS, HOUR_MS + 10 * MINUTE + 1)
    assert kept.size_bytes == sum(path.stat().st_size for path in tmp_path.rglob("*.parquet"))


def test_files_of_a_period_are_found_without_looking_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, hour = FolderStore(tmp_path), 60 * MINUTE
    for number in range(8):
        at = HOUR_MS + number * hour
        for shard in (1, 0):
            put(store, FileName(at, shard, 1, number, number + 1), row("4ca7b3", at + 5 * MINUTE + shard))
    kept = Kept(store)
    kept.refresh()
    every = kept.files()
    monkeypatch.setattr(kept_module, "sorted", None, raising=False)
    for from_ms in range(HOUR_MS - hour, HOUR_MS + 9 * hour, 15 * MINUTE):
        for to_ms in (from_ms, from_ms + 1, from_ms + 7 * MINUTE, from_ms + 3 * hour):
            times = [(stored, stored.summary.first_time_ms, stored.summary.last_time_ms) for stored in every]
            wanted = [stored for stored, first_ms, last_ms in times if last_ms >= from_ms and first_ms < to_ms]
            assert kept.files(from_ms, to_ms) == wanted


def test_minutes_without_aircraft_are_gaps(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    put(store, FileName(HOUR_MS, 0, 1, 0, 3), row("4ca7b3", HOUR_MS), row("4ca7b3", HOUR_MS + 3 * MINUTE))
    put(store, FileName(HOUR_MS, 1, 1, 0, 2), row("a0f1bb", HOUR_MS), row("a0f1bc", HOUR_MS + MINUTE))
    kept = Kept(store)
    kept.refresh()
    assert kept.gaps(HOUR_MS + 1_000, HOUR_MS + 5 * MINUTE) == [
        Span(HOUR_MS + 2 * MINUTE, HOUR_MS + 3 * MINUTE),
        Span(HOUR_MS + 4 * MINUTE, HOUR_MS + 5 * MINUTE),
    ]
    assert kept.density(HOUR_MS, HOUR_MS + 4 * MINUTE, 2 * MINUTE) == [
        Density(HOUR_MS, 2),
        Density(HOUR_MS + 2 * MINUTE, 1),
    ]


def test_removed_and_foreign_files_do_not_count(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    name, damaged = FileName(HOUR_MS, 0, 1, 0, 1), FileName(HOUR_MS, 0, 1, 1, 2)
    put(store, name, row("4ca7b3", HOUR_MS))
    store.write(damaged.path, pa.py_buffer(b"no Parquet"))
    kept = Kept(store)
    kept.refresh()
    assert [each.name for each in kept.files()] == [name]
    store.remove(name.path)
    kept.refresh()
    assert kept.files() == []
