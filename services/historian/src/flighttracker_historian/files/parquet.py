"""Tables as Parquet, and what the footer of a file says about its rows. Pure."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from flighttracker_historian.files.names import HOUR_MS, FileName
from flighttracker_historian.files.schema import QUANTITIES, SCHEMA, SCHEMA_VERSION, TEXTS

MINUTE_MS: Final = 60_000
MINUTES: Final = HOUR_MS // MINUTE_MS
ROWS_PER_GROUP: Final = 65_536
"""A row group is what a reader reads at least: about 1 MB."""
MAX_GROUP_ROWS: Final = 16 * ROWS_PER_GROUP
MAX_GROUP_BYTES: Final = 512 * 1024 * 1024
"""A file that claims more than this is not read: a few bytes of Parquet can stand for any number of rows."""
_DICTIONARY: Final = ("icao24", *QUANTITIES, "status", "squawk", "contact_delay_ms", *TEXTS)
_ENCODINGS: Final = {"latitude_deg": "BYTE_STREAM_SPLIT", "longitude_deg": "BYTE_STREAM_SPLIT"}
_KEY: Final = b"flighttracker.summary"
_VERSION_KEY: Final = b"flighttracker.schema_version"


class FileVersionError(ValueError):
    """A file of a newer schema version, or none of this project."""


class Summary(msgspec.Struct, frozen=True):
    """What a file has, in its footer.

    Attributes:
        rows: number of kept positions.
        heard: number of positions that were heard, of which `rows` were kept.
        first_time_ms: oldest position time, milliseconds since 1970.
        last_time_ms: newest position time, milliseconds since 1970.
        aircraft: number of aircraft with a row, for each minute of the hour. A minute without any is a gap.
    """

    rows: int
    heard: int
    first_time_ms: int
    last_time_ms: int
    aircraft: tuple[int, ...]


class StoredSummary(NamedTuple):
    """A file's name, its size in bytes, and its summary."""

    name: FileName
    size_bytes: int
    summary: Summary


def parquet_of(table: pa.Table, name: FileName, heard: int) -> tuple[pa.Buffer, Summary]:
    """Return the bytes of a file, and its summary.

    Args:
        table: at least one row of `SCHEMA`, sorted by `icao24`, then `position_time`; all of the hour of `name`.
        name: the file; its offsets are in the footer, too.
        heard: number of positions that were heard.
    """
    times = times_ms(table)
    summary = Summary(
        rows=len(table),
        heard=heard,
        first_time_ms=int(times.min()),
        last_time_ms=int(times.max()),
        aircraft=_aircraft_by_minute(table, times, name.hour_ms),
    )
    metadata = {
        **(SCHEMA.metadata or {}),
        _KEY: msgspec.json.encode(summary),
        b"flighttracker.offsets": msgspec.json.encode(name._asdict()),
    }
    sink = pa.BufferOutputStream()
    pq.write_table(
        table.replace_schema_metadata(metadata),
        sink,
        row_group_size=ROWS_PER_GROUP,
        compression="zstd",
        use_dictionary=list(_DICTIONARY),
        column_encoding=_ENCODINGS,
        sorting_columns=[pq.SortingColumn(SCHEMA.get_field_index(key)) for key in ("icao24", "position_time")],
        write_page_index=True,
    )
    return sink.getvalue(), summary


def summary_of(file: pa.NativeFile) -> Summary:
    """Return the summary in the footer of a file.

    Raises:
        FileVersionError: it is not a file of a version that this program reads.
    """
    try:
        footer = pq.read_metadata(file)
        metadata: dict[bytes, bytes] = footer.metadata or {}
        version = int(metadata[_VERSION_KEY])
        summary = msgspec.json.decode(metadata[_KEY], type=Summary)
    except (pa.ArrowInvalid, KeyError, ValueError, msgspec.DecodeError, RecursionError) as error:
        raise FileVersionError(f"not a file of a history: {error}") from error
    if len(summary.aircraft) != MINUTES:
        raise FileVersionError(f"not a file of a history: it counts {len(summary.aircraft)} minutes")
    if version > SCHEMA_VERSION:
        raise FileVersionError(f"its schema version is {version}, and this program reads {SCHEMA_VERSION}")
    columns = {field.name: field for field in footer.schema.to_arrow_schema()}
    for field in SCHEMA:
        if field.name not in columns or not columns[field.name].equals(field):
            raise FileVersionError(f"not a file of a history: its column {field.name} is missing or of another type")
    if summary.rows != footer.num_rows:
        raise FileVersionError(f"not a file of a history: it has {footer.num_rows} rows, not {summary.rows}")
    groups = [footer.row_group(at) for at in range(footer.num_row_groups)]
    if (in_groups := sum(group.num_rows for group in groups)) != summary.rows:
        raise FileVersionError(f"not a file of a history: its groups have {in_groups} rows, not {summary.rows}")
    for group in groups:
        if group.num_rows > MAX_GROUP_ROWS or group.total_byte_size > MAX_GROUP_BYTES:
            raise FileVersionError(f"not a file of a history: {group.num_rows} rows in one group")
    return summary


def sorted_rows(table: pa.Table) -> pa.Table:
    """Return rows in the order of a file."""
    return table.sort_by([("icao24", "ascending"), ("position_time", "ascending")])


def times_ms(table: pa.Table) -> npt.NDArray[np.int64]:
    """Return the position times (n) of a table, milliseconds since 1970."""
    times: Any = table.column("position_time").cast(pa.int64()).to_numpy()
    return np.asarray(times, np.int64)


def _aircraft_by_minute(table: pa.Table, times: npt.NDArray[np.int64], hour_ms: int) -> tuple[int, ...]:
    """Return how many aircraft have a row in each minute; rows of an aircraft stand together, in order of time."""
    minutes = np.clip((times - hour_ms) // MINUTE_MS, 0, MINUTES - 1)
    addresses: Any = table.column("icao24").combine_chunks().dictionary_encode().indices.to_numpy()
    is_first = np.ones(len(minutes), np.bool_)
    is_first[1:] = (minutes[1:] != minutes[:-1]) | (addresses[1:] != addresses[:-1])
    return tuple(np.bincount(minutes[is_first], minlength=MINUTES).tolist())
