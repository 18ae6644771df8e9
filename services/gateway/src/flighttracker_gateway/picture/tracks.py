"""`Tracks`: the positions of every aircraft in the last half hour, for a page that has just been opened.

The picture is sampled every `SPACING_MS` into arrays sorted by address. Of samples older than `FINE_SAMPLES` steps,
every `COARSE_EVERY`-th is kept, at most `COARSE_SAMPLES`. Memory is bounded by `BYTES_PER_POINT` per sample and moving
aircraft, 1.5 kB per aircraft in total. Nothing runs per tick, and no Python code per aircraft: sampling 20,000 aircraft
takes a few milliseconds, and reading a track is one binary search per sample (`bench/tracks.py`).

Every gateway keeps tracks since its own start. `run` starts the sampling, and `rest_tracks` reads tracks.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.bounding_box import BoundingBox
from flighttracker.clock import Clock
from flighttracker.frame.layout import AGE_MS, BARO_ALTITUDE, GROUND_SPEED, LATITUDE, LONGITUDE, NULL, STATUS
from flighttracker.frame.quantity import ALTITUDE_M, DEGREE, ON_GROUND, SPEED_MPS, UNITS_PER_DEGREE
from flighttracker.track.point import TrackPoint
from flighttracker_gateway.picture.picture import Picture, ShardPicture

SPACING_MS: Final = 10_000
FINE_SAMPLES: Final = 30
"""Five minutes in steps of ten seconds, the duration of an approach."""
COARSE_EVERY: Final = 3
COARSE_SAMPLES: Final = 50
"""Twenty-five minutes more, in steps of half a minute."""
BYTES_PER_POINT: Final = 19

_MOST_AGE: Final = 32_767


class _Sample(NamedTuple):
    """The moving aircraft at one moment, ascending by address; integers are encoded as in `frame.md`."""

    time_ms: int
    addresses: npt.NDArray[np.uint32]
    ages: npt.NDArray[np.int16]
    latitudes: npt.NDArray[np.int32]
    longitudes: npt.NDArray[np.int32]
    altitudes: npt.NDArray[np.int16]
    speeds: npt.NDArray[np.int16]
    on_ground: npt.NDArray[np.bool_]


class AreaTracks(NamedTuple):
    """The tracks of several aircraft: columns of all points, aircraft after aircraft; integers as in `frame.md`."""

    addresses: npt.NDArray[np.uint32]
    point_counts: npt.NDArray[np.int64]
    """Points of each aircraft, oldest first in the columns that follow."""
    times_ms: npt.NDArray[np.int64]
    latitudes: npt.NDArray[np.int32]
    longitudes: npt.NDArray[np.int32]
    altitudes: npt.NDArray[np.int16]
    on_ground: npt.NDArray[np.bool_]


class Tracks:
    """The recent tracks of all aircraft of a picture.

    Args:
        picture: the picture to sample.
        clock: the present.
    """

    def __init__(self, picture: Picture, clock: Clock) -> None:
        self._picture = picture
        self._clock = clock
        self._taken = 0
        self._fine: deque[_Sample] = deque()
        self._coarse: deque[_Sample] = deque(maxlen=COARSE_SAMPLES)

    @property
    def version(self) -> int:
        """How many samples were taken: tracks are the same until it changes."""
        return self._taken

    @property
    def size_bytes(self) -> int:
        """Size of all kept arrays, in bytes."""
        return sum(column.nbytes for sample in (*self._coarse, *self._fine) for column in sample[1:])

    async def run(self) -> None:
        """Take a sample every `SPACING_MS` until cancelled."""
        while True:
            self.sample()
            await self._clock.sleep_ms(SPACING_MS)

    def sample(self) -> None:
        """Take a sample of all moving aircraft; `of` omits repeated positions of an aircraft that was not heard."""
        now_ms = self._clock.now_ms()
        parts = [_moving(shard, now_ms) for shard in self._picture.shards.values()]
        if not parts:
            return
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        order = np.argsort(columns[0])
        if len(self._fine) == FINE_SAMPLES:
            oldest = self._fine.popleft()
            if (self._taken - FINE_SAMPLES) % COARSE_EVERY == 0:
                self._coarse.append(oldest)
        self._fine.append(_Sample(now_ms, *[column[order] for column in columns]))
        self._taken += 1

    def of(self, icao24: str) -> list[TrackPoint]:
        """Return the track of an aircraft, oldest point first.

        Args:
            icao24: six hexadecimal digits.
        """
        address = np.uint32(int(icao24, 16))
        points: list[TrackPoint] = []
        last_ms = 0
        for sample in (*self._coarse, *self._fine):
            index = int(np.searchsorted(sample.addresses, address))
            if index == len(sample.addresses) or sample.addresses[index] != address:
                continue
            point = _point(sample, index)
            if point.position_time_ms > last_ms:
                last_ms = point.position_time_ms
                points.append(point)
        return points

    def within(self, box: BoundingBox | None, most_points: int) -> AreaTracks:
        """Return the tracks of the aircraft that were last in an area, the finer the fewer they are.

        Args:
            box: the area; None for the world.
            most_points: most points of all tracks together.
        """
        samples = [*self._coarse, *self._fine]
        addresses = _addresses_in(samples[-1], box)[:most_points] if samples else np.zeros(0, np.uint32)
        if not len(addresses):
            return AreaTracks(addresses, *(np.zeros(0, kind) for kind in ("i8", "i8", "i4", "i4", "i2", "?")))
        count = min(len(samples), max(1, most_points // len(addresses)))
        chosen = [samples[-1 - round(i * (len(samples) - 1) / max(1, count - 1))] for i in reversed(range(count))]
        columns = [_columns_of(sample, addresses) for sample in chosen]
        times, latitudes, longitudes, altitudes, on_ground = (
            np.stack(column, axis=1) for column in zip(*columns, strict=True)
        )
        # Each position once; an aircraft that a sample lacks has the time 0 in it.
        before = np.maximum.accumulate(times, axis=1)
        keeps = times > np.concatenate([np.zeros((len(addresses), 1), np.int64), before[:, :-1]], axis=1)
        points = [column[keeps] for column in (times, latitudes, longitudes, altitudes, on_ground)]
        return AreaTracks(addresses, keeps.sum(axis=1), *points)


def _addresses_in(sample: _Sample, box: BoundingBox | None) -> npt.NDArray[np.uint32]:
    if box is None:
        return sample.addresses
    inside: npt.NDArray[np.bool_] = box.contains(sample.latitudes, sample.longitudes, UNITS_PER_DEGREE)
    return sample.addresses[inside]


def _columns_of(sample: _Sample, addresses: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.generic], ...]:
    """Return times, latitudes, longitudes, altitudes and whether on the ground; the time of a missing aircraft is 0."""
    if not len(sample.addresses):
        missing = np.zeros(len(addresses), np.int64)
        return missing, missing.astype(np.int32), missing.astype(np.int32), missing.astype(np.int16), missing != 0
    index = np.minimum(np.searchsorted(sample.addresses, addresses), len(sample.addresses) - 1)
    times_ms = sample.time_ms - sample.ages[index].astype(np.int64) * AGE_MS
    return (
        np.where(sample.addresses[index] == addresses, times_ms, 0),
        sample.latitudes[index],
        sample.longitudes[index],
        sample.altitudes[index],
        sample.on_ground[index],
    )


def _moving(shard: ShardPicture, now_ms: int) -> tuple[npt.NDArray[np.generic], ...]:
    """Return the columns of a sample for one shard, without aircraft that stand on the ground."""
    table = shard.table
    count = table.slot_count
    dynamic = table.dynamic[:, :count]
    on_ground = (dynamic[STATUS] & ON_GROUND) != 0
    moves = ~on_ground | (dynamic[GROUND_SPEED] != 0)
    slots = np.flatnonzero(table.used[:count] & moves)
    ages = (now_ms - table.position_time_ms[slots]) // AGE_MS
    return (
        table.identities["icao24"][slots],
        np.clip(ages, -_MOST_AGE, _MOST_AGE).astype(np.int16),
        dynamic[LATITUDE, slots],
        dynamic[LONGITUDE, slots],
        dynamic[BARO_ALTITUDE, slots].astype(np.int16),
        dynamic[GROUND_SPEED, slots].astype(np.int16),
        on_ground[slots],
    )


def _point(sample: _Sample, index: int) -> TrackPoint:
    altitude, speed = int(sample.altitudes[index]), int(sample.speeds[index])
    return TrackPoint(
        position_time_ms=sample.time_ms - int(sample.ages[index]) * AGE_MS,
        latitude_deg=round(int(sample.latitudes[index]) * DEGREE, 5),
        longitude_deg=round(int(sample.longitudes[index]) * DEGREE, 5),
        baro_altitude_m=None if altitude == NULL else round(altitude * ALTITUDE_M, 2),
        ground_speed_mps=None if speed == NULL else round(speed * SPEED_MPS, 2),
        on_ground=bool(sample.on_ground[index]),
    )
