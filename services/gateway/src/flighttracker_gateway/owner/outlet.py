"""`Outlet`: where an owner's frames go, and the state that a new owner resumes from.

`SharedOutlet` uses the bus: epochs, key frames and recent frames of its store, and its relay. A new owner resumes from
the state that everybody saw last, so a change of owner moves no aircraft. Without other gateways, `feed` uses an
`AloneOutlet` instead.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple, Protocol

from flighttracker.bus.base import FrameRelay, FrameStore, StoredKey
from flighttracker.errors import FrameError
from flighttracker.frame import ShardTable, decode_frame

if TYPE_CHECKING:
    from flighttracker.tracing import Tracing

_logger = logging.getLogger(__name__)


class Resume(NamedTuple):
    """State that a new owner resumes from, and the offset of the first record that it may lack."""

    table: ShardTable
    next_offset: int


class Tick(NamedTuple):
    """One tick of one shard.

    Attributes:
        shard: its number.
        epoch: epoch of its owner.
        sequence: of the frame; 0 is a key frame.
        frame: goes to every gateway.
        key: key frame of this tick when one is to be stored, else None.
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
        """Return the state that a new owner resumes from, None when there is only the log."""

    async def next_epoch(self, shard: int) -> int:
        """Return an epoch greater than any that readers of this outlet have seen."""

    async def publish(self, tick: Tick) -> None:
        """Publish a tick to its readers."""


class SharedOutlet:
    """Publishes on the bus, which every gateway of the tracker reads. Each method may raise `SharingError`.

    Args:
        frames: the store of frames for late readers.
        relay: passes frames to every gateway.
        tracing: records when a traced tick is published; None without tracing.
    """

    def __init__(self, frames: FrameStore, relay: FrameRelay, tracing: Tracing | None = None) -> None:
        self._frames = frames
        self._relay = relay
        self._tracing = tracing

    async def resume(self, shard: int) -> Resume | None:
        """Return the state of the stored key frame, None when there is none or it cannot be decoded."""
        key = await self._frames.get_key(shard)
        if key is None:
            return None
        try:
            header, content = decode_frame(key.frame)
            table = ShardTable()
            table.apply(content, header.tick_time_ms)
        except FrameError as error:
            _logger.warning("the stored key frame of shard %d cannot be used: %s", shard, error)
            return None
        return Resume(table, key.next_offset)

    async def next_epoch(self, shard: int) -> int:
        """Return an epoch from the store."""
        return await self._frames.next_epoch(shard)

    async def publish(self, tick: Tick) -> None:
        """Store what late readers need, then publish, so a reader of the frame can fill a gap up to it."""
        if tick.key is not None:
            await self._frames.put_key(tick.shard, tick.epoch, StoredKey(tick.key, tick.next_offset))
        if tick.sequence > 0:
            await self._frames.put_recent(tick.shard, tick.epoch, tick.sequence, tick.frame)
        with nullcontext() if self._tracing is None else self._tracing.publishing():
            await self._relay.publish(tick.shard, tick.frame)
