from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flighttracker_historian.files import damage as damage_module
from flighttracker_historian.files import kept as kept_module
from flighttracker_historian.files.kept import Density, Kept, Span, current_files
from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.store import FolderStore, StoredFile
from tests.history_damages import DAMAGES, FOUND_BY_FOOTER, Damage
from tests.unit.historian.files.history_rows import HOUR_MS, put, row

MINUTE = 60_000
NOBODY = 65_534


@pytest.fixture
def folder_of_all() -> Iterator[Path]:
    """Yield a folder that other users reach; pytest's are of one user."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


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


@pytest.mark.parametrize("damage", [DAMAGES[name] for name in sorted(FOUND_BY_FOOTER)], ids=sorted(FOUND_BY_FOOTER))
def test_a_damaged_file_is_a_gap_and_said_once(
    tmp_path: Path, damage: Damage, caplog: pytest.LogCaptureFixture
) -> None:
    store = FolderStore(tmp_path)
    names = [FileName(HOUR_MS, 0, 1, at, at + 1) for at in range(3)]
    for at, name in enumerate(names):
        put(store, name, row("4ca7b3", HOUR_MS + at * MINUTE))
    file = tmp_path / names[1].path
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    kept = Kept(store)
    for _ in range(3):
        kept.refresh()
        assert [each.name for each in kept.files()] == [names[0], names[2]]
    assert kept.gaps(HOUR_MS, HOUR_MS + 3 * MINUTE) == [Span(HOUR_MS + MINUTE, HOUR_MS + 2 * MINUTE)]
    assert kept.set_aside.all_paths() == [names[1].path]
    [line] = caplog.messages
    assert names[1].path in line
    assert "restore the file from a copy, or remove it" in line
    file.write_bytes(whole)
    kept.set_aside.keep_only([])
    kept.refresh()
    assert ([each.name for each in kept.files()], len(kept.set_aside)) == (names, 0)


def test_a_restored_file_counts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(damage_module, "RETRY_S", 0.0)
    store, name = FolderStore(tmp_path), FileName(HOUR_MS, 0, 1, 0, 1)
    put(store, name, row("4ca7b3", HOUR_MS))
    whole = (tmp_path / name.path).read_bytes()
    (tmp_path / name.path).write_bytes(whole[:-1])
    kept = Kept(store)
    kept.refresh()
    assert (kept.files(), len(kept.set_aside)) == ([], 1)
    (tmp_path / name.path).write_bytes(whole)
    kept.refresh()
    assert (len(kept.files()), len(kept.set_aside)) == (1, 0)


def test_sources_count_while_their_compacted_file_is_damaged(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    sources = [FileName(HOUR_MS, 0, 1, at, at + 1) for at in range(2)]
    for name in sources:
        put(store, name, row("4ca7b3", HOUR_MS + name.first_offset))
    store.write(FileName(HOUR_MS, 0, 1, 0, 2).path, pa.py_buffer(b"no Parquet"))
    kept = Kept(store)
    kept.refresh()
    assert [each.name for each in kept.files()] == sources


def test_a_file_that_claims_other_rows_than_it_may_have_does_not_count(tmp_path: Path) -> None:
    store, name = FolderStore(tmp_path), FileName(HOUR_MS, 0, 1, 0, 1)
    put(store, name, row("4ca7b3", HOUR_MS + 2 * 60 * MINUTE))
    put(store, name._replace(first_offset=1, next_offset=2), row("4ca7b3", HOUR_MS))
    other = FileName(HOUR_MS, 0, 1, 2, 3)
    table = pq.read_table(tmp_path / name.path).drop_columns(["status"])
    (tmp_path / other.path).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, tmp_path / other.path)
    kept = Kept(store)
    kept.refresh()
    assert [each.name.first_offset for each in kept.files()] == [1]


def test_a_file_of_a_distant_future_does_not_count(tmp_path: Path) -> None:
    store, name = FolderStore(tmp_path), FileName(HOUR_MS, 0, 1, 0, 1)
    year_9999_ms = 253_402_297_200_000
    put(store, name, row("4ca7b3", HOUR_MS))
    put(store, name._replace(hour_ms=year_9999_ms, first_offset=1, next_offset=2), row("4ca7b3", year_9999_ms))
    kept = Kept(store)
    kept.refresh()
    assert (kept.span, len(kept.set_aside)) == (Span(HOUR_MS, HOUR_MS + 1), 1)


def test_a_file_without_the_right_to_read_it_costs_no_other(folder_of_all: Path) -> None:
    store = FolderStore(folder_of_all)
    names = [FileName(HOUR_MS, 0, 1, at, at + 1) for at in range(2)]
    for name in names:
        put(store, name, row("4ca7b3", HOUR_MS))
    (folder_of_all / names[0].path).chmod(0)
    kept = Kept(store)
    user = os.geteuid()
    # The user root may read everything.
    os.seteuid(NOBODY if user == 0 else user)
    try:
        kept.refresh()
    finally:
        os.seteuid(user)
    assert [each.name for each in kept.files()] == names[1:]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    name = FileName(HOUR_MS, 0, 1, 0, 1)
    (tmp_path / name.path).parent.mkdir(parents=True)
    os.mkfifo(tmp_path / name.path)
    assert FolderStore(tmp_path).files() == []


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
