"""Which aircraft are in the sky at a moment, and where, from kept rows. Pure.

An aircraft is there from each row until its next one, at most for the time to live. Between two rows that are near in
time it flies a straight line, because what it flew differently was kept. After the last row it stays where it was
heard, with the age of that row, as in live frames: viewers continue its flight.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.bounding_box import BoundingBox
from flighttracker.frame import KEY, Additions, Changes, FrameStamp, encode_frame
from flighttracker.frame.layout import (
    BARO_ALTITUDE,
    COLUMN_COUNT,
    CONTACT_LEAD,
    GEO_OFFSET,
    GROUND_SPEED,
    IDENTITY,
    LATITUDE,
    LONGITUDE,
    NAMES,
    NULL,
    POSITION_AGE,
    TRACK,
    VERTICAL_RATE,
)
from flighttracker.frame.quantity import UNITS_PER_DEGREE, age_of
from flighttracker_historian.reading.rows import Integers, Rows

_HALF_TURN: Final = 180 * UNITS_PER_DEGREE
_TURN: Final = 2 * _HALF_TURN
_TRACKS: Final = 3600
_TIME_BITS: Final = 40
"""Bits of a time after the first row: 34 years."""
MAX_NAMES: Final = 0xFFFF
_INTERPOLATED: Final = (BARO_ALTITUDE, GEO_OFFSET, GROUND_SPEED, VERTICAL_RATE)

Floats = npt.NDArray[np.float64]


class Presence(NamedTuple):
    """How long rows count.

    Attributes:
        time_to_live_ms: an aircraft is there so long after a row.
        stretch_ms: it flies straight between two rows that are not further apart.
    """

    time_to_live_ms: int
    stretch_ms: int


class Aircraft(NamedTuple):
    """Aircraft at a moment: numbers (k) of their rows, ascending by address, and their columns (11, k)."""

    rows: Integers
    dynamic: npt.NDArray[np.int32]


class Sky:
    """The sky at any moment that some rows cover.

    Args:
        rows: those of the time to live before the first moment until a stretch after the last one.
        presence: how long rows count.
    """

    def __init__(self, rows: Rows, presence: Presence) -> None:
        self._rows = rows
        self._presence = presence
        is_first = np.ones(len(rows), np.bool_)
        is_first[1:] = rows.icao24[1:] != rows.icao24[:-1]
        self._starts = np.flatnonzero(is_first)
        self._base_ms = int(rows.time_ms.min(initial=2**62)) if len(rows) else 0
        number = np.cumsum(is_first, dtype=np.int64) - 1
        self._keys = (number << _TIME_BITS) + (rows.time_ms - self._base_ms)

    def at(self, moment_ms: int, box: BoundingBox | None = None) -> Aircraft:
        """Return the aircraft at a moment, in a box."""
        rows = self._rows
        since_base = moment_ms - self._base_ms
        if since_base < 0 or not len(rows):
            return Aircraft(np.zeros(0, np.int64), np.zeros((COLUMN_COUNT, 0), np.int32))
        count = len(self._starts)
        wanted = (np.arange(count, dtype=np.int64) << _TIME_BITS) + min(since_base, (1 << _TIME_BITS) - 1)
        before = np.searchsorted(self._keys, wanted, side="right") - 1
        is_there = (before >= self._starts) & (moment_ms - rows.time_ms[before] <= self._presence.time_to_live_ms)
        before = before[is_there]
        dynamic = self._between(before, moment_ms)
        if box is not None:
            inside = box.contains(dynamic[LATITUDE], dynamic[LONGITUDE], UNITS_PER_DEGREE)
            before, dynamic = before[inside], dynamic[:, inside]
        return Aircraft(before, dynamic)

    def frame(self, moment_ms: int, stamp: FrameStamp, box: BoundingBox | None = None) -> bytes:
        """Return the key frame of a moment, which is its tick time."""
        found = self.at(moment_ms, box)
        rows = self._rows
        wide = rows.identities[rows.identity[found.rows]]
        identities = np.zeros(len(wide), IDENTITY)
        for name in IDENTITY.names or ():
            if name not in NAMES:
                identities[name] = wide[name]
        names: dict[str, int] = {}
        for name in NAMES:
            used, places = np.unique(wide[name], return_inverse=True)
            # Beyond the most names of a frame, an aircraft has the first one, as an unknown operator.
            numbers = [names.setdefault(rows.names[at], min(len(names), MAX_NAMES)) for at in used.tolist()]
            identities[name] = np.array(numbers, np.uint16)[places]
        slots = np.arange(len(wide))
        nothing = np.zeros(0, np.int64)
        none = np.zeros((COLUMN_COUNT, 0), np.int32)
        return encode_frame(
            KEY,
            stamp,
            slot_count=len(slots),
            removed=nothing,
            added=Additions(slots, identities, tuple(names)[:MAX_NAMES], found.dynamic),
            changed=Changes(nothing, none, none),
        )

    def _between(self, before: Integers, moment_ms: int) -> npt.NDArray[np.int32]:
        """Return the columns (11, k) at a moment, from the rows before it and the next ones."""
        rows = self._rows
        dynamic = rows.dynamic[:, before]
        dynamic[POSITION_AGE] = age_of(rows.time_ms[before], moment_ms)
        after = np.minimum(before + 1, len(rows) - 1)
        gap_ms = rows.time_ms[after] - rows.time_ms[before]
        flies = (rows.icao24[after] == rows.icao24[before]) & (gap_ms > 0) & (gap_ms <= self._presence.stretch_ms)
        share = (moment_ms - rows.time_ms[before[flies]]) / gap_ms[flies]
        now, then = dynamic[:, flies], rows.dynamic[:, after[flies]]
        east = now[LONGITUDE] + share * _short_way(then[LONGITUDE] - now[LONGITUDE], _TURN)
        dynamic[LONGITUDE, flies] = np.rint((east + _HALF_TURN) % _TURN - _HALF_TURN)
        dynamic[LATITUDE, flies] = np.rint(now[LATITUDE] + share * (then[LATITUDE] - now[LATITUDE]))
        for column in _INTERPOLATED:
            dynamic[column, flies] = _known_between(now[column], then[column], share)
        turned = np.rint(now[TRACK] + share * _short_way(then[TRACK] - now[TRACK], _TRACKS)) % _TRACKS
        dynamic[TRACK, flies] = np.where((now[TRACK] == NULL) | (then[TRACK] == NULL), now[TRACK], turned)
        dynamic[POSITION_AGE, flies] = 0
        # A contact is not before its position, and the last one before the moment is unknown.
        dynamic[CONTACT_LEAD, flies] = 0
        return dynamic


def _short_way(difference: npt.NDArray[np.int32], whole: int) -> npt.NDArray[np.int32]:
    half = whole // 2
    return (difference + half) % whole - half


def _known_between(now: npt.NDArray[np.int32], then: npt.NDArray[np.int32], share: Floats) -> npt.NDArray[np.int32]:
    between = np.rint(now + share * (then - now)).astype(np.int32)
    return np.where((now == NULL) | (then == NULL), now, between)
