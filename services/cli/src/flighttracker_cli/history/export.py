"""Writes kept positions to one file. The rows of one file of the history are in memory at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, NamedTuple, Protocol

import click
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from flighttracker.bounding_box import BoundingBox
from flighttracker.errors import StartError
from flighttracker.settings import HistorianSettings, read_settings
from flighttracker.track.geojson import track_feature
from flighttracker_cli.local_plan import history_folder
from flighttracker_historian.files.damage import DamagedFileError
from flighttracker_historian.files.kept import Kept
from flighttracker_historian.files.opening import store_of
from flighttracker_historian.files.schema import SCHEMA
from flighttracker_historian.files.store import Store
from flighttracker_historian.reading.row_groups import read_groups
from flighttracker_historian.reading.track_points import track_points

LOCAL_TRACKER = "minimal"
"""The tracker of `flighttracker local` without a file."""
LONGEST_GAP_MS = 300_000
"""A line ends before a longer silence, as an aircraft leaves the map."""


class Export(NamedTuple):
    """What to write.

    Attributes:
        from_ms: first moment, milliseconds since 1970.
        to_ms: moment after the last one.
        format: `parquet`, `csv` or `geojson`.
        box: the part of the world; None for all of it.
        output: the file; None for standard output.
    """

    from_ms: int
    to_ms: int
    format: str
    box: BoundingBox | None
    output: str | None


class _Writer(Protocol):
    """Writes tables of `SCHEMA`, and then the end of the file."""

    def write(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


def run_export(export: Export, *, folder: str | None, config: str | None) -> None:
    """Write the file, and report the number of positions on standard error.

    Args:
        export: what to write.
        folder: folder of the history; None for that of `flighttracker local`.
        config: settings of a historian, which name its store; None to use the folder.

    Raises:
        StartError: there is no history, or the file cannot be written.
        StoreError: the store is unavailable.
    """
    if config is not None:
        settings = read_settings(Path(config), HistorianSettings)
    else:
        settings = HistorianSettings(folder=folder or str(history_folder(LOCAL_TRACKER)))
        if not Path(settings.folder).is_dir():
            raise StartError(f"{settings.folder} is not a folder: name that of the history with --history")
    store = store_of(settings)
    kept = Kept(store)
    kept.refresh()
    if kept.span is None:
        raise StartError(f"{store.name} has no history")
    count = 0
    with _output(export.output) as file, _written(export.format, file) as writer:
        for table in _tables(store, kept, export):
            count += len(table)
            writer.write(table)
    where = f" to {export.output}" if export.output else ""
    click.echo(f"Wrote {count:,} positions{where}.", err=True)


def _tables(store: Store, kept: Kept, export: Export) -> Iterator[pa.Table]:
    """Yield the rows of each file, oldest hour first."""
    files = kept.files(export.from_ms, export.to_ms)
    with click.progressbar(files, label="Reading", file=sys.stderr, hidden=not sys.stderr.isatty()) as progress:
        for stored in progress:
            groups = read_groups(store, stored.name, between_ms=(export.from_ms, export.to_ms))
            tables: list[pa.Table] = []
            try:
                # Dictionaries differ from group to group.
                tables.extend(group.cast(SCHEMA) for group in groups)
            except DamagedFileError as error:
                kept.set_aside.add(store, error.path, error)
            table = pa.concat_tables(tables or [SCHEMA.empty_table()])
            if export.box is not None:
                latitude, longitude = (table.column(name).to_numpy() for name in ("latitude_deg", "longitude_deg"))
                table = table.filter(pa.array(np.asarray(export.box.contains(latitude, longitude))))
            if len(table):
                yield table


@contextmanager
def _output(name: str | None) -> Iterator[IO[bytes]]:
    """Open the file, which appears when it is whole; standard output without a name."""
    if name is None:
        yield sys.stdout.buffer
        return
    target = Path(name)
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            aside = Path(file.name)
            try:
                yield file
            except BaseException:
                aside.unlink()
                raise
        # A temporary file is readable by its user only.
        aside.chmod(0o644)
        aside.rename(target)
    except OSError as error:
        raise StartError(f"cannot write {name}: {error.strerror or error}") from error


@contextmanager
def _written(format_: str, file: IO[bytes]) -> Iterator[_Writer]:
    writer: Any
    if format_ == "parquet":
        writer = pq.ParquetWriter(file, SCHEMA, compression="zstd")
    elif format_ == "csv":
        writer = _Spreadsheet(file)
    else:
        writer = _Lines(file)
    yield writer
    writer.close()


class _Spreadsheet:
    """CSV, in which no text of the air is a formula: spreadsheets would run one that begins like it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._csv = pyarrow.csv.CSVWriter(file, SCHEMA)
        self.close = self._csv.close

    def write(self, table: pa.Table) -> None:
        """Write the rows of a table, with an apostrophe before what looks like a formula."""
        for number, field in enumerate(table.schema):
            if pa.types.is_string(field.type):
                texts = pc.replace_substring_regex(table.column(number), r"\A([=+\-@\t\r])", r"'\1")
                table = table.set_column(number, field, texts)
        self._csv.write(table)


class _Lines:
    """GeoJSON: a feature for each aircraft of each table, which has an hour at most."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._separator = b""
        file.write(b'{"type":"FeatureCollection","features":[')

    def write(self, table: pa.Table) -> None:
        """Write the lines of a table, whose rows are sorted by aircraft."""
        addresses = table.column("icao24").to_numpy()
        edges = [0, *(np.flatnonzero(addresses[1:] != addresses[:-1]) + 1).tolist(), len(table)]
        for start, end in pairwise(edges):
            rows = table.slice(start, end - start)
            feature = track_feature(addresses[start], track_points([rows]), LONGEST_GAP_MS)
            callsigns = pc.unique(rows.column("callsign").drop_null()).to_pylist()
            feature["properties"]["callsigns"] = callsigns
            self._file.write(self._separator + json.dumps(feature, separators=(",", ":")).encode())
            self._separator = b",\n"

    def close(self) -> None:
        """End the document."""
        self._file.write(b"]}\n")
