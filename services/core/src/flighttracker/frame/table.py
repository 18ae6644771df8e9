"""`ShardTable`: the state of one shard. Owners encode frames from it, readers apply frames to it."""

from __future__ import annotations

import numpy as np

from flighttracker.errors import FrameError
from flighttracker.frame.encode import encode_frame
from flighttracker.frame.layout import (
    AGE_MS,
    COLUMN_COUNT,
    IDENTITY,
    KEY,
    NAMES,
    POSITION_AGE,
    Additions,
    Changes,
    FrameContent,
    FrameStamp,
    IntArray,
)
from flighttracker.frame.quantity import age_of

_FIRST_CAPACITY = 64


class ShardTable:
    """Slots of one shard: the aircraft in each, and its eleven integers of `frame.md` that change in flight.

    Attributes:
        slot_count: upper bound (exclusive) of the used slots.
        used: (capacity) whether a slot is in use.
        identities: (capacity, dtype `IDENTITY`) the aircraft in a slot; names are indexes of `names`.
        dynamic: (11, capacity) int32; the row `POSITION_AGE` stays 0, because `position_time_ms` gives the ages.
        position_time_ms: (capacity) int64, milliseconds since 1970.
        names: all operators, countries and sources so far.
    """

    def __init__(self) -> None:
        self.slot_count = 0
        self.used = np.zeros(_FIRST_CAPACITY, np.bool_)
        self.identities = np.zeros(_FIRST_CAPACITY, IDENTITY)
        self.dynamic = np.zeros((COLUMN_COUNT, _FIRST_CAPACITY), np.int32)
        self.position_time_ms = np.zeros(_FIRST_CAPACITY, np.int64)
        self.names: list[str] = []
        self._number_of_name: dict[str, int] = {}

    def copy(self) -> ShardTable:
        """Return an independent copy."""
        copied = ShardTable()
        copied.slot_count = self.slot_count
        copied.used = self.used.copy()
        copied.identities = self.identities.copy()
        copied.dynamic = self.dynamic.copy()
        copied.position_time_ms = self.position_time_ms.copy()
        copied.names = list(self.names)
        copied._number_of_name = dict(self._number_of_name)
        return copied

    def reserve(self, slot_count: int) -> None:
        """Grow the arrays to at least `slot_count` slots."""
        capacity = len(self.used)
        if slot_count > capacity:
            more = max(slot_count, 2 * capacity) - capacity
            self.used = np.pad(self.used, (0, more))
            self.identities = np.concatenate([self.identities, np.zeros(more, IDENTITY)])
            self.dynamic = np.pad(self.dynamic, ((0, 0), (0, more)))
            self.position_time_ms = np.pad(self.position_time_ms, (0, more))
        self.slot_count = max(self.slot_count, slot_count)

    def number_of(self, name: str) -> int:
        """Return the index of a name; adds a new name.

        Raises:
            FrameError: there are 65,536 names, and an index has two bytes.
        """
        number = self._number_of_name.get(name)
        if number is None:
            number = len(self.names)
            if number > 0xFFFF:
                raise FrameError("a shard has more than 65,536 names of operators, countries and sources")
            self.names.append(name)
            self._number_of_name[name] = number
        return number

    def taken_slots(self) -> IntArray:
        """Return the used slots, ascending."""
        return np.flatnonzero(self.used[: self.slot_count])

    def additions(self, slots: IntArray, tick_time_ms: int) -> Additions:
        """Return the additions for the aircraft in `slots` in a frame of `tick_time_ms`, with only the names in use."""
        identities = self.identities[slots]
        numbers = np.concatenate([identities[name] for name in NAMES])
        used, places = np.unique(numbers, return_inverse=True)
        for name, local in zip(NAMES, np.split(places, len(NAMES)), strict=True):
            identities[name] = local
        dynamic = self.dynamic[:, slots]
        dynamic[POSITION_AGE] = age_of(self.position_time_ms[slots], tick_time_ms)
        return Additions(slots, identities, tuple(self.names[number] for number in used), dynamic)

    def key_frame(self, stamp: FrameStamp) -> bytes:
        """Return the whole shard as a key frame."""
        nothing = np.zeros(0, np.intp)
        empty = np.zeros((COLUMN_COUNT, 0), np.int32)
        return encode_frame(
            KEY,
            stamp,
            slot_count=self.slot_count,
            removed=nothing,
            added=self.additions(self.taken_slots(), stamp.tick_time_ms),
            changed=Changes(nothing, empty, empty),
        )

    def apply(self, content: FrameContent, tick_time_ms: int) -> None:
        """Apply a delta frame of `tick_time_ms`, or a key frame to an empty table.

        Raises:
            FrameError: the frame removes or updates an aircraft that does not exist; the table is unchanged.
        """
        self._check(content)
        self.reserve(content.slot_count)
        self.used[content.removed] = False
        added = content.added
        numbers = np.array([self.number_of(name) for name in added.names], np.uint16)
        self.used[added.slots] = True
        self.identities[added.slots] = added.identities
        for name in NAMES:
            self.identities[name][added.slots] = numbers[added.identities[name]]
        self.dynamic[:, added.slots] = added.dynamic
        self.dynamic[:, content.updated.slots] += content.updated.differences
        self.dynamic[content.escapes.columns, content.escapes.slots] = content.escapes.values
        heard = np.concatenate([added.slots, content.updated.slots])
        self.position_time_ms[heard] = tick_time_ms - self.dynamic[POSITION_AGE, heard].astype(np.int64) * AGE_MS
        self.dynamic[POSITION_AGE, heard] = 0

    def _check(self, content: FrameContent) -> None:
        if content.slot_count < self.slot_count:
            raise FrameError(f"the frame has {content.slot_count} slots, but the state before it has {self.slot_count}")
        used = np.zeros(content.slot_count, np.bool_)
        used[: self.slot_count] = self.used[: self.slot_count]
        if not used[content.removed].all():
            raise FrameError("the frame removes an aircraft that does not exist")
        used[content.removed] = False
        added = np.zeros(content.slot_count, np.bool_)
        added[content.added.slots] = True
        if not (used & ~added)[content.updated.slots].all():
            raise FrameError("the frame updates an aircraft that does not exist")
        updated = np.zeros(content.slot_count, np.bool_)
        updated[content.updated.slots] = True
        if not updated[content.escapes.slots].all():
            raise FrameError("the frame has an escaped value for an aircraft that it does not update")
