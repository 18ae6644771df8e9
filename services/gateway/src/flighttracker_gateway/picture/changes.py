"""`PictureChanges`: copies of the shards, and which aircraft changed since the previous copy. Pure.

Unlike frames, two copies may be any number of ticks apart, so a reader that is late gets all changes at once.
`event_streams` takes a copy for each round.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from flighttracker.frame import ShardTable
from flighttracker.frame.layout import IdentityArray, IntArray
from flighttracker_gateway.picture.picture import Picture, ShardPicture


class ShardCopy(NamedTuple):
    """One shard, and what changed since its previous copy.

    Attributes:
        source: the picture's table that this is a copy of.
        stamp: epoch and sequence of the copied tick.
        used: by slot, whether it has an aircraft.
        identities: by slot.
        names: the table that `identities` has indexes of; it only grows.
        dynamic: by slot, shape (11, n).
        times_ms: by slot, when the position was measured.
        is_new: whether there is no previous copy of this table; then every aircraft is `added`.
        added: the slots of new aircraft, and of those with a new identity.
        changed: the slots of aircraft that were heard.
    """

    source: ShardTable
    stamp: tuple[int, int]
    used: npt.NDArray[np.bool_]
    identities: IdentityArray
    names: list[str]
    dynamic: IntArray
    times_ms: IntArray
    is_new: bool
    added: IntArray
    changed: IntArray

    @property
    def addresses(self) -> IntArray:
        """The addresses of the aircraft."""
        addresses: IntArray = self.identities["icao24"][self.used]
        return addresses


class PictureChanges:
    """Copies of all shards.

    Attributes:
        shards: as of the last copies.
        updated: those of them that changed since the previous ones.
        gone: addresses of the aircraft that disappeared with it.
    """

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self.shards: dict[int, ShardCopy] = {}
        self.updated: Mapping[int, ShardCopy] = {}
        self.gone: IntArray = np.zeros(0, np.uint32)

    def steps(self) -> Iterator[None]:
        """Copy the shards that have had a tick, one in a step; run it to the end."""
        before, updated = self.shards, dict[int, ShardCopy]()
        for number, shard in tuple(self._picture.shards.items()):
            known = before.get(number)
            if known is None or known.source is not shard.table or known.stamp != (shard.epoch, shard.sequence):
                updated[number] = _copy(shard, known)
                yield
        self.shards = {
            number: updated.get(number) or copy
            for number, copy in {**before, **updated}.items()
            if number in self._picture.shards
        }
        self.updated = updated
        lost = [before[number].addresses for number in before if before[number] is not self.shards.get(number)]
        present = [copy.addresses for copy in self.shards.values()]
        # An aircraft that moved to another shard has not disappeared.
        self.gone = np.setdiff1d(_joined(lost), _joined(present)) if lost else np.zeros(0, np.uint32)

    def forget(self) -> None:
        """Clear everything, because nobody reads."""
        self.shards, self.updated, self.gone = {}, {}, np.zeros(0, np.uint32)


def _joined(addresses: list[IntArray]) -> IntArray:
    return np.concatenate(addresses) if addresses else np.zeros(0, np.uint32)


def _copy(shard: ShardPicture, before: ShardCopy | None) -> ShardCopy:
    table = shard.table
    count = table.slot_count
    used, identities = table.used[:count].copy(), table.identities[:count].copy()
    dynamic, times_ms = table.dynamic[:, :count].copy(), table.position_time_ms[:count].copy()
    stayed, heard = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    is_new = before is None or before.source is not table
    if before is not None and not is_new:
        old = len(before.used)
        stayed[:old] = before.used & used[:old] & (before.identities == identities[:old])
        differs = (before.dynamic != dynamic[:, :old]).any(axis=0)
        heard[:old] = stayed[:old] & (differs | (before.times_ms != times_ms[:old]))
    added, changed = np.flatnonzero(used & ~stayed), np.flatnonzero(heard)
    stamp = (shard.epoch, shard.sequence)
    return ShardCopy(table, stamp, used, identities, table.names, dynamic, times_ms, is_new, added, changed)
