from __future__ import annotations

import pytest

from flighttracker_historian.files.names import FileName, hour_of, parse_path
from tests.unit.historian.files.history_rows import HOUR_MS

NAME = FileName(HOUR_MS, 3, 1, 1200, 2400, 2, 2)
PATH = "date=2025-11-29/hour=18/s00003-l00001-000000000001200-000000000002400-002of002.parquet"


def test_a_path_names_hour_shard_log_and_offsets() -> None:
    assert NAME.path == PATH
    assert parse_path(PATH) == NAME


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        PATH.replace(".parquet", ".parquet.tmp"),
        PATH.replace("hour=18", "hour=24"),
        PATH.replace("2025-11-29", "2025-11-31"),
        PATH.replace("s00003", "s\u0660\u0660\u0660\u0660\u0663"),
        f"old/{PATH}",
    ],
)
def test_other_files_have_no_name(path: str) -> None:
    assert parse_path(path) is None


def test_an_hour_begins_at_its_first_millisecond() -> None:
    assert hour_of(HOUR_MS) == HOUR_MS == hour_of(HOUR_MS + 3_599_999)


@pytest.mark.parametrize(
    ("other", "is_included"),
    [
        (NAME._replace(first_offset=1300, next_offset=2400), True),
        (NAME._replace(first_offset=1100), False),
        (NAME._replace(next_offset=2401), False),
        (NAME._replace(shard=4), False),
        (NAME._replace(log=2), False),
        (NAME._replace(hour_ms=HOUR_MS + 3_600_000), False),
    ],
)
def test_a_file_includes_those_of_its_log_hour_and_range(other: FileName, *, is_included: bool) -> None:
    assert NAME.includes(other) is is_included
