"""`TableReading`: the bytes of a table of aircraft → `AircraftTable`, piece by piece. Pure; `keeper` feeds it.

Pieces keep the memory bounded: a table has 100 MB of text and more, of which no more than a piece is kept. gzip is
recognized by its first bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

from flighttracker.errors import SourceError
from flighttracker_generator.aircraft_table.rows import CsvRows, JsonRows, Row
from flighttracker_generator.aircraft_table.table import AircraftTable, TableBuilder
from flighttracker_generator.sources.losses import Losses
from flighttracker_generator.sources.web_pages import is_web_page

MAX_TEXT_BYTES: Final = 1024 * 1024 * 1024
"""Ten times the largest public table, after decompression."""
PIECE_BYTES: Final = 256 * 1024
"""How much is unpacked at a time."""
MAX_LINE_BYTES: Final = 64 * 1024
"""A longer line, or JSON entry, is lost."""
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_EITHER_HEADER: Final = 32 + zlib.MAX_WBITS
_BOM: Final = b"\xef\xbb\xbf"


class TableReading:
    """Reads one table, of one file or of several shards.

    Attributes:
        losses: rows and fields that could not be used.
    """

    def __init__(self) -> None:
        self.losses = Losses()
        self._builder = TableBuilder()
        self._total_bytes = 0
        self.begin_file()

    def begin_file(self, prefix: str = "") -> None:
        """Begin with a file.

        Args:
            prefix: the beginning of every address in it, for shards.
        """
        self._prefix = prefix
        self._head = b""
        self._unpacking: zlib._Decompress | None = None
        self._rows: CsvRows | JsonRows | None = None
        self._rest = b""
        self._is_started = False

    def feed(self, piece: bytes) -> None:
        """Read some bytes.

        Raises:
            SourceError: `too_large`, `not_table` for damaged gzip, `wrong_shape` when it is no table of aircraft.
        """
        if not self._is_started:
            self._head += piece
            if len(self._head) < len(_ZIP):
                return
            piece, self._head = self._head, b""
            self._is_started = True
            if piece.startswith(_ZIP):
                raise SourceError("the table is a zip archive: use what is in it", reason="wrong_shape")
            if piece.startswith(_GZIP):
                self._unpacking = zlib.decompressobj(_EITHER_HEADER)
        if self._unpacking is None:
            self._read(piece)
        else:
            self._unpack(piece)

    def end_file(self) -> None:
        """End a file.

        Raises:
            SourceError: `truncated`, and as `feed`.
        """
        if not self._is_started and self._head:
            self._is_started = True
            self._read(self._head)
        if self._unpacking is not None and not self._unpacking.eof:
            raise SourceError("the table ends in the middle of its gzip", reason="truncated")
        if isinstance(self._rows, CsvRows):
            self._add(self._rows.read(_lines(self._rest)))
            self._add(self._rows.finish())
        elif self._rows is not None:
            self._rows.finish(self._rest.rstrip(b"\0").decode("latin-1"))

    def finish(self) -> AircraftTable:
        """Return the table.

        Raises:
            SourceError: `wrong_shape`, it has no aircraft.
        """
        if not len(self._builder):
            raise SourceError("the table has no aircraft", reason="wrong_shape")
        return self._builder.build()

    def _unpack(self, piece: bytes) -> None:
        unpacking = self._unpacking
        assert unpacking is not None
        try:
            while piece:
                if unpacking.eof:
                    # gzip files can be joined; zeros may follow the last one.
                    piece, self._head = self._head + piece, b""
                    if piece == _GZIP[:1]:
                        self._head = piece
                        return
                    if not piece.startswith(_GZIP):
                        return
                    unpacking = self._unpacking = zlib.decompressobj(_EITHER_HEADER)
                text = unpacking.decompress(piece, PIECE_BYTES)
                self._read(text)
                piece = unpacking.unused_data if unpacking.eof else unpacking.unconsumed_tail
        except zlib.error as error:
            raise SourceError(f"the gzip of the table is damaged: {error}", reason="truncated") from error

    def _read(self, text: bytes) -> None:
        self._total_bytes += len(text)
        if self._total_bytes > MAX_TEXT_BYTES:
            raise SourceError(f"the table has more than {MAX_TEXT_BYTES:,} bytes of text", reason="too_large")
        text = self._rest + text
        if self._rows is None:
            start = text.removeprefix(_BOM).lstrip()
            if not start or _BOM.startswith(start):
                self._rest = start
                return
            text = start
            if is_web_page("", start):
                raise SourceError("this is a web page, and no table of aircraft", reason="wrong_shape")
            is_json = start.startswith(b"{")
            self._rows = JsonRows(self._prefix, self.losses) if is_json else CsvRows(self.losses)
        if isinstance(self._rows, CsvRows):
            lines, _, self._rest = text.rpartition(b"\n")
            if lines:
                self._add(self._rows.read(_lines(lines)))
        else:
            rows, end = self._rows.read(text.decode("latin-1"))
            self._add(rows)
            self._rest = text[end:]
        if len(self._rest) > MAX_LINE_BYTES:
            self._lose_rest()

    def _lose_rest(self) -> None:
        self.losses.record("malformed", _decoded(self._rest[:200]))
        self._rest = b""

    def _add(self, rows: Iterable[Row]) -> None:
        for address, identity in rows:
            self._builder.add(address, identity)


def _lines(text: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in _decoded(text).split("\n")]


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", errors="replace").replace("\0", "")
