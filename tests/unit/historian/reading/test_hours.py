"""Which rows are read, and what is kept in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.names import HOUR_MS, hour_of
from flighttracker_historian.files.store import FolderStore
from flighttracker_historian.reading import hours as hours_module
from flighttracker_historian.reading.hours import Hours, TooManyRowsError
from flighttracker_historian.reading.row_groups import read_groups
from tests.example_flights import NOW_MS
from tests.history_files import MINUTE_MS, heard, write_history


class CountingStore(FolderStore):
    """A folder that counts how often each file is opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.opened: Counter[str] = Counter()

    @contextmanager
    def open(self, path: str) -> Iterator[pa.NativeFile]:
        self.opened[path.split("/")[1]] += 1
        with super().open(path) as file:
            yield file


@pytest.fixture
def opened_store(tmp_path: Path) -> CountingStore:
    write_history(tmp_path, [heard(minute) for minute in range(180)])
    return CountingStore(tmp_path)


def hours_of(store: FolderStore) -> Hours:
    kept = Kept(store)
    kept.refresh()
    if isinstance(store, CountingStore):
        store.opened.clear()
    return Hours(store, kept)


def test_an_hour_is_read_once_and_other_hours_are_not(opened_store: CountingStore) -> None:
    hours = hours_of(opened_store)
    start_ms = hour_of(NOW_MS) + HOUR_MS
    for minute in (0, 10, 50):
        rows = hours.between(start_ms + minute * MINUTE_MS, start_ms + (minute + 5) * MINUTE_MS)
        assert len(rows) == 5
    assert list(opened_store.opened.values()) == [1]
    assert hours.cached_bytes > 0


def test_a_time_of_two_hours_has_rows_of_both_in_order(opened_store: CountingStore) -> None:
    start_ms = hour_of(NOW_MS) + HOUR_MS
    rows = hours_of(opened_store).between(start_ms - 5 * MINUTE_MS, start_ms + 5 * MINUTE_MS)
    assert len(rows) == 10
    assert (rows.time_ms[1:] > rows.time_ms[:-1]).all()
    assert len(opened_store.opened) == 2


def test_a_short_end_of_a_longer_time_is_read_without_keeping_its_hour(opened_store: CountingStore) -> None:
    hours = hours_of(opened_store)
    start_ms = hour_of(NOW_MS) + HOUR_MS
    assert len(hours.between(start_ms - 5 * MINUTE_MS, start_ms + 30 * MINUTE_MS)) == 35
    one_hour = hours.cached_bytes
    hours.between(start_ms, start_ms + MINUTE_MS)
    assert list(opened_store.opened.values()) == [1, 1]
    assert hours.cached_bytes == one_hour


def test_a_new_file_of_an_hour_is_read(tmp_path: Path) -> None:
    write_history(tmp_path, [heard(0)])
    store = FolderStore(tmp_path)
    kept = Kept(store)
    kept.refresh()
    hours = Hours(store, kept)
    assert len(hours.between(NOW_MS, NOW_MS + HOUR_MS)) == 1
    write_history(tmp_path, [heard(1)], offset=10)
    kept.refresh()
    assert len(hours.between(NOW_MS, NOW_MS + HOUR_MS)) == 2


def test_memory_is_bounded(opened_store: CountingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    hours = hours_of(opened_store)
    one = hours.between(NOW_MS, NOW_MS + 1)
    assert len(one) == 1
    most = 2 * hours.cached_bytes
    monkeypatch.setattr(hours_module, "MAX_CACHED_BYTES", most)
    for hour in range(4):
        hours.between(NOW_MS + hour * HOUR_MS, NOW_MS + hour * HOUR_MS + 1)
        assert hours.cached_bytes <= most


def test_a_large_hour_is_read_in_part_and_too_many_rows_are_refused(
    opened_store: CountingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hours_module, "MAX_HOUR_ROWS", 10)
    monkeypatch.setattr(hours_module, "MAX_ROWS", 30)
    hours = hours_of(opened_store)
    start_ms = hour_of(NOW_MS) + HOUR_MS
    assert len(hours.between(start_ms, start_ms + 20 * MINUTE_MS)) == 20
    assert hours.cached_bytes == 0
    with pytest.raises(TooManyRowsError, match="ask for a shorter time"):
        hours.between(start_ms, start_ms + 40 * MINUTE_MS)


def test_row_groups_are_chosen_by_their_statistics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flighttracker_historian.files.parquet.ROWS_PER_GROUP", 10)
    write_history(
        tmp_path, [heard(minute / 10, icao24=f"{number:06x}") for number in range(20) for minute in range(10)]
    )
    store = FolderStore(tmp_path)
    kept = Kept(store)
    kept.refresh()
    [stored] = kept.files()
    assert sum(1 for _ in read_groups(store, stored.name)) == 20
    [group] = read_groups(store, stored.name, icao24="000007")
    assert group.column("icao24").cast(pa.string()).to_pylist() == ["000007"] * 10
    assert list(read_groups(store, stored.name, between_ms=(NOW_MS + HOUR_MS, NOW_MS + 2 * HOUR_MS))) == []
