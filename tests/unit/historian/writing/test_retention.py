from __future__ import annotations

from flighttracker_historian.files.names import HOUR_MS, FileName
from flighttracker_historian.files.parquet import StoredSummary, Summary
from flighttracker_historian.writing.retention import files_to_remove

FILES = [
    StoredSummary(FileName(hour * HOUR_MS, 0, 1, hour, hour + 1), 100, Summary(1, 1, hour * HOUR_MS, last, ()))
    for hour in range(4)
    for last in [hour * HOUR_MS + HOUR_MS - 1]
]
NOW_MS = 4 * HOUR_MS


def hours(removed: list[StoredSummary]) -> list[int]:
    return [stored.name.hour_ms // HOUR_MS for stored in removed]


def test_files_whose_last_position_is_too_old_are_removed() -> None:
    assert hours(files_to_remove(FILES, NOW_MS, 2 * HOUR_MS, 0)) == [0]
    assert files_to_remove(FILES, NOW_MS, 24 * HOUR_MS, 0) == []
    assert files_to_remove([], NOW_MS, HOUR_MS, 1) == []


def test_the_oldest_files_are_removed_when_all_are_too_large() -> None:
    assert hours(files_to_remove(FILES, NOW_MS, 24 * HOUR_MS, 250)) == [0, 1]


def test_a_clock_that_is_wrong_removes_nothing_more() -> None:
    assert hours(files_to_remove(FILES, NOW_MS + 1_000 * HOUR_MS, 2 * HOUR_MS, 0)) == [0]
    assert hours(files_to_remove(FILES, NOW_MS - 2 * HOUR_MS, 2 * HOUR_MS, 0)) == []
