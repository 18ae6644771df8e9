"""Reads the rows of tables of aircraft, in the shapes in which they are published. Pure; `reading` feeds it lines.

| shape | row |
|---|---|
| tar1090-db, `aircraft.csv` | `4CA2D1;EI-DYM;B738;00;BOEING 737-800;2008;RYANAIR;`, without a header |
| OpenSky, `aircraftDatabase.csv` and the complete one | header with `icao24`, quotes `"` or `'` |
| any other CSV | header with an address column, separated by `,`, `;` or tabs |
| Mictronics, `aircrafts.json` | `"4CA2D1":["EI-DYM","B738","00"]`, or an object with `r`, `t` and `ownOp` |
| shards of readsb and tar1090 | as above, with the end of the address as key |

A row that cannot be used is lost, and counted; a bad field loses the field.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from flighttracker.errors import SourceError
from flighttracker.flight import REGISTRATION_CHARACTERS
from flighttracker_generator.aircraft_table.table import Identity
from flighttracker_generator.sources.fields import name
from flighttracker_generator.sources.losses import Losses, shortened

Row = tuple[int, Identity]

ADDRESS_COLUMNS: Final = ("icao24", "icao", "icaohex", "hex", "modes", "modeshex", "address", "transponder")
REGISTRATION_COLUMNS: Final = ("registration", "reg", "r")
TYPE_COLUMNS: Final = ("typecode", "icaotype", "icaotypecode", "modelicao", "type", "t")
OPERATOR_COLUMNS: Final = ("operator", "ownop", "owner", "registeredowners", "registeredowner")
"""Names without case, spaces, `-` and `_`, best first."""
_PLAIN: Final = re.compile(r"[^a-z0-9]")
_ADDRESS: Final = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{6})")
_INVALID_ADDRESSES: Final = frozenset({0x000000, 0xFFFFFF})
_TYPE: Final = re.compile(r"[A-Z0-9]{2,4}")
_ABSENT: Final = frozenset({"", "-", "--", "?", "N/A", "NA", "NONE", "NULL", "NAN", "UNKNOWN", "UNKNOW", "-UNKNOWN-"})
"""What tables write for a value that they do not know."""
NO_DESIGNATOR: Final = "ZZZZ"
"""What flight plans have for a type without a designator."""
_REPLACED: Final = "\N{REPLACEMENT CHARACTER}"
_SEPARATORS: Final = (";", ",", "\t")
MAX_LINES_OF_A_ROW: Final = 8
"""A quoted text may have line breaks. A stray quote loses its row, and not the rest of the table."""
_MEMBERS: Final = r'(?:[^"\[\]{}]|"(?:[^"\\]|\\.){0,200}+"){0,100}+'
"""Of an entry. Bounded, so that damage costs little time."""
_ENTRY: Final = re.compile(rf'"(?P<key>[0-9A-Fa-f]{{1,6}})"\s*:\s*(?P<value>\[{_MEMBERS}\]|\{{{_MEMBERS}\}})')
_BETWEEN_ENTRIES: Final = re.compile(r'[\s,{}]*(?:"children"\s*:\s*\[[^\]]*\][\s,}]*)?')


class CsvRows:
    """Rows of one CSV file.

    Args:
        losses: counts what cannot be used.
    """

    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self._separator = ""
        self._quote = '"'
        self._columns: _Columns | None = None
        self._pending: list[str] = []

    def read(self, lines: Sequence[str]) -> Iterator[Row]:
        """Yield the usable rows of lines.

        Raises:
            SourceError: `wrong_shape`, this is no table of aircraft.
        """
        for line in lines:
            yield from self._read_line(line)

    def finish(self) -> Iterator[Row]:
        """Yield the rows of lines that wait for the end of a quoted text."""
        while self._pending:
            yield from self._give_up()

    def _read_line(self, line: str) -> Iterator[Row]:
        if self._columns is None:
            # Excel names its separator in a line of its own.
            if line.strip() and not line.startswith(("#", "sep=")):
                yield from self._begin(line)
            return
        quotes = line.count(self._quote)
        if not self._pending and quotes % 2 == 0:
            if line:
                yield from self._row(self._quoted(line) if quotes else self._split(line))
            return
        self._pending.append(line)
        if len(self._pending) > 1 and quotes % 2:
            text, self._pending = "\n".join(self._pending), []
            yield from self._row(self._quoted(text))
        elif len(self._pending) > MAX_LINES_OF_A_ROW:
            yield from self._give_up()

    def _give_up(self) -> Iterator[Row]:
        lost, *others = self._pending
        self._pending = []
        self._losses.record("unclosed_quote", lost)
        yield from self.read(others)

    def _begin(self, line: str) -> Iterator[Row]:
        self._separator = max(_SEPARATORS, key=line.count)
        # OpenSky's complete table has ' for quotes, and its names have " inside.
        self._quote = "'" if line.lstrip().startswith("'") else '"'
        fields = self._quoted(line)
        self._columns = _Columns.of_header(fields)
        if self._columns is None:
            if self._separator != ";" or _ADDRESS.fullmatch(fields[0].strip()) is None:
                raise SourceError(f"this is no table of aircraft: {shortened(line)}", reason="wrong_shape")
            # The texts of tar1090-db have no quotes: one is part of a name.
            self._quote, self._columns = "\0", TAR1090_DB
            yield from self._row(self._split(line))

    def _split(self, line: str) -> list[str]:
        if "\\" in line and self._columns is TAR1090_DB:
            return [field.replace("\\;", ";") for field in re.split(r"(?<!\\);", line)]
        return line.split(self._separator)

    def _quoted(self, text: str) -> list[str]:
        try:
            rows = list(csv.reader([text], delimiter=self._separator, quotechar=self._quote, skipinitialspace=True))
        except csv.Error:
            return []
        return rows[0] if rows else []

    def _row(self, fields: list[str]) -> Iterator[Row]:
        columns = self._columns
        assert columns is not None
        if len(fields) <= columns.address or _ADDRESS.fullmatch(fields[columns.address].strip()) is None:
            self._losses.record("no_address", self._separator.join(fields))
            return
        row = _made(
            fields[columns.address],
            columns.first(fields, columns.registration),
            columns.first(fields, columns.type),
            columns.first(fields, columns.operator),
            self._losses,
        )
        if row is not None:
            yield row


class _Columns(msgspec.Struct, frozen=True):
    """Where the fields of a row are; the best place of each first."""

    address: int
    registration: tuple[int, ...]
    type: tuple[int, ...]
    operator: tuple[int, ...]

    @staticmethod
    def of_header(fields: Sequence[str]) -> _Columns | None:
        """Return the columns that a header names, or None if it names no address.

        Raises:
            SourceError: `wrong_shape`, nothing is known of the addresses.
        """
        place: dict[str, int] = {}
        for number, field in enumerate(fields):
            place.setdefault(_PLAIN.sub("", field.lower()), number)
        address = next((place[column] for column in ADDRESS_COLUMNS if column in place), None)
        if address is None:
            return None
        known = [
            tuple(place[column] for column in columns if column in place)
            for columns in (REGISTRATION_COLUMNS, TYPE_COLUMNS, OPERATOR_COLUMNS)
        ]
        if not any(known):
            raise SourceError(
                f"the table has no column registration, typecode or operator: {shortened(','.join(fields))}",
                reason="wrong_shape",
            )
        return _Columns(address, *known)

    @staticmethod
    def first(fields: Sequence[str], places: tuple[int, ...]) -> str:
        """Return the first value that a row has."""
        for place in places:
            if place < len(fields) and (value := fields[place].strip()).upper() not in _ABSENT:
                return value
        return ""


TAR1090_DB: Final = _Columns(0, (1,), (2,), (6,))
"""icao;registration;type;flags;description;year;owner"""


class JsonRows:
    """Rows of one JSON file, entry by entry, so that a damaged one loses only itself.

    Args:
        prefix: the beginning of every address, which the name of a shard has.
        losses: counts what cannot be used.
    """

    def __init__(self, prefix: str, losses: Losses) -> None:
        self._prefix = prefix
        self._losses = losses

    def read(self, text: str) -> tuple[list[Row], int]:
        """Return the usable rows of a text, and how much of it has been read; the rest may be the start of an entry.

        Args:
            text: bytes as characters (Latin-1), so that an entry may end anywhere.
        """
        rows, end = [], 0
        for match in _ENTRY.finditer(text):
            self.finish(text[end : match.start()])
            end = match.end()
            row = self._row(match["key"], match["value"])
            if row is not None:
                rows.append(row)
        return rows, end

    def finish(self, rest: str) -> None:
        """Count a text that is no entry."""
        if _BETWEEN_ENTRIES.fullmatch(rest) is None:
            self._losses.record("malformed", rest.strip())

    def _row(self, key: str, value: str) -> Row | None:
        icao24 = f"{self._prefix}{key}"
        if len(icao24) != 6:
            self._losses.record("no_address", f"{icao24}: {value}")
            return None
        try:
            entry: Any = msgspec.json.decode(value.encode("latin-1").decode("utf-8", errors="replace"))
        except msgspec.DecodeError:
            self._losses.record("malformed", value)
            return None
        members = entry if isinstance(entry, dict) else dict(zip(("r", "t"), entry, strict=False))
        fields = (members.get("r"), members.get("t"), members.get("ownOp"))
        texts = ["" if field is None else str(field).strip() for field in fields]
        registration, aircraft_type, operator = ("" if text.upper() in _ABSENT else text for text in texts)
        return _made(icao24, registration, aircraft_type, operator, self._losses)


def _made(icao24: str, registration: str, aircraft_type: str, operator: str, losses: Losses) -> Row | None:
    """Return a row with the values that are possible, or None without any."""
    address = int(icao24, 16)
    if address in _INVALID_ADDRESSES:
        losses.record("no_address", icao24)
        return None
    if registration and not _is_registration(registration):
        losses.field("registration", registration, icao24)
        registration = ""
    aircraft_type = aircraft_type.upper()
    if aircraft_type == NO_DESIGNATOR:
        aircraft_type = ""
    if aircraft_type and _TYPE.fullmatch(aircraft_type) is None:
        losses.field("aircraft_type", aircraft_type, icao24)
        aircraft_type = ""
    if _REPLACED in operator:
        losses.field("operator", operator, icao24)
        operator = ""
    identity = Identity(registration.upper(), aircraft_type, name(operator))
    if not any(identity):
        losses.record("nothing_known")
        return None
    return address, identity


def _is_registration(text: str) -> bool:
    # A longer one would be another registration when it is cut.
    return len(text) <= REGISTRATION_CHARACTERS and text.isascii() and text.isprintable()
