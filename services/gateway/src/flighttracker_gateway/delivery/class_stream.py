"""`ClassStream`: what every viewer of one class of zoom knows, and the parts for its tiles (`flights.v3`).

Each tick predicts where viewers show every aircraft, and updates those that are visibly elsewhere: their position is
half a pixel off at the class's finest zoom, now or by the next tick, or heading, altitude or state leave their
tolerance. A viewer knows the aircraft of its tiles; one that enters a tile is an addition there, one that leaves it a
removal. Pure.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.frame.layout import KINDS
from flighttracker.tiles.body_reader import ADDRESSES
from flighttracker.tiles.message import TileAdditions, TileChanges, TileHeader, TileUpdates, encode_key, encode_tile
from flighttracker.tiles.motion import (
    AGE,
    ALTITUDE,
    CLIMB,
    HEADING,
    HEADING_STEPS,
    MOTION_COUNT,
    STATE,
    TENTH_MS,
    VELOCITY_X,
    VELOCITY_Y,
    X,
    Y,
    differences,
    is_moving,
    predict,
)
from flighttracker.tiles.zoom_class import ZoomClass
from flighttracker_gateway.delivery.measured import Flying, motion_of
from flighttracker_gateway.delivery.sky import Sky

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

TOLERANCE_UNITS: Final = 2
"""Half a pixel."""
TURNS_FROM_KT: Final = 30
"""A slower aircraft turns on the spot, or its heading is noise."""
BORDER: Final = 1 / 16
"""So far outside its tile, in tiles, an aircraft still belongs to it: on a border it would change with each report."""
_NOWHERE: Final = -1


class ClassStream:
    """What viewers of one class know, and the tiles that somebody watches.

    Attributes:
        zoom: the class.
        interval_ms: time between two ticks: that of the class, or of the gateway if that is longer.
        tick: number of the present tick; its time is `tick * interval_ms`.
    """

    def __init__(self, zoom: ZoomClass, gateway_interval_ms: int) -> None:
        self.zoom = zoom
        # Messages give it in tenths of a second.
        self.interval_ms = max(zoom.interval_ms, -(-gateway_interval_ms // TENTH_MS) * TENTH_MS)
        self.tick = 0
        self._motion = np.zeros((MOTION_COUNT, 0), np.int64)
        self._sent = np.zeros(0, np.int64)
        self._tile = np.zeros(0, np.int64)
        self._icao24 = np.zeros(0, np.int64)
        self._kinds = np.zeros((len(KINDS), 0), np.int64)
        self._differences = np.zeros((MOTION_COUNT, 0), np.int64)
        self._left = self._entered = self._moved = _ByTile(_NONE, _NONE)
        self._left_places = self._moved_places = _NONE
        self._members = _Members(_NONE, _NONE)
        self._watched: dict[int, int] = {}
        self._keys: dict[int, bytes] = {}

    def is_due(self, time_ms: int) -> bool:
        """Return whether the time of the next tick has come."""
        return time_ms // self.interval_ms > self.tick

    def advance(self, sky: Sky, time_ms: int) -> None:
        """Begin the tick of `time_ms`, which is due."""
        self._reserve(len(sky.used))
        self.tick = time_ms // self.interval_ms
        at = sky.flying(self.tick * self.interval_ms).stopping_by(self.interval_ms / 1000)
        new = motion_of(at, self.zoom)
        elapsed = self._elapsed(slice(None))
        predicted = predict(self._motion, elapsed, self.zoom)
        same = (self._tile != _NOWHERE) & sky.used
        same &= (self._icao24 == sky.icao24) & (self._kinds == sky.kinds).all(axis=0)
        tile = np.where(sky.used, self._tiles(at, same), _NOWHERE)
        stays = same & (tile == self._tile)
        left = np.flatnonzero((self._tile != _NOWHERE) & ~stays)
        entered = np.flatnonzero(sky.used & ~stays)
        later = predict(self._motion, elapsed + self.interval_ms // TENTH_MS, self.zoom)
        # Both fly straight until the next tick, so their distance in between is at most the larger of the two.
        visible = self._is_visible(new, predicted, at) | self._is_off(later, at, self.interval_ms / 1000)
        moved = np.flatnonzero(stays & visible)
        moved = moved[np.lexsort((sky.icao24[moved], tile[moved]))]
        self._differences = differences(new[:, moved], predicted[:, moved], self.zoom)
        self._left = _ByTile.of(left, self._tile, self._icao24)
        self._entered = _ByTile.of(entered, tile, sky.icao24)
        self._moved = _ByTile(moved, tile[moved])
        self._left_places = self._members.places(self._left, self._icao24)
        self._moved_places = self._members.places(self._moved, self._icao24)
        self._members = self._members.without(self._left, self._icao24).including(self._entered, sky.icao24)
        self._tile = tile
        self._icao24 = sky.icao24.copy()
        self._kinds = sky.kinds.copy()
        for rows in (entered, moved):
            self._motion[:, rows] = new[:, rows]
            self._sent[rows] = self.tick
        self._keys.clear()

    def watch(self, tile: int) -> None:
        """Encode a tile from the next tick on; viewers get its `key` of this one."""
        self._watched.setdefault(tile, self.tick)

    def forget(self, tile: int) -> None:
        """Encode a tile no longer, because nobody watches it."""
        self._watched.pop(tile, None)

    def parts(self) -> dict[int, bytes]:
        """Return what changed in the watched tiles in this tick, by tile; call it once a tick."""
        parts = {tile: self.part(tile) for tile in self.changed_tiles()}
        return {tile: part for tile, part in parts.items() if part is not None}

    def changed_tiles(self) -> list[int]:
        """Return the watched tiles that changed in this tick."""
        changed = np.unique(np.concatenate((self._left.tiles, self._entered.tiles, self._moved.tiles)))
        return [tile for tile in changed.tolist() if tile in self._watched]

    def part(self, tile: int) -> bytes | None:
        """Return what changed in a tile in this tick; call it once a tick.

        None if the tile is watched no longer, or only since this tick: its viewers have the `key`.
        """
        last = self._watched.get(tile)
        if last is None or last == self.tick:
            return None
        left, entered, moved = (group.within(tile) for group in (self._left, self._entered, self._moved))
        changes = TileChanges(
            self._left_places[left],
            self._additions(self._entered.rows[entered]),
            TileUpdates(self._moved_places[moved], self._differences[:, moved]),
        )
        self._watched[tile] = self.tick
        return encode_tile(self.zoom, tile, self.tick - last, changes)

    def key(self, tile: int) -> bytes:
        """Return the whole tile as of this tick; encoded at most once."""
        key = self._keys.get(tile)
        if key is None:
            key = self._keys[tile] = encode_key(self.zoom, tile, self._additions(self._members.within(tile)))
        return key

    def tiles_with_aircraft(self) -> set[int]:
        """Return the tiles that have aircraft in this tick."""
        return set(np.unique(self._tile[self._tile != _NOWHERE]).tolist())

    def header(self, epoch: int) -> TileHeader:
        """Return the header of a message of this tick."""
        return TileHeader(self.zoom.number, epoch, self.tick, self.interval_ms)

    def _elapsed(self, rows: Integers | slice) -> Integers:
        """Return how long ago motions were sent, in 0.1 s."""
        return (self.tick - self._sent[rows]) * (self.interval_ms // TENTH_MS)

    def _additions(self, rows: Integers) -> TileAdditions:
        motion = self._motion[:, rows]
        rests = ~motion[[VELOCITY_X, VELOCITY_Y, CLIMB, AGE]].any(axis=0)
        elapsed = np.where(rests, 0, self.tick - self._sent[rows])
        return TileAdditions(self._icao24[rows], self._kinds[:, rows], elapsed, motion)

    def _tiles(self, at: Flying, same: Flags) -> Integers:
        """Return the tile of each aircraft; one that is hardly outside its tile stays there."""
        count = 1 << self.zoom.tile_zoom
        column = np.minimum((at.x * count).astype(np.int64), count - 1)
        row = np.clip((at.y * count).astype(np.int64), 0, count - 1)
        tile = row * count + column
        old_row, old_column = np.divmod(self._tile, count)
        across = np.abs((at.x * count - old_column - 0.5 + count / 2) % count - count / 2)
        down = np.abs(at.y * count - old_row - 0.5)
        return np.where(same & (across < 0.5 + BORDER) & (down < 0.5 + BORDER), self._tile, tile)

    def _is_off(self, predicted: Integers, at: Flying, after_s: float) -> Flags:
        """Return which aircraft are visibly elsewhere than predicted, so long after the tick."""
        width = 1 << self.zoom.position_bits
        across = (at.x + at.velocity_x * after_s) * width - predicted[X]
        across -= np.rint(across / width) * width
        down = np.clip(at.y + at.velocity_y * after_s, 0, 1) * width - predicted[Y]
        off: Flags = across * across + down * down > TOLERANCE_UNITS * TOLERANCE_UNITS
        return off

    def _is_visible(self, new: Integers, predicted: Integers, at: Flying) -> Flags:
        """Return which aircraft are visibly not as predicted at the tick."""
        shown_deg = np.degrees(np.arctan2(predicted[VELOCITY_X], -predicted[VELOCITY_Y]))
        moving = is_moving(predicted[VELOCITY_X], predicted[VELOCITY_Y])
        shown = np.where(moving, shown_deg * (HEADING_STEPS / 360), predicted[HEADING])
        measured = at.track_deg * (HEADING_STEPS / 360)
        turned = np.abs((measured - shown + HEADING_STEPS // 2) % HEADING_STEPS - HEADING_STEPS // 2)
        climbed = np.abs(new[ALTITUDE] - predicted[ALTITUDE])
        visible: Flags = (
            self._is_off(predicted, at, 0)
            | ((turned > self.zoom.heading_tolerance) & (at.speed_kt > TURNS_FROM_KT))
            | (climbed > self.zoom.altitude_tolerance)
            | (new[STATE] != predicted[STATE])
            | ((new[AGE] > 0) != (predicted[AGE] > 0))
            | ((new[VELOCITY_X : VELOCITY_Y + 1] == 0).all(axis=0) & predicted[VELOCITY_X : VELOCITY_Y + 1].any(axis=0))
        )
        return visible

    def _reserve(self, capacity: int) -> None:
        more = capacity - len(self._tile)
        if more > 0:
            self._motion = np.pad(self._motion, ((0, 0), (0, more)))
            self._sent = np.pad(self._sent, (0, more))
            self._tile = np.pad(self._tile, (0, more), constant_values=_NOWHERE)
            self._icao24 = np.pad(self._icao24, (0, more))
            self._kinds = np.pad(self._kinds, ((0, 0), (0, more)))


class _ByTile(NamedTuple):
    """Rows of aircraft in the order of their tiles, and of their addresses within a tile."""

    rows: Integers
    tiles: Integers

    @classmethod
    def of(cls, rows: Integers, tile: Integers, icao24: Integers) -> _ByTile:
        order = np.lexsort((icao24[rows], tile[rows]))
        return cls(rows[order], tile[rows][order])

    def within(self, tile: int) -> slice:
        start, stop = np.searchsorted(self.tiles, (tile, tile + 1))
        return slice(int(start), int(stop))


class _Members(NamedTuple):
    """All aircraft in the order of their tiles, and of their addresses within a tile.

    Attributes:
        keys: tile * ADDRESSES + address, ascending.
        rows: of the aircraft.
    """

    keys: Integers
    rows: Integers

    def places(self, group: _ByTile, icao24: Integers) -> Integers:
        """Return the place of each aircraft of a group among those of its tile."""
        places: Integers = self._at(group, icao24) - np.searchsorted(self.keys, group.tiles * ADDRESSES)
        return places

    def within(self, tile: int) -> Integers:
        """Return the rows of the aircraft of a tile."""
        start, stop = np.searchsorted(self.keys, (tile * ADDRESSES, (tile + 1) * ADDRESSES))
        return self.rows[start:stop]

    def without(self, group: _ByTile, icao24: Integers) -> _Members:
        """Return the members without a group of them."""
        at = self._at(group, icao24)
        return _Members(np.delete(self.keys, at), np.delete(self.rows, at))

    def including(self, group: _ByTile, icao24: Integers) -> _Members:
        """Return the members and a group that they lack."""
        at = self._at(group, icao24)
        keys = group.tiles * ADDRESSES + icao24[group.rows]
        return _Members(np.insert(self.keys, at, keys), np.insert(self.rows, at, group.rows))

    def _at(self, group: _ByTile, icao24: Integers) -> Integers:
        at: Integers = np.searchsorted(self.keys, group.tiles * ADDRESSES + icao24[group.rows])
        return at


_NONE: Final = np.zeros(0, np.int64)
