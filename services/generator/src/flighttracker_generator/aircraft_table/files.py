"""Finds and reads the files of a table of aircraft: one file, or a folder of shards. `keeper` calls it in a thread."""

from __future__ import annotations

import re
import stat
import threading
from pathlib import Path
from typing import Final, NamedTuple

from flighttracker.errors import SourceError
from flighttracker_generator.aircraft_table.reading import PIECE_BYTES, TableReading

_SHARD: Final = re.compile(r"([0-9A-Fa-f]{1,5})\.(js|json)(\.gz)?")
"""`A0.js` has the addresses that begin with A0. Other files in the folder have airports, operators and such."""
MAX_SHARDS: Final = 10_000


class TableFile(NamedTuple):
    """One file of a table, as it was at a time.

    Attributes:
        path: where it is.
        prefix: the beginning of its addresses.
        changed_ns: its time.
        size_bytes: its size.
    """

    path: Path
    prefix: str
    changed_ns: int
    size_bytes: int


Shape = tuple[TableFile, ...]


def found_files(path: Path, directory: str = "") -> Shape:
    """Return the files of a table; equal ones have not changed.

    Args:
        path: a file, or a folder of shards.
        directory: links must not lead out of it, to the Secrets of a pod for example; empty: anywhere.

    Raises:
        SourceError: `file`, there is none, or it cannot be read.
    """
    try:
        if path.is_dir():
            shards = [(entry, match[1]) for entry in path.iterdir() if (match := _SHARD.fullmatch(entry.name))]
            if not 0 < len(shards) <= MAX_SHARDS:
                message = f"the folder {path} has {len(shards)} shards (1.js, A0.js, …), not 1 to {MAX_SHARDS:,}"
                raise SourceError(message, reason="file")
            return tuple(_file(entry, prefix, directory) for entry, prefix in sorted(shards))
        return (_file(path, "", directory),)
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", reason="file") from error


def read_files(files: Shape, is_cancelled: threading.Event) -> TableReading:
    """Return what the files have.

    Args:
        files: of one table.
        is_cancelled: ends the reading soon; its result is then useless.

    Raises:
        SourceError: `file`, one cannot be read; and as `TableReading`.
    """
    reading = TableReading()
    for file in files:
        reading.begin_file(file.prefix)
        try:
            with file.path.open("rb", buffering=0) as opened:
                while not is_cancelled.is_set() and (piece := opened.read(PIECE_BYTES)):
                    reading.feed(piece)
        except OSError as error:
            raise SourceError(f"cannot read {file.path}: {error.strerror}", reason="file") from error
        if is_cancelled.is_set():
            break
        reading.end_file()
    return reading


def _file(path: Path, prefix: str, directory: str) -> TableFile:
    if directory and not path.resolve().is_relative_to(Path(directory).resolve()):
        raise SourceError(f"{path} leads out of {directory}", reason="file")
    known = path.stat()
    if not stat.S_ISREG(known.st_mode):
        raise SourceError(f"{path} is no file", reason="file")
    return TableFile(path, prefix, known.st_mtime_ns, known.st_size)
