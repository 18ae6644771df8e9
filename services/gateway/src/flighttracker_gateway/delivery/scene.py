"""`Scene`: every shard as of the last broadcast, and what changed since the previous one; the input of all streams.

This gateway encodes streams (`stream_channel`) itself, from the state that its viewers have, and does not relay them
from an owner. A stream can therefore cover a region, and predict positions from rates that all its viewers know. The
scene does the work that all streams share, once a tick and only while there are streams: it compares shards with their
previous state, and updates the rates. Pure.

Times are rounded to tenths of a second, the resolution of frames, so all viewers of a stream use identical times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.frame import Additions, Changes, FrameStamp, ShardTable
from flighttracker.frame.layout import AGE_MS, LONGITUDE, POSITION_AGE, IntArray
from flighttracker.frame.quantity import age_of
from flighttracker.frame.rates import elapsed_between, next_rates, predicted
from flighttracker_gateway.picture.picture import Picture, ShardPicture


class ShardScene(NamedTuple):
    """One shard.

    Attributes:
        source: the picture's table that this is a copy of.
        stamp: that of the owner's latest frame; `tick_time_ms` is a multiple of 100.
        table: the state, with rates.
        is_new: whether there is no previous state; viewers then need a key frame.
        added: by slot, whether the aircraft or its identity is new.
        changed: the aircraft that were heard, with predictions.
    """

    source: ShardTable
    stamp: FrameStamp
    table: ShardTable
    is_new: bool
    added: npt.NDArray[np.bool_]
    changed: Changes

    def additions(self, slots: IntArray) -> Additions:
        """Return the additions of a frame with rates, for the aircraft in slots."""
        return self.table.additions(slots, self.stamp.tick_time_ms)._replace(rates=self.table.rates[:, slots])


class Scene:
    """All shards.

    Attributes:
        shards: as of the last `advance`.
        updated: those that had a tick since the previous `advance`.
    """

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self.shards: dict[int, ShardScene] = {}
        self.updated: Mapping[int, ShardScene] = {}

    def advance(self) -> None:
        """Update the scene to the present picture."""
        updated = {}
        for number, shard in self._picture.shards.items():
            before = self.shards.get(number)
            stamp = shard.stamp(number)
            stamp = stamp._replace(tick_time_ms=stamp.tick_time_ms - stamp.tick_time_ms % AGE_MS)
            if before is None or before.stamp != stamp:
                updated[number] = _scene(shard, stamp, before)
        self.shards = {**self.shards, **updated}
        self.updated = updated

    def forget(self) -> None:
        """Clear everything, because there are no streams."""
        self.shards, self.updated = {}, {}


def _scene(shard: ShardPicture, stamp: FrameStamp, before: ShardScene | None) -> ShardScene:
    table = shard.table.copy()
    table.position_time_ms = (table.position_time_ms + AGE_MS // 2) // AGE_MS * AGE_MS
    count = table.slot_count
    if before is None or before.source is not shard.table:
        table.rates[:] = 0
        nothing = np.zeros(0, np.intp)
        none = table.dynamic[:, nothing]
        return ShardScene(shard.table, stamp, table, True, table.used[:count], Changes(nothing, none, none))
    old = before.table
    old.reserve(count)
    stayed = old.used[:count] & table.used[:count] & (old.identities[:count] == table.identities[:count])
    differs = (old.dynamic[:, :count] != table.dynamic[:, :count]).any(axis=0)
    heard = np.flatnonzero(stayed & (differs | (old.position_time_ms[:count] != table.position_time_ms[:count])))
    table.rates[:, :count] = np.where(stayed, old.rates[:, :count], 0)
    changed = _changed(old, table, heard, stamp.tick_time_ms)
    return ShardScene(shard.table, stamp, table, False, table.used[:count] & ~stayed, changed)


def _changed(old: ShardTable, table: ShardTable, heard: IntArray, tick_time_ms: int) -> Changes:
    """Return the changes of the aircraft that were heard, and set their new rates in `table`."""
    before, now = old.dynamic[:, heard], table.dynamic[:, heard]
    elapsed = elapsed_between(old.position_time_ms[heard], table.position_time_ms[heard])
    rates = table.rates[:, heard]
    change = now[: LONGITUDE + 1].astype(np.int64) - before[: LONGITUDE + 1]
    before[: LONGITUDE + 1] += predicted(rates, elapsed).astype(np.int32)
    table.rates[:, heard] = next_rates(rates, change, elapsed)
    now[POSITION_AGE] = age_of(table.position_time_ms[heard], tick_time_ms)
    return Changes(heard, before, now)
