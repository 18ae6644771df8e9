from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flighttracker_historian.files import parquet
from flighttracker_historian.files.names import FileName
from flighttracker_historian.files.parquet import FileVersionError, parquet_of, summary_of
from flighttracker_historian.files.schema import QUANTITIES, QUANTITY_STEPS, SCHEMA
from tests.unit.historian.files.history_rows import HOUR_MS, row, table_of

NAME = FileName(HOUR_MS, 0, 1, 0, 3)
ROWS = (
    row("4ca7b3", HOUR_MS + 61_000, callsign="RYR4TK", baro_altitude_m=10_668.0, squawk="1000"),
    row("4ca7b3", HOUR_MS + 1_000),
    row("a0f1bb", HOUR_MS + 62_000),
)


def test_a_file_has_every_row_sorted_with_units() -> None:
    content, _ = parquet_of(table_of(*ROWS), NAME, heard=9)
    table = pq.read_table(pa.BufferReader(content))
    assert table.column("icao24").to_pylist() == ["4ca7b3", "4ca7b3", "a0f1bb"]
    assert table.column("callsign").to_pylist() == [None, "RYR4TK", None]
    assert table.schema.field("baro_altitude_m").metadata[b"unit"] == b"metres above the standard pressure level"
    assert table.schema.equals(SCHEMA)


def test_identities_are_dictionaries_and_pages_are_indexed() -> None:
    content, _ = parquet_of(table_of(*ROWS), NAME, heard=3)
    group = pq.read_metadata(pa.BufferReader(content)).row_group(0)
    columns = {group.column(at).path_in_schema: group.column(at) for at in range(group.num_columns)}
    assert {column.compression for column in columns.values()} == {"ZSTD"}
    assert "RLE_DICTIONARY" in columns["icao24"].encodings
    assert "BYTE_STREAM_SPLIT" in columns["latitude_deg"].encodings
    assert columns["icao24"].has_offset_index
    assert columns["icao24"].statistics.max == "a0f1bb"


def test_the_footer_counts_rows_and_aircraft_of_each_minute() -> None:
    content, summary = parquet_of(table_of(*ROWS), NAME, heard=9)
    assert summary_of(pa.BufferReader(content)) == summary
    assert (summary.rows, summary.heard) == (3, 9)
    assert (summary.first_time_ms, summary.last_time_ms) == (HOUR_MS + 1_000, HOUR_MS + 62_000)
    assert summary.aircraft == (1, 2, *[0] * 58)


def test_a_newer_version_and_other_files_are_not_read() -> None:
    content, _ = parquet_of(table_of(*ROWS), NAME, heard=3)
    table = pq.read_table(pa.BufferReader(content))
    metadata = {**pq.read_metadata(pa.BufferReader(content)).metadata, b"flighttracker.schema_version": b"2"}
    newer = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(metadata), newer)
    foreign = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": [1]}), foreign)
    with pytest.raises(FileVersionError, match="version is 2"):
        summary_of(pa.BufferReader(newer.getvalue()))
    with pytest.raises(FileVersionError):
        summary_of(pa.BufferReader(foreign.getvalue()))
    with pytest.raises(FileVersionError):
        summary_of(pa.BufferReader(b"PAR1 cut off"))


@pytest.mark.parametrize(
    "summary",
    [b'{"more": ' + b"[" * 100_000, b"\xff", b'{"rows":1,"heard":1,"first_time_ms":0,"last_time_ms":1,"aircraft":[1]}'],
)
def test_a_file_with_another_summary_is_not_read(summary: bytes) -> None:
    foreign = pa.BufferOutputStream()
    metadata = {b"flighttracker.schema_version": b"1", b"flighttracker.summary": summary}
    pq.write_table(pa.table({"a": [1]}).replace_schema_metadata(metadata), foreign)
    with pytest.raises(FileVersionError, match="not a file of a history"):
        summary_of(pa.BufferReader(foreign.getvalue()))


