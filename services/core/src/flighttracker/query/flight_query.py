"""Parses the queries of flights, with a sentence for each mistake. Pure; `rest` and `rest_events` use it.

Filters have the names and meanings of the page's URL (`web/src/flights/filterUrl.ts`), which tests compare with
`filter_vectors.json`. The page ignores what it does not understand; a program gets an error.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, cast

import msgspec

from flighttracker.bounding_box import BoundingBox, parse_bounding_box
from flighttracker.flight import ADDRESS_TYPES, AIRCRAFT_TYPE_CHARACTERS, CATEGORIES, STATUSES, FlightPosition
from flighttracker.query.filters import PLACES, Filters, Place

REPEATABLE: Final = ("country", "operator", "type", "airport", "route", "category", "address_type", "status")
FILTERS: Final = (
    *REPEATABLE,
    "where",
    "emergencies",
    "min_speed_kt",
    "max_speed_kt",
    "min_altitude_ft",
    "max_altitude_ft",
    "q",
    "min_speed_mps",
    "max_speed_mps",
    "bbox",
)
FORM: Final = ("fields", "format")
PARAMETERS: Final = (*FILTERS, *FORM, "limit", "cursor")
FORMATS: Final = ("json", "geojson")
FIELDS: Final = tuple(field.encode_name for field in msgspec.structs.fields(FlightPosition))

MAX_LIMIT: Final = 50_000
"""Flights of one answer, also without `limit`: about 25 MB of JSON."""
MAX_VALUES: Final = 50
"""Values of a filter that may be repeated."""
MAX_TERMS: Final = 100
"""Alternatives of a search."""
TERM_CHARACTERS: Final = 32
"""Characters of a search term that count."""
MAX_SPEED_MPS: Final = 1_500
MAX_SPEED_KT: Final = 2_000
ALTITUDES_FT: Final = (-2_000, 100_000)
ONLY: Final = "only"

_SHOWN: Final = 64
_WHOLE: Final = re.compile(r"-?[0-9]{1,7}", re.ASCII)
_AIRPORT: Final = re.compile(r"[A-Z0-9]{4}", re.ASCII)
_ROUTE: Final = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}", re.ASCII)
_BETWEEN_TERMS: Final = re.compile(r"[,;\n\r\t]+")
_CURSOR: Final = struct.Struct(">BII")
_CURSOR_VERSION: Final = 1


class FlightForm(NamedTuple):
    """How flights are written.

    Attributes:
        fields: names of `FIELDS` in their order; None for all.
        format: one of `FORMATS`; None if the query does not say.
    """

    fields: tuple[str, ...] | None = None
    format: str | None = None


class FlightRequest(NamedTuple):
    """A query of /api/v1/flights.

    Attributes:
        filters: which flights.
        form: how they are written.
        limit: most flights of the answer.
        after: the address after which it begins, from the cursor; None: at the first.
    """

    filters: Filters
    form: FlightForm
    limit: int
    after: int | None


def parse_flight_request(parameters: Mapping[str, Sequence[str]]) -> FlightRequest:
    """Return the parsed query parameters.

    Args:
        parameters: the values of each parameter, at least one; only those of `REPEATABLE` have more.

    Raises:
        ValueError: a value is not allowed; the message is a sentence for the caller.
    """
    filters = parse_filters(parameters)
    limit = _whole(parameters, "limit", 1, MAX_LIMIT)
    cursor = parameters["cursor"][0] if "cursor" in parameters else None
    after = None if cursor is None else _after(cursor, filters)
    return FlightRequest(filters, parse_form(parameters), MAX_LIMIT if limit is None else limit, after)


def parse_filters(parameters: Mapping[str, Sequence[str]]) -> Filters:
    """Return the filters of a query; arguments and errors are those of `parse_flight_request`."""
    bbox = parameters.get("bbox")
    filters = Filters(
        countries=tuple(sorted({name.lower() for name in _values(parameters, "country")})),
        operators=tuple(sorted({name.lower() for name in _values(parameters, "operator")})),
        types=_types(parameters),
        airports=_codes(parameters, "airport", _AIRPORT, "an ICAO code such as EGLL"),
        routes=_codes(parameters, "route", _ROUTE, "the ICAO codes of origin and destination, such as EGLL-KJFK"),
        categories=_words(parameters, "category", CATEGORIES),
        address_types=_words(parameters, "address_type", ADDRESS_TYPES),
        statuses=_words(parameters, "status", STATUSES),
        where=cast("Place", _word(parameters, "where", PLACES) or "anywhere"),
        emergencies_only=_word(parameters, "emergencies", (ONLY,)) is not None,
        min_speed_kt=_whole(parameters, "min_speed_kt", 0, MAX_SPEED_KT),
        max_speed_kt=_whole(parameters, "max_speed_kt", 0, MAX_SPEED_KT),
        min_speed_mps=_speed(parameters, "min_speed_mps"),
        max_speed_mps=_speed(parameters, "max_speed_mps"),
        min_altitude_ft=_whole(parameters, "min_altitude_ft", *ALTITUDES_FT),
        max_altitude_ft=_whole(parameters, "max_altitude_ft", *ALTITUDES_FT),
        terms=_terms(parameters["q"][0]) if "q" in parameters else (),
        bounding_box=_bounding_box(bbox[0]) if bbox else None,
    )
    for name in ("speed_kt", "speed_mps", "altitude_ft"):
        lowest, highest = getattr(filters, f"min_{name}"), getattr(filters, f"max_{name}")
        if lowest is not None and highest is not None and lowest > highest:
            raise ValueError(f"min_{name} is {lowest:g}, more than max_{name}, {highest:g}.")
    return filters


def parse_form(parameters: Mapping[str, Sequence[str]]) -> FlightForm:
    """Return how a query wants flights to be written; arguments and errors are those of `parse_flight_request`."""
    fields = None
    if "fields" in parameters:
        asked = parameters["fields"][0].split(",")
        for name in asked:
            if name not in FIELDS:
                raise ValueError(
                    f"fields has {name[:_SHOWN]!r}; it may have, with commas between: {', '.join(FIELDS)}."
                )
        fields = tuple(name for name in FIELDS if name in asked)
    return FlightForm(fields, _word(parameters, "format", FORMATS))


def make_cursor(after: int, filters: Filters) -> str:
    """Return the cursor of the flights after an address; it is valid with the same filters only."""
    return base64.urlsafe_b64encode(_CURSOR.pack(_CURSOR_VERSION, after, _fingerprint(filters))).decode().rstrip("=")


def _after(cursor: str, filters: Filters) -> int:
    try:
        version, after, fingerprint = _CURSOR.unpack(base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", True))
    except (binascii.Error, struct.error, ValueError) as error:
        raise ValueError(
            f"cursor is {cursor[:_SHOWN]!r}; it must be the next_cursor of an answer. Begin without a cursor."
        ) from error
    if version != _CURSOR_VERSION or fingerprint != _fingerprint(filters):
        raise ValueError("cursor is from an answer with other filters; keep the filters, or begin without a cursor.")
    return int(after)


def _fingerprint(filters: Filters) -> int:
    return zlib.crc32(repr(filters).encode())


def _several(parameters: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    values = parameters.get(name, ())
    if len(values) > MAX_VALUES:
        raise ValueError(f"{name} has {len(values)} values; it may have {MAX_VALUES}.")
    return values


def _values(parameters: Mapping[str, Sequence[str]], name: str) -> Sequence[str]:
    values = _several(parameters, name)
    if "" in values:
        raise ValueError(f"{name} is empty; give it a value, or leave it out.")
    return values


def _types(parameters: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    values = _values(parameters, "type")
    for value in values:
        if len(value) > AIRCRAFT_TYPE_CHARACTERS or not (value.isascii() and value.isprintable()):
            most = AIRCRAFT_TYPE_CHARACTERS
            raise ValueError(f"type is {value[:_SHOWN]!r}; it must be an ICAO designator of at most {most} characters.")
    return tuple(sorted(set(values)))


def _codes(parameters: Mapping[str, Sequence[str]], name: str, form: re.Pattern[str], meaning: str) -> tuple[str, ...]:
    values = _values(parameters, name)
    for value in values:
        if not form.fullmatch(value.upper()):
            raise ValueError(f"{name} is {value[:_SHOWN]!r}; it must be {meaning}.")
    return tuple(sorted({value.upper() for value in values}))


def _words(parameters: Mapping[str, Sequence[str]], name: str, allowed: Sequence[str]) -> tuple[str, ...]:
    values = _several(parameters, name)
    for value in values:
        if value not in allowed:
            raise ValueError(f"{name} is {value[:_SHOWN]!r}; it may be {', '.join(allowed)}.")
    return tuple(sorted(set(values)))


def _word(parameters: Mapping[str, Sequence[str]], name: str, allowed: Sequence[str]) -> str | None:
    return next(iter(_words(parameters, name, allowed)), None)


def _whole(parameters: Mapping[str, Sequence[str]], name: str, lowest: int, highest: int) -> int | None:
    if name not in parameters:
        return None
    value = parameters[name][0]
    if not _WHOLE.fullmatch(value) or not lowest <= int(value) <= highest:
        raise ValueError(f"{name} is {value[:_SHOWN]!r}; it must be a whole number from {lowest} to {highest}.")
    return int(value)


def _speed(parameters: Mapping[str, Sequence[str]], name: str) -> float | None:
    if name not in parameters:
        return None
    value = parameters[name][0]
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not 0 <= number <= MAX_SPEED_MPS:
        raise ValueError(f"{name} is {value[:_SHOWN]!r}; it must be a number from 0 to {MAX_SPEED_MPS}.")
    return number


def _terms(text: str) -> tuple[str, ...]:
    """Return the alternatives of a search: commas are between them, and spaces inside a callsign do not count."""
    terms = {"".join(term.split())[:TERM_CHARACTERS].upper() for term in _BETWEEN_TERMS.split(text)} - {""}
    if len(terms) > MAX_TERMS:
        raise ValueError(f"q has {len(terms)} search terms; it may have {MAX_TERMS}, with commas between.")
    return tuple(sorted(terms))


def _bounding_box(value: str) -> BoundingBox:
    try:
        return parse_bounding_box(value)
    except ValueError as error:
        raise ValueError(f"{error}.") from error
