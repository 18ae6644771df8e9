"""`Filters`: which flights a program asks for, with the names and meanings of the page's filters. Pure.

`schemas/flighttracker_schemas/filter_vectors.json` has queries and the flights that they find; tests read it here and
in the page. Filters of who an aircraft is (`identity_matches`, `text_matches`) and of what it does (`dynamic_matches`)
are apart, because only the second change in flight.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from flighttracker.bounding_box import BoundingBox
from flighttracker.flight import EMERGENCY_SQUAWKS, STATUSES
from flighttracker.frame.layout import (
    BARO_ALTITUDE,
    GROUND_SPEED,
    LATITUDE,
    LONGITUDE,
    NULL,
    SQUAWK,
    STATUS,
    IdentityArray,
    IntArray,
)
from flighttracker.frame.quantity import NUMBERS_OF_KIND, ON_GROUND, SPEED_MPS, UNITS_PER_DEGREE

Place = Literal["anywhere", "airborne", "ground"]
PLACES: Final[tuple[Place, ...]] = get_args(Place)
FEET_PER_ALTITUDE: Final = 25
TEXT_ROWS: Final = 256
"""Aircraft whose texts are searched at once: at most a few milliseconds, with 100 terms."""

_STATUS: Final = 15
_EMERGENCY_SQUAWKS: Final = [int(code, 8) for code in sorted(EMERGENCY_SQUAWKS)]
_CODE_BYTES: Final = 4
_HEX_DIGITS: Final = np.frombuffer(b"0123456789ABCDEF", np.uint8)
_HEX_SHIFTS: Final = np.arange(20, -1, -4, dtype=np.uint32)
_CALLSIGN: Final = slice(0, 8)
_REGISTRATION: Final = slice(9, 19)
_ADDRESS: Final = slice(20, 26)
_TEXT_BYTES: Final = 27

Mask = npt.NDArray[np.bool_]


class Filters(NamedTuple):
    """Filters of flights, all of which must match; values of one filter are alternatives, and none does not filter.

    Attributes:
        countries: names in lower case.
        operators: names in lower case.
        types: ICAO type designators.
        airports: ICAO codes in capitals, of the origin or the destination.
        routes: `EGLL-KJFK`: the ICAO codes of origin and destination, in capitals.
        categories: words of `CATEGORIES`.
        address_types: words of `ADDRESS_TYPES`.
        statuses: words of `STATUSES`.
        where: in the air, on the ground, or anywhere.
        emergencies_only: whether only aircraft that declare an emergency match, by status or squawk.
        min_speed_kt: knots, inclusive; an unknown speed matches only if there is no bound.
        max_speed_kt: knots, inclusive.
        min_speed_mps: metres per second, inclusive.
        max_speed_mps: metres per second, inclusive.
        min_altitude_ft: barometric altitude in feet, inclusive; as for speeds.
        max_altitude_ft: feet, inclusive.
        terms: parts of a callsign, a registration or an address, in upper case, without spaces.
        bounding_box: the part of the world.
    """

    countries: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    airports: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    address_types: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    where: Place = "anywhere"
    emergencies_only: bool = False
    min_speed_kt: int | None = None
    max_speed_kt: int | None = None
    min_speed_mps: float | None = None
    max_speed_mps: float | None = None
    min_altitude_ft: int | None = None
    max_altitude_ft: int | None = None
    terms: tuple[str, ...] = ()
    bounding_box: BoundingBox | None = None


def identity_matches(filters: Filters, identities: IdentityArray, names: Sequence[str]) -> Mask:
    """Return which aircraft match by country, operator, type, airports and kind; `text_matches` tests their texts.

    Args:
        filters: the filters.
        identities: n aircraft, with the fields of `IDENTITY`.
        names: the table that `identities` has indexes of.
    """
    matches = np.ones(len(identities), np.bool_)
    for column, wanted in (("origin_country", filters.countries), ("operator", filters.operators)):
        if wanted:
            numbers = [number for number, name in enumerate(names) if name.lower() in wanted]
            matches &= np.isin(identities[column], numbers)
    if filters.types:
        # A designator is acceptable as written in the data, or in capitals.
        spellings = {spelling for word in filters.types for spelling in (word, word.upper())}
        matches &= np.isin(_codes(identities, "aircraft_type"), [_code(word) for word in spellings])
    if filters.airports or filters.routes:
        origins, destinations = _codes(identities, "origin"), _codes(identities, "destination")
        if filters.airports:
            wanted_codes = [_code(airport) for airport in filters.airports]
            matches &= np.isin(origins, wanted_codes) | np.isin(destinations, wanted_codes)
        if filters.routes:
            fits = np.zeros(len(identities), np.bool_)
            for origin, _, destination in (route.partition("-") for route in filters.routes):
                fits |= (origins == _code(origin)) & (destinations == _code(destination))
            matches &= fits
    for kind, words in (("category", filters.categories), ("address_type", filters.address_types)):
        if words:
            numbers_of = NUMBERS_OF_KIND[kind]
            found = identities[kind]
            # A later version may send a number without a word.
            found = np.where(found < len(numbers_of), found, 0)
            matches &= np.isin(found, [numbers_of[word] for word in words])
    return matches


def dynamic_matches(filters: Filters, dynamic: IntArray) -> Mask:
    """Return which aircraft match by status, place, emergency, speed, altitude and position.

    Args:
        filters: the filters.
        dynamic: the columns of n aircraft, shape (11, n).
    """
    matches = np.ones(dynamic.shape[1], np.bool_)
    status = dynamic[STATUS]
    if filters.statuses:
        numbers = status & _STATUS
        numbers = np.where(numbers < len(STATUSES), numbers, 0)
        matches &= np.isin(numbers, [STATUSES.index(word) for word in filters.statuses])
    if filters.where != "anywhere":
        matches &= ((status & ON_GROUND) != 0) == (filters.where == "ground")
    if filters.emergencies_only:
        declared = (status & _STATUS) == STATUSES.index("emergency")
        matches &= declared | np.isin(dynamic[SQUAWK], _EMERGENCY_SQUAWKS)
    speed, altitude = dynamic[GROUND_SPEED], dynamic[BARO_ALTITUDE]
    matches &= _within(speed, 1, filters.min_speed_kt, filters.max_speed_kt)
    matches &= _within(speed, SPEED_MPS, filters.min_speed_mps, filters.max_speed_mps)
    matches &= _within(altitude, FEET_PER_ALTITUDE, filters.min_altitude_ft, filters.max_altitude_ft)
    if (box := filters.bounding_box) is not None:
        matches &= box.contains(dynamic[LATITUDE], dynamic[LONGITUDE], UNITS_PER_DEGREE)
    return matches


def text_matches(terms: Sequence[str], identities: IdentityArray) -> Mask:
    """Return which aircraft have a term in their callsign, registration or address; all of them without terms.

    Args:
        terms: alternatives in upper case.
        identities: n aircraft, with the fields of `IDENTITY`; at most `TEXT_ROWS` keep the event loop free.
    """
    count = len(identities)
    if not terms or not count:
        return np.ones(count, np.bool_)
    texts = np.full((count, _TEXT_BYTES), ord("\n"), np.uint8)
    for column, place in (("callsign", _CALLSIGN), ("registration", _REGISTRATION)):
        texts[:, place] = np.ascontiguousarray(identities[column]).view(np.uint8).reshape(count, -1)
    texts[:, _ADDRESS] = _HEX_DIGITS[(identities["icao24"][:, None] >> _HEX_SHIFTS) & 15]
    searched = texts.tobytes().upper()
    matches = np.zeros(count, np.bool_)
    for term in _shortest(terms):
        at = searched.find(term)
        while at >= 0:
            row = at // _TEXT_BYTES
            matches[row] = True
            at = searched.find(term, (row + 1) * _TEXT_BYTES)
    return matches


def _codes(identities: IdentityArray, column: str) -> npt.NDArray[np.uint32]:
    """Return a column of four letters as numbers, which compare faster."""
    codes: npt.NDArray[np.uint32] = np.ascontiguousarray(identities[column]).view("<u4")
    return codes


def _code(word: str) -> int:
    return int.from_bytes(word.encode().ljust(_CODE_BYTES, b"\0")[:_CODE_BYTES], "little")


def _within(values: IntArray, unit: float, lowest: float | None, highest: float | None) -> Any:
    """Return which known values are within two inclusive bounds; without a bound, every value is."""
    if lowest is None and highest is None:
        return True
    within = values != NULL
    if lowest is not None:
        within = within & (values * unit >= lowest)
    if highest is not None:
        within = within & (values * unit <= highest)
    return within


def _shortest(terms: Sequence[str]) -> list[bytes]:
    """Return the terms that can match, without those that contain another: "DLH4" finds nothing that "DLH" does not."""
    usable = sorted({term.encode() for term in terms if term.isascii() and "\0" not in term}, key=len)
    kept: list[bytes] = []
    for term in usable:
        if not any(shorter in term for shorter in kept):
            kept.append(term)
    return kept
