"""Where an owner's frames go, and what a new owner goes on from: shared with other gateways, or for this one alone.

`SharedOutlet` stands on the bus: epochs, key frames and recent frames from its store, frames to its relay.
`AloneOutlet` needs nothing outside this process: a shard goes on from the picture that the gateway has, and frames go
straight to its own relay. Both let an owner begin with the state that everybody saw last, so that a change of owner
moves no aircraft. `feed` decides which one `ingest` gets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple, Protocol

from flighttracker.bus.base import FrameRelay, FrameStore, StoredKey
from flighttracker.clock import Clock
from flighttracker.errors import FrameError
from flighttracker.frame import ShardTable, decode_frame
from flighttracker_gateway.picture.picture import Picture

_logger = logging.getLogger(__name__)


class Resume(NamedTuple):
    """A state that a new owner goes on from, and the offset of the first record that it may lack."""

    table: ShardTable
    next_offset: int


class Tick(NamedTuple):
    """What one tick of one shard gave.

    Attributes:
        shard: its number.
        epoch: its owner's.
        sequence: of the frame; 0 is a key frame.
        frame: what every gateway gets.
        key: the whole shard at this tick when it is time to keep one, else None.
        next_offset: every record before it is in the frame.
    """

    shard: int
    epoch: int
    sequence: int
    frame: bytes
    key: bytes | None
    next_offset: int


class Outlet(Protocol):
    """Takes the frames of one gateway's shards."""

    async def resume(self, shard: int) -> Resume | None:
        """Return what a new owner goes on from, None when there is nothing but the log."""

    async def next_epoch(self, shard: int) -> int:
        """Return an epoch greater than every one that the readers of this outlet have seen."""

    async def give(self, tick: Tick) -> None:
        """Give a tick to its readers."""


class SharedOutlet:
    """The bus: every gateway of the tracker reads it. Each method may raise `SharingError`."""

    def __init__(self, frames: FrameStore, relay: FrameRelay) -> None:
        self._frames = frames
        self._relay = relay

    async def resume(self, shard: int) -> Resume | None:
        """Return the stored key frame's state; one that cannot be read is as good as none."""
        key = await self._frames.get_key(shard)
        if key is None:
            return None
        try:
            header, content = decode_frame(key.frame)
            table = ShardTable()
            table.apply(content, header.tick_ms)
        except FrameError as error:
            _logger.warning("the stored key frame of shard %d cannot be used: %s", shard, error)
            return None
        return Resume(table, key.next_offset)

    async def next_epoch(self, shard: int) -> int:
        """Return an epoch from the store."""
        return await self._frames.next_epoch(shard)

    async def give(self, tick: Tick) -> None:
        """Keep what late readers need, then publish: whoever hears of a frame can fill a gap up to it."""
        if tick.key is not None:
            await self._frames.put_key(tick.shard, tick.epoch, StoredKey(tick.key, tick.next_offset))
        if tick.sequence > 0:
            await self._frames.put_recent(tick.shard, tick.epoch, tick.sequence, tick.frame)
        await self._relay.publish(tick.shard, tick.frame)


class AloneOutlet:
    """This gateway only.

    Args:
        picture: what its viewers see.
        resume_offsets: by shard, an offset before which every record is in the picture.
        take: where frames go.
        clock: names the first epoch of a shard that was never seen.
    """

    def __init__(
        self, picture: Picture, resume_offsets: dict[int, int], take: Callable[[bytes], None], clock: Clock
    ) -> None:
        self._picture = picture
        self._resume_offsets = resume_offsets
        self._take = take
        self._clock = clock

    async def resume(self, shard: int) -> Resume | None:
        """Return a copy of the picture's state."""
        known, offset = self._picture.shards.get(shard), self._resume_offsets.get(shard)
        return None if known is None or offset is None else Resume(known.table.copy(), offset)

    async def next_epoch(self, shard: int) -> int:
        """Return the epoch after the picture's: the next shared one is greater still, it is a time."""
        known = self._picture.shards.get(shard)
        return self._clock.now_ms() if known is None else known.epoch + 1

    async def give(self, tick: Tick) -> None:
        """Show a tick to this gateway's viewers."""
        self._take(tick.frame)
        self._resume_offsets[tick.shard] = tick.next_offset
