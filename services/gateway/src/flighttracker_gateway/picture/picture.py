"""`Picture`: the state of every shard as viewers see it. Frames in; key frames, flights and counts out.

Every gateway keeps a picture of all shards, including those it does not own, for joining viewers, the REST interface
and the JSON encoding. Pure; applying a frame with 20,000 updates takes a few milliseconds.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flighttracker.errors import FrameError
from flighttracker.flight import CATEGORIES, NOT_AIRCRAFT, STATUSES, FlightPosition
from flighttracker.frame import FrameHeader, FrameStamp, ShardTable, decode_frame, positions_of
from flighttracker.frame.layout import (
    BARO_ALTITUDE,
    GROUND_SPEED,
    NULL,
    ROUNDED_MS,
    STATUS,
    FrameContent,
    IntArray,
)
from flighttracker.frame.quantity import ALTITUDE_M, SPEED_MPS, WORDS_OF_KIND

FLIGHTS_PER_LIST: Final = 250
"""Positions that are made at once, in less than a millisecond."""

_NOT_AIRCRAFT: Final = [CATEGORIES.index(category) for category in NOT_AIRCRAFT]
_ALTITUDE_BUCKET_M = 1_000
_SPEED_BUCKET_MPS = 25


class Outcome(enum.Enum):
    """The result of applying a frame."""

    APPLIED = "applied"
    IGNORED = "ignored"
    """The frame has an older epoch, or a tick that was already applied."""
    GAP = "gap"
    """Ticks are missing before the frame: it needs them, or a key frame."""


class ShardPicture:
    """One shard as of one tick."""

    def __init__(self, header: FrameHeader) -> None:
        self.table = ShardTable()
        self.epoch = header.epoch
        self.sequence = header.sequence
        self.tick_time_ms = header.tick_time_ms
        self.tick_interval_ms = header.tick_interval_ms
        self.slot_of: dict[int, int] = {}
        self.mean_position_time_ms: float | None = None
        """Mean position time of the aircraft that the latest frame updated, for the end-to-end metric."""
        self.newest_position_ms = 0
        """Time of the newest position, milliseconds since 1970; unchanged while nothing is heard."""
        self.key: bytes | None = None

    def apply(self, header: FrameHeader, content: FrameContent) -> None:
        """Apply the content of a frame to the table and its index."""
        for slot in content.removed:
            self.slot_of.pop(int(self.table.identities["icao24"][slot]), None)
        self.table.apply(content, header.tick_time_ms)
        for slot, icao24 in zip(content.added.slots, content.added.identities["icao24"], strict=True):
            self.slot_of[int(icao24)] = int(slot)
        heard = content.updated.slots if len(content.updated.slots) else content.added.slots
        self.mean_position_time_ms = float(self.table.position_time_ms[heard].mean()) if len(heard) else None
        for slots in (content.added.slots, content.updated.slots):
            self.newest_position_ms = int(self.table.position_time_ms[slots].max(initial=self.newest_position_ms))
        self.sequence = header.sequence
        self.tick_time_ms = header.tick_time_ms
        self.key = None

    def positions(self, slots: IntArray) -> Iterator[list[FlightPosition]]:
        """Yield the positions in slots in short lists, as of the first `next`: a caller may take several ticks."""
        identities = self.table.identities[slots]
        dynamic = self.table.dynamic[:, slots]
        position_time_ms = self.table.position_time_ms[slots]
        for start in range(0, len(slots), FLIGHTS_PER_LIST):
            part = slice(start, start + FLIGHTS_PER_LIST)
            yield positions_of(identities[part], self.table.names, dynamic[:, part], position_time_ms[part])

    def aircraft_slots(self) -> IntArray:
        """Return the slots of aircraft, without surface vehicles and obstacles, ascending."""
        slots = self.table.taken_slots()
        return slots[~np.isin(self.table.identities["category"][slots], _NOT_AIRCRAFT)]

    def is_as_new_as(self, other: ShardPicture) -> bool:
        """Return whether replacing the other picture by this one moves no tick and no aircraft back in time.

        The newest position alone does not decide this. Aircraft report at different moments, so some positions that the
        other picture has may be missing here even if the newest one is not.
        """
        if self.tick_time_ms < other.tick_time_ms:
            return False
        if other.slot_of and self.newest_position_ms < other.newest_position_ms - ROUNDED_MS:
            return False
        ours, theirs = self.table.taken_slots(), other.table.taken_slots()
        _, ours_of_both, theirs_of_both = np.intersect1d(
            self.table.identities["icao24"][ours],
            other.table.identities["icao24"][theirs],
            assume_unique=True,
            return_indices=True,
        )
        ours_ms = self.table.position_time_ms[ours[ours_of_both]]
        theirs_ms = other.table.position_time_ms[theirs[theirs_of_both]]
        return bool((ours_ms >= theirs_ms - ROUNDED_MS).all())

    def stamp(self, shard: int) -> FrameStamp:
        """Return the stamp of the latest tick."""
        return FrameStamp(shard, self.epoch, self.sequence, self.tick_time_ms, self.tick_interval_ms)


class Picture:
    """All shards of a tracker."""

    def __init__(self) -> None:
        self._shards: dict[int, ShardPicture] = {}
        self._restarting: set[int] = set()
        self.version = 0
        """Increases with every change."""

    def __len__(self) -> int:
        return sum(len(shard.slot_of) for shard in self._shards.values())

    @property
    def aircraft(self) -> int:
        """Number of aircraft that are shown, without surface vehicles and obstacles."""
        return sum(len(shard.aircraft_slots()) for shard in self._shards.values())

    @property
    def shards(self) -> Mapping[int, ShardPicture]:
        """The shards that have been seen, by number."""
        return self._shards

    def apply(self, frame: bytes) -> Outcome:
        """Apply one frame.

        Raises:
            FrameError: the bytes are not a frame, or contradict the previous state. A contradicted shard is removed;
                the next key frame restores it.
        """
        header, content = decode_frame(frame)
        known = self._shards.get(header.shard)
        if known is not None and header.shard in self._restarting:
            if not header.is_key:
                return Outcome.GAP
            if header.tick_time_ms < known.tick_time_ms:
                return Outcome.IGNORED
        elif known is not None and (header.epoch, header.sequence) <= (known.epoch, known.sequence):
            return Outcome.IGNORED
        if header.is_key:
            known = ShardPicture(header)
        elif known is None or header.epoch != known.epoch or header.sequence != known.sequence + 1:
            return Outcome.GAP
        try:
            known.apply(header, content)
        except FrameError:
            self._shards.pop(header.shard, None)
            raise
        finally:
            self.version += 1
        self._shards[header.shard] = known
        self._restarting.discard(header.shard)
        return Outcome.APPLIED

    def restart(self) -> None:
        """Let each shard be replaced by its next key frame that is not older, even if that has a lower epoch."""
        self._restarting = set(self._shards)

    def key_frame(self, shard: int) -> bytes:
        """Return the current state of a shard as a key frame; encoded at most once a tick."""
        known = self._shards[shard]
        if known.key is None:
            known.key = known.table.key_frame(known.stamp(shard))
        return known.key

    def flights(self) -> Iterator[FlightPosition]:
        """Yield every flight, each shard as of the moment that its first flight is read; `Selection` filters."""
        for shard in tuple(self._shards.values()):
            for some in shard.positions(shard.table.taken_slots()):
                yield from some

    def find(self, icao24: str) -> FlightPosition | None:
        """Return the flight of one aircraft; None when it is not shown."""
        address = int(icao24, 16)
        for shard in self._shards.values():
            if (slot := shard.slot_of.get(address)) is not None:
                return next(shard.positions(np.array([slot])))[0]
        return None

    def position_time_ms(self, shard: int, icao24: str) -> int | None:
        """Return the time of an aircraft's position in a shard, milliseconds since 1970; None when absent."""
        known = self._shards.get(shard)
        slot = None if known is None else known.slot_of.get(int(icao24, 16))
        return None if known is None or slot is None else int(known.table.position_time_ms[slot])

    def newest_position_ms(self, shard: int) -> int:
        """Return the time of the newest position of a shard, milliseconds since 1970; 0 without any."""
        known = self._shards.get(shard)
        return known.newest_position_ms if known is not None and known.slot_of else 0

    def statistics(self) -> dict[str, Any]:
        """Return counts of aircraft: total, on the ground, and by country, status, kind, altitude and speed.

        Surface vehicles and obstacles are counted apart from the others, as `vehicles`.
        """
        countries: dict[str, int] = {}
        statuses = np.zeros(16, np.int64)
        kinds = {kind: np.zeros(256, np.int64) for kind in WORDS_OF_KIND}
        on_ground = vehicles = 0
        altitudes: list[IntArray] = []
        speeds: list[IntArray] = []
        for shard in self._shards.values():
            slots = shard.aircraft_slots()
            vehicles += len(shard.slot_of) - len(slots)
            for kind, counted in kinds.items():
                counted += np.bincount(shard.table.identities[kind][slots], minlength=256)
            names, counts = np.unique(shard.table.identities["origin_country"][slots], return_counts=True)
            for name, count in zip(names, counts, strict=True):
                country = shard.table.names[name]
                countries[country] = countries.get(country, 0) + int(count)
            dynamic = shard.table.dynamic[:, slots]
            statuses += np.bincount(dynamic[STATUS] & 15, minlength=16)
            on_ground += int(np.count_nonzero(dynamic[STATUS] & 16))
            altitudes.append(dynamic[BARO_ALTITUDE])
            speeds.append(dynamic[GROUND_SPEED])
        return {
            "aircraft": int(statuses.sum()),
            "vehicles": vehicles,
            "on_ground": on_ground,
            "by_country": dict(sorted(countries.items(), key=lambda item: (-item[1], item[0]))),
            "by_status": {status: int(statuses[number]) for number, status in enumerate(STATUSES)},
            **{f"by_{kind}": _words(WORDS_OF_KIND[kind], counted) for kind, counted in kinds.items()},
            "by_altitude_m": _histogram(altitudes, ALTITUDE_M, _ALTITUDE_BUCKET_M),
            "by_speed_mps": _histogram(speeds, SPEED_MPS, _SPEED_BUCKET_MPS),
        }


def _words(words: Sequence[str], counted: npt.NDArray[np.int64]) -> dict[str, int]:
    """Return the counts that are not 0, most first; numbers of later versions count as unknown."""
    counts: dict[str, int] = {}
    for number in np.flatnonzero(counted).tolist():
        counts[words[number]] = counts.get(words[number], 0) + int(counted[number])
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _histogram(columns: list[IntArray], step: float, bucket: int) -> dict[str, int]:
    """Return the number of values in each bucket, by its lower bound, without unknown values."""
    if not columns:
        return {}
    values = np.concatenate(columns)
    lower, counts = np.unique(np.floor(values[values != NULL] * step / bucket) * bucket, return_counts=True)
    return {f"{low:.0f}": int(count) for low, count in zip(lower, counts, strict=True)}
