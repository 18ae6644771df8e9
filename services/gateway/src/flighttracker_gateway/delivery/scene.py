"""What every stream is made from: each shard as of the last broadcast, and what has changed since the one before.

A stream (`stream_channel`) is encoded by this gateway from what its viewers have, not passed on from an owner. So it
may be of a part of the world, and may predict positions from rates that every viewer of it knows. What is the same for
all streams is done here, once a tick and only while somebody has a stream: comparing, and following the rates. Pure.

Times are whole tenths of a second here, so that all who join a stream, whenever they do, know the same times exactly.
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
        source: the picture's table that this was made from.
        stamp: which frame of its owner it shows; `tick_ms` is a multiple of 100.
        table: the state, with rates.
        is_new: nothing is known of before: whoever shows the shard needs all of it.
        added: whether the aircraft in a slot is new, or something is new that is said only once.
        changed: those that were heard, with predictions.
    """

    source: ShardTable
    stamp: FrameStamp
    table: ShardTable
    is_new: bool
    added: npt.NDArray[np.bool_]
    changed: Changes

    def additions(self, slots: IntArray) -> Additions:
        """Return what a frame with rates says of the aircraft in slots."""
        return self.table.additions(slots, self.stamp.tick_ms)._replace(rates=self.table.rates[:, slots])


class Scene:
    """All shards.

    Attributes:
        shards: as of the last `advance`.
        moved: those of them that had a tick since the `advance` before.
    """

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self.shards: dict[int, ShardScene] = {}
        self.moved: Mapping[int, ShardScene] = {}

    def advance(self) -> None:
        """Take in what the picture shows now."""
        moved = {}
        for number, shard in self._picture.shards.items():
            before = self.shards.get(number)
            stamp = shard.stamp(number)
            stamp = stamp._replace(tick_ms=stamp.tick_ms - stamp.tick_ms % AGE_MS)
            if before is None or before.stamp != stamp:
                moved[number] = _scene(shard, stamp, before)
        self.shards = {**self.shards, **moved}
        self.moved = moved

    def forget(self) -> None:
        """Let go of everything: nobody has a stream."""
        self.shards, self.moved = {}, {}


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
    same = old.used[:count] & table.used[:count] & (old.identities[:count] == table.identities[:count])
    moved = (old.dynamic[:, :count] != table.dynamic[:, :count]).any(axis=0)
    heard = np.flatnonzero(same & (moved | (old.position_time_ms[:count] != table.position_time_ms[:count])))
    table.rates[:, :count] = np.where(same, old.rates[:, :count], 0)
    changed = _changed(old, table, heard, stamp.tick_ms)
    return ShardScene(shard.table, stamp, table, False, table.used[:count] & ~same, changed)


def _changed(old: ShardTable, table: ShardTable, heard: IntArray, tick_ms: int) -> Changes:
    """Return the changes of those that were heard, and note their new rates in `table`."""
    before, now = old.dynamic[:, heard], table.dynamic[:, heard]
    elapsed = elapsed_between(old.position_time_ms[heard], table.position_time_ms[heard])
    rates = table.rates[:, heard]
    change = now[: LONGITUDE + 1].astype(np.int64) - before[: LONGITUDE + 1]
    before[: LONGITUDE + 1] += predicted(rates, elapsed).astype(np.int32)
    table.rates[:, heard] = next_rates(rates, change, elapsed)
    now[POSITION_AGE] = age_of(table.position_time_ms[heard], tick_ms)
    return Changes(heard, before, now)