def rewritten(change: Callable[[pa.Table], pa.Table]) -> pa.BufferReader:
    """Return a file with the footer's summary of `ROWS`, and other rows or columns."""
    table = pq.read_table(pa.BufferReader(parquet_of(table_of(*ROWS), NAME, heard=3)[0]))
    metadata = pq.read_metadata(pa.BufferReader(parquet_of(table_of(*ROWS), NAME, heard=3)[0])).metadata
    sink = pa.BufferOutputStream()
    pq.write_table(change(table).replace_schema_metadata(metadata), sink)
    return pa.BufferReader(sink.getvalue())


@pytest.mark.parametrize("column", SCHEMA.names)
def test_a_file_without_a_column_or_with_another_type_is_not_read(column: str) -> None:
    with pytest.raises(FileVersionError, match=f"its column {column} is missing or of another type"):
        summary_of(rewritten(lambda table: table.drop_columns([column])))
    at, other = SCHEMA.get_field_index(column), pa.nulls(len(ROWS), pa.list_(pa.int8()))
    with pytest.raises(FileVersionError, match=f"its column {column} is missing or of another type"):
        summary_of(rewritten(lambda table: table.set_column(at, column, other)))


def test_a_file_with_further_columns_is_read() -> None:
    assert summary_of(rewritten(lambda table: table.append_column("further", pa.nulls(len(ROWS))))).rows == len(ROWS)


@pytest.mark.parametrize(("change", "rows"), [(lambda table: table.slice(1), 2), (lambda table: table.slice(0, 0), 0)])
def test_a_file_with_another_number_of_rows_than_its_summary_is_not_read(
    change: Callable[[pa.Table], pa.Table], rows: int
) -> None:
    with pytest.raises(FileVersionError, match=f"it has {rows} rows, not 3"):
        summary_of(rewritten(change))


def test_a_file_whose_groups_have_other_rows_than_its_footer_is_not_read() -> None:
    content = parquet_of(table_of(*ROWS), NAME, heard=3)[0].to_pybytes()
    three, four = b"\x16\x06", b"\x16\x08"
    # Of the group: its number of rows is the last field of that kind and value in the footer.
    at = content.rindex(three)
    damaged = content[:at] + four + content[at + len(four) :]
    assert pq.read_metadata(pa.BufferReader(damaged)).row_group(0).num_rows == 4
    with pytest.raises(FileVersionError, match="its groups have 4 rows, not 3"):
        summary_of(pa.BufferReader(damaged))


@pytest.mark.parametrize("bound", ["MAX_GROUP_ROWS", "MAX_GROUP_BYTES"])
def test_a_file_with_a_group_that_claims_too_much_is_not_read(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content, summary = parquet_of(table_of(*ROWS), NAME, heard=3)
    group = pq.read_metadata(pa.BufferReader(content)).row_group(0)
    is_rows = bound == "MAX_GROUP_ROWS"
    most = group.num_rows if is_rows else group.total_byte_size
    monkeypatch.setattr(parquet, bound, most)
    assert summary_of(pa.BufferReader(content)) == summary
    monkeypatch.setattr(parquet, bound, most - 1)
    with pytest.raises(FileVersionError, match="3 rows in one group"):
        summary_of(pa.BufferReader(content))


def test_duckdb_reads_times_and_texts(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("history") / "one.parquet"
    path.write_bytes(parquet_of(table_of(*ROWS), NAME, heard=3)[0])
    with duckdb.connect() as connection:
        found = connection.sql(
            f"select icao24, epoch_ms(position_time), callsign from '{path}' where baro_altitude_m > 1"
        ).fetchall()
    assert found == [("4ca7b3", HOUR_MS + 61_000, "RYR4TK")]


def test_every_quantity_has_a_step() -> None:
    assert QUANTITY_STEPS.keys() == QUANTITIES.keys()
