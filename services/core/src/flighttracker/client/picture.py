"""`Picture`: the aircraft of a tracker, as frames change them. Pure; `client` is the only user.

An update says which aircraft changed and which have left. Ticks that were missed are never replaced by something: the
update that follows them has a `Gap`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
import numpy as np

from flighttracker.bounding_box import BoundingBox
from flighttracker.flight import FlightPosition
from flighttracker.frame import FrameContent, FrameHeader, ShardTable, decode_frame, positions_of, split_frames
from flighttracker.frame.layout import LATITUDE, LONGITUDE, IntArray
from flighttracker.frame.quantity import UNITS_PER_DEGREE

MISSED_TICKS: Final = 1.5
"""Under another epoch, a tick that is later than this many tick intervals follows a gap."""


class Gap(msgspec.Struct, frozen=True):
    """Ticks that this client did not get: what happened between two moments is unknown.

    Attributes:
        since_ms: the last tick before, milliseconds since 1970.
        until_ms: the first tick after, milliseconds since 1970.
        shards: the parts of the tracker that missed ticks; aircraft of the others were seen all the time.
    """

    since_ms: int
    until_ms: int
    shards: tuple[int, ...]


class Changed(msgspec.Struct, frozen=True):
    """What one message changed; see `Update`."""

    changed: tuple[FlightPosition, ...]
    removed: tuple[str, ...]
    gap: Gap | None


class _Shard:
    """One shard: its slots, and the last tick that it has."""

    def __init__(self) -> None:
        self.table = ShardTable()
        self.epoch = -1
        self.sequence = -1
        self.tick_time_ms = 0


class Picture:
    """The aircraft of a tracker, or those in a box.

    Attributes:
        flights: the present picture by ICAO address, six lower-case hexadecimal digits.
        needs_key_frames: whether frames are missing, so that the gateway must be asked for key frames.
    """

    def __init__(self, box: BoundingBox | None) -> None:
        self._box = box
        self._flights: dict[str, FlightPosition] = {}
        self._shard_of: dict[str, int] = {}
        self._shards: dict[int, _Shard] = {}
        self._shard_count: int | None = None
        self.flights: Mapping[str, FlightPosition] = MappingProxyType(self._flights)
        self.needs_key_frames = False

    @property
    def cursor(self) -> str:
        """What this picture has, as the parameter `since` of a gateway: `shard.epoch.sequence,…`."""
        return ",".join(f"{number}.{shard.epoch}.{shard.sequence}" for number, shard in self._shards.items())

    @property
    def time_ms(self) -> int | None:
        """The tick of the shard that is furthest behind, milliseconds since 1970; None before the first frame."""
        return min((shard.tick_time_ms for shard in self._shards.values()), default=None)

    @property
    def is_complete(self) -> bool:
        """Whether every shard of the tracker has sent its aircraft."""
        return self._shard_count is not None and len(self._shards) >= self._shard_count

    def keep_shards(self, count: int) -> tuple[str, ...]:
        """Forget the shards that the tracker no longer has; return the aircraft that leave with them."""
        self._shard_count = count
        self._shards = {number: shard for number, shard in self._shards.items() if number < count}
        gone = [icao24 for icao24, number in self._shard_of.items() if number >= count]
        return tuple(icao24 for icao24 in gone if self._leave(icao24))

    def apply(self, message: bytes) -> Changed:
        """Apply a message with frames, and return what it changed.

        Raises:
            FrameError: a frame is damaged; those before it are applied.
            FrameVersionError: a frame has a version that this program does not read.
        """
        before: dict[str, FlightPosition | None] = {}
        gaps: dict[int, tuple[int, int]] = {}
        for frame in split_frames(message):
            header, content = decode_frame(frame)
            self._take(header, content, before, gaps)
        return self._compared(before, gaps)

    def _take(
        self,
        header: FrameHeader,
        content: FrameContent,
        before: dict[str, FlightPosition | None],
        gaps: dict[int, tuple[int, int]],
    ) -> None:
        known = self._shards.get(header.shard)
        if known is not None and header.epoch == known.epoch and header.sequence <= known.sequence:
            return
        if header.is_key:
            self._replace(header, content, before)
            if known is not None and _misses_ticks(known, header):
                gaps[header.shard] = (known.tick_time_ms, header.tick_time_ms)
            self.needs_key_frames = False
        elif known is not None and header.epoch == known.epoch and header.sequence == known.sequence + 1:
            self._change(known, header, content, before)
        elif known is None or header.epoch >= known.epoch:
            self.needs_key_frames = True

    def _replace(self, header: FrameHeader, content: FrameContent, before: dict[str, FlightPosition | None]) -> None:
        """Replace a shard by its key frame."""
        shard = _Shard()
        shard.table.apply(content, header.tick_time_ms)
        self._shards[header.shard] = shard
        _stamp(shard, header)
        slots = shard.table.taken_slots()
        present = _addresses(shard.table, slots)
        gone = {icao24 for icao24, number in self._shard_of.items() if number == header.shard}.difference(present)
        self._note(shard, header.shard, slots, gone, before)

    def _change(
        self, shard: _Shard, header: FrameHeader, content: FrameContent, before: dict[str, FlightPosition | None]
    ) -> None:
        """Apply a delta frame to a shard."""
        table = shard.table
        freed = np.concatenate([content.removed, content.added.slots])
        freed = freed[freed < len(table.used)]
        left = set(_addresses(table, freed[table.used[freed]]))
        table.apply(content, header.tick_time_ms)
        _stamp(shard, header)
        left.difference_update(_addresses(table, content.added.slots))
        heard = np.union1d(content.added.slots, content.updated.slots)
        self._note(shard, header.shard, heard, left, before)

    def _note(
        self,
        shard: _Shard,
        number: int,
        slots: IntArray,
        left: set[str],
        before: dict[str, FlightPosition | None],
    ) -> None:
        """Bring the flights in line with a shard: `slots` were heard, the aircraft in `left` are gone."""
        for icao24 in left:
            if self._shard_of.get(icao24) == number:
                before.setdefault(icao24, self._flights.get(icao24))
                self._leave(icao24)
        table = shard.table
        slots = slots.astype(np.intp)
        if self._box is not None:
            # Before positions become objects, because most of the world is outside.
            latitude, longitude = table.dynamic[LATITUDE, slots], table.dynamic[LONGITUDE, slots]
            inside = self._box.contains(latitude, longitude, UNITS_PER_DEGREE)
            self._leave_box(shard, number, slots[~inside], before)
            slots = slots[inside]
        found = positions_of(
            table.identities[slots], table.names, table.dynamic[:, slots], table.position_time_ms[slots]
        )
        for position in found:
            icao24 = position.icao24
            if not self._is_ahead(icao24, number, position.position_time):
                before.setdefault(icao24, self._flights.get(icao24))
                self._flights[icao24] = position
                self._shard_of[icao24] = number

    def _leave_box(self, shard: _Shard, number: int, slots: IntArray, before: dict[str, FlightPosition | None]) -> None:
        """Drop the aircraft of these slots, which are outside the box."""
        times: list[int] = shard.table.position_time_ms[slots].tolist()
        for icao24, time_ms in zip(_addresses(shard.table, slots), times, strict=True):
            shown = self._flights.get(icao24)
            if shown is not None and not self._is_ahead(icao24, number, time_ms):
                before.setdefault(icao24, shown)
                self._leave(icao24)

    def _is_ahead(self, icao24: str, number: int, time_ms: int) -> bool:
        """Return whether an aircraft is shown as of a later time by another shard, which it moves to."""
        shown = self._flights.get(icao24)
        return shown is not None and self._shard_of[icao24] != number and shown.position_time > time_ms

    def _leave(self, icao24: str) -> bool:
        self._shard_of.pop(icao24, None)
        return self._flights.pop(icao24, None) is not None

    def _compared(self, before: dict[str, FlightPosition | None], gaps: dict[int, tuple[int, int]]) -> Changed:
        changed, removed = [], []
        for icao24, position in before.items():
            now = self._flights.get(icao24)
            if now is None:
                if position is not None:
                    removed.append(icao24)
            elif now != position:
                changed.append(now)
        gap = None
        if gaps:
            gap = Gap(min(since for since, _ in gaps.values()), max(until for _, until in gaps.values()), tuple(gaps))
        return Changed(tuple(changed), tuple(removed), gap)


def _stamp(shard: _Shard, header: FrameHeader) -> None:
    shard.epoch, shard.sequence, shard.tick_time_ms = header.epoch, header.sequence, header.tick_time_ms


def _misses_ticks(shard: _Shard, header: FrameHeader) -> bool:
    if header.epoch == shard.epoch:
        return header.sequence != shard.sequence + 1
    return header.tick_time_ms - shard.tick_time_ms > MISSED_TICKS * header.tick_interval_ms


def _addresses(table: ShardTable, slots: IntArray) -> list[str]:
    addresses: list[Any] = table.identities["icao24"][slots].tolist()
    return [f"{address:06x}" for address in addresses]
