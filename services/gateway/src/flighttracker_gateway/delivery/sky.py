"""`Sky`: all shards of the picture in one set of columns, a row for each aircraft; the input of all class streams.

An aircraft keeps its row, `slot * shards + shard`, for as long as it keeps its slot. The columns are copied once a
tick, and only while there are viewers. Pure.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from flighttracker.frame import ShardTable
from flighttracker.frame.layout import COLUMN_COUNT, KINDS
from flighttracker_gateway.delivery.measured import Flying, flying
from flighttracker_gateway.picture.picture import Picture, ShardPicture

Integers = npt.NDArray[np.integer[Any]]
_FIRST_CAPACITY: Final = 1024


class Sky:
    """The aircraft of all shards by row.

    Attributes:
        used: (n) whether a row has an aircraft.
        icao24: (n) its address.
        kinds: (2, n) category and address type.
        dynamic: (11, n) the columns of `frame.md`.
        position_time_ms: (n) of its newest position.
    """

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._version = -1
        self._shards: dict[int, ShardPicture] = {}
        self._flying: tuple[int, Flying] | None = None
        self._reserve(_FIRST_CAPACITY)

    def _reserve(self, capacity: int) -> None:
        self.used = np.zeros(capacity, np.bool_)
        self.icao24 = np.zeros(capacity, np.int64)
        self.kinds = np.zeros((len(KINDS), capacity), np.int64)
        self.dynamic = np.zeros((COLUMN_COUNT, capacity), np.int32)
        self.position_time_ms = np.zeros(capacity, np.int64)

    def advance(self) -> None:
        """Copy the present picture, unless it is unchanged.

        A shard that the picture has dropped, because a frame of it was damaged, stays as it was until its key frame
        comes: its aircraft do not disappear in between.
        """
        if self._version == self._picture.version:
            return
        self._version = self._picture.version
        self._flying = None
        self._shards.update(self._picture.shards)
        shards = self._shards
        if not shards:
            return
        stride = max(shards) + 1
        wanted = stride * max(shard.table.slot_count for shard in shards.values())
        if wanted > len(self.used):
            self._reserve(max(wanted, 2 * len(self.used)))
        self.used[:] = False
        for number, shard in shards.items():
            self._copy(shard.table, slice(number, number + stride * shard.table.slot_count, stride))
        self._drop_doubles()

    def flying(self, tick_time_ms: int) -> Flying:
        """Return where the aircraft (n) are at a tick; computed once for all classes that have a tick then."""
        if self._flying is None or self._flying[0] != tick_time_ms:
            self._flying = tick_time_ms, flying(self.dynamic, self.position_time_ms, tick_time_ms)
        return self._flying[1]

    def _drop_doubles(self) -> None:
        """Leave out the older of two positions of one aircraft, which is in two shards while a topic grows."""
        rows = np.flatnonzero(self.used)
        rows = rows[np.lexsort((self.position_time_ms[rows], self.icao24[rows]))]
        older = rows[:-1][self.icao24[rows[1:]] == self.icao24[rows[:-1]]]
        self.used[older] = False

    def _copy(self, table: ShardTable, places: slice) -> None:
        count = table.slot_count
        self.used[places] = table.used[:count]
        self.icao24[places] = table.identities["icao24"][:count]
        for row, name in enumerate(KINDS):
            self.kinds[row, places] = table.identities[name][:count]
        self.dynamic[:, places] = table.dynamic[:, :count]
        self.position_time_ms[places] = table.position_time_ms[:count]
