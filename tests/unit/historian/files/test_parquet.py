from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
