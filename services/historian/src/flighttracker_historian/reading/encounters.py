"""Who was there: which aircraft matched filters at any moment of a period, from kept rows. Pure."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.bounding_box import BoundingBox
from flighttracker.frame.layout import LATITUDE, LONGITUDE, NAMES, IdentityArray
from flighttracker.frame.quantity import UNITS_PER_DEGREE
from flighttracker.query.filters import Filters, dynamic_matches, identity_matches, text_matches
from flighttracker.query.period import Period
from flighttracker_historian.reading.past_sky import Floats, Presence
from flighttracker_historian.reading.rows import Integers, Rows

_HALF_TURN_DEG: Final = 180.0
_TURN_DEG: Final = 360.0

Mask = npt.NDArray[np.bool_]


class Encounters(NamedTuple):
    """Aircraft that matched, ascending by address.

    Attributes:
        icao24: (k) addresses.
        first_ms: (k) the first moment at which each matched, milliseconds since 1970.
        last_ms: (k) the last one.
        time_ms: (k) time of the last position that matched.
        dynamic: (11, k) its columns.
        identities: (k) dtype `WIDE_IDENTITY`.
        names: the table that `identities` has indexes of.
    """

    icao24: npt.NDArray[np.uint32]
    first_ms: Integers
    last_ms: Integers
    time_ms: Integers
    dynamic: npt.NDArray[np.int32]
    identities: IdentityArray
    names: list[str]


def find_encounters(rows: Rows, filters: Filters, period: Period, presence: Presence) -> Encounters:
    """Return the aircraft that matched at any moment of a period.

    A row counts until the next one, at most for the time to live. With a box, an aircraft matches that crossed it
    between two rows, too.

    Args:
        rows: those of the time to live before the period until a stretch after it.
        filters: all of them must match at one moment.
        period: from when to when.
        presence: how long rows count.
    """
    is_of = identity_matches(filters, rows.identities, rows.names)
    is_of &= text_matches(filters.terms, rows.identities)
    after = np.minimum(np.arange(len(rows)) + 1, len(rows) - 1)
    is_followed = (rows.icao24[after] == rows.icao24) & (after > np.arange(len(rows)))
    silent_ms = rows.time_ms + presence.time_to_live_ms
    until_ms = np.where(is_followed, np.minimum(rows.time_ms[after], silent_ms), silent_ms)
    matches = is_of[rows.identity] & (rows.time_ms <= period.to_ms) & (until_ms >= period.from_ms)
    matches &= dynamic_matches(filters._replace(bounding_box=None), rows.dynamic)
    numbers = np.flatnonzero(matches)
    if filters.bounding_box is not None:
        numbers = numbers[_are_in(filters.bounding_box, rows, numbers, after, is_followed, period, presence)]
    return _by_aircraft(rows, numbers, until_ms, period)


def join_encounters(earlier: Encounters, later: Encounters) -> Encounters:
    """Return the encounters of two periods as one."""
    identities = later.identities.copy()
    for name in NAMES:
        identities[name] += np.uint32(len(earlier.names))
    columns: list[Any] = [np.concatenate((a, b), axis=-1) for a, b in zip(earlier[:5], later[:5], strict=True)]  # type: ignore[arg-type]
    order = np.lexsort((columns[2], columns[0]))
    icao24, first_ms, last_ms, time_ms, dynamic = (column[..., order] for column in columns)
    every = np.concatenate((earlier.identities, identities))[order]
    first, last = _edges(icao24)
    return Encounters(
        icao24[last],
        first_ms[first],
        last_ms[last],
        time_ms[last],
        dynamic[:, last],
        every[last],
        [*earlier.names, *later.names],
    )


def _by_aircraft(rows: Rows, numbers: Integers, until_ms: Integers, period: Period) -> Encounters:
    icao24 = rows.icao24[numbers]
    first, last = _edges(icao24)
    ends = numbers[last]
    return Encounters(
        icao24[last],
        np.maximum(rows.time_ms[numbers[first]], period.from_ms),
        np.minimum(until_ms[ends], period.to_ms),
        rows.time_ms[ends],
        rows.dynamic[:, ends],
        rows.identities[rows.identity[ends]],
        rows.names,
    )


def _edges(icao24: npt.NDArray[np.uint32]) -> tuple[Integers, Integers]:
    """Return the first and the last index of each address in a sorted array."""
    changes = np.flatnonzero(icao24[1:] != icao24[:-1]) + 1
    if not len(icao24):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(([0], changes)), np.concatenate((changes - 1, [len(icao24) - 1]))


def _are_in(
    box: BoundingBox,
    rows: Rows,
    numbers: Integers,
    after: Integers,
    is_followed: Mask,
    period: Period,
    presence: Presence,
) -> Mask:
    """Return which rows (k), until the next one and within the period, touch a box."""
    time_ms, next_ms = rows.time_ms[numbers], rows.time_ms[after[numbers]]
    gap_ms = next_ms - time_ms
    flies = is_followed[numbers] & (gap_ms > 0) & (gap_ms <= presence.stretch_ms)
    ends = np.where(flies, after[numbers], numbers)
    latitude, longitude = (rows.dynamic[column] / UNITS_PER_DEGREE for column in (LATITUDE, LONGITUDE))
    north, east = latitude[numbers], longitude[numbers]
    to_north = latitude[ends] - north
    to_east = (longitude[ends] - east + _HALF_TURN_DEG) % _TURN_DEG - _HALF_TURN_DEG
    length_ms = np.where(flies, gap_ms, 1)
    begin = np.clip((period.from_ms - time_ms) / length_ms, 0.0, 1.0)
    end = np.clip((period.to_ms - time_ms) / length_ms, 0.0, 1.0)
    north, east = north + begin * to_north, east + begin * to_east
    return touch(box, north, east, (end - begin) * to_north, (end - begin) * to_east)


def touch(box: BoundingBox, north: Floats, east: Floats, to_north: Floats, to_east: Floats) -> Mask:
    """Return which lines (n), straight in latitude and longitude, have a point in a box, edges included.

    Args:
        box: the box.
        north: (n) latitudes of the starts, degrees.
        east: (n) longitudes of the starts, degrees.
        to_north: (n) degrees of latitude to the ends.
        to_east: (n) degrees of longitude to the ends, at most half a turn.
    """
    from_west = (east - box.west_deg) % _TURN_DEG
    touches = np.zeros(len(north), np.bool_)
    low, high = _within(north, to_north, box.south_deg, box.north_deg)
    for turn in (-_TURN_DEG, 0.0, _TURN_DEG):
        first, last = _within(from_west, to_east, turn, turn + box.width_deg)
        touches |= np.maximum(np.maximum(low, first), 0.0) <= np.minimum(np.minimum(high, last), 1.0)
    return touches


@np.errstate(divide="ignore", invalid="ignore")
def _within(start: Floats, change: Floats, lowest: float, highest: float) -> tuple[Any, Any]:
    """Return from which to which share of a line (n) a coordinate is within bounds; 1, 0 for never."""
    one, other = (lowest - start) / change, (highest - start) / change
    inside = (start >= lowest) & (start <= highest)
    stays = change == 0
    first = np.where(stays, np.where(inside, 0.0, 1.0), np.minimum(one, other))
    last = np.where(stays, np.where(inside, 1.0, 0.0), np.maximum(one, other))
    return first, last
