"""Streams: frames with rates, of the whole world or a region, encoded by this gateway (`flights.v2`).

A stream is encoded once a tick for all its viewers, and only while it has any. `MAX_STREAMS` bounds their number, so
different views cannot make the gateway encode for each viewer. A stream has an epoch of its own, which no owner can
have, and a sequence of its own for each shard. `hub` is the only user.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from flighttracker.frame import DELTA, KEY, Changes, FrameStamp, encode_frame
from flighttracker.frame.layout import LATITUDE, LONGITUDE, IntArray
from flighttracker_gateway.delivery.channel import Channel
from flighttracker_gateway.delivery.prepared import PreparedMessage, build_message
from flighttracker_gateway.delivery.region import Region
from flighttracker_gateway.delivery.scene import Scene, ShardScene
from flighttracker_gateway.delivery.viewer import Seen
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.cursor import Cursor

MAX_STREAMS: Final = 64
"""Streams that exist at the same time; a view that would need one more gets the whole world."""

STREAM_EPOCHS: Final = 1 << 52
"""Added to the epoch of a stream; epochs of owners are counters or milliseconds since 1970, and always lower."""

RECENT_TICKS: Final = 16
_NOTHING: Final = np.zeros(0, np.intp)

Members = npt.NDArray[np.bool_]


class StreamChannel(Channel):
    """One stream.

    Args:
        scene: already advanced once; `tick` must be called after each further `advance`.
        region: what the stream covers, None for the whole world.
        epoch: greater than that of every previous stream.
        metrics: counts catch-ups.
    """

    def __init__(self, scene: Scene, region: Region | None, epoch: int, metrics: GatewayMetrics) -> None:
        super().__init__(metrics)
        self._scene = scene
        self._region = region
        self._epoch = STREAM_EPOCHS + epoch
        self._members = {number: self._inside(shard) for number, shard in scene.shards.items()}
        self._sequences = dict.fromkeys(scene.shards, 0)
        self._recent: deque[tuple[Cursor, bytes]] = deque(maxlen=RECENT_TICKS)
        self._key_frames: PreparedMessage | None = None

    async def tick(self, frames: Sequence[bytes], before: Cursor) -> PreparedMessage:  # noqa: ARG002 - see the class
        """Return a frame of each shard that was updated."""
        payload = b"".join([self._delta(number, shard) for number, shard in self._scene.updated.items()])
        self._recent.append((before, payload))
        return build_message(payload)

    async def catch_up(self, seen: Seen, now: Cursor) -> PreparedMessage | None:  # noqa: ARG002 - see the class
        """Return the missed ticks if they are still kept (`RECENT_TICKS`), else key frames."""
        missed = self._missed(seen.cursor)
        if missed is not None:
            self._metrics.ws_catch_ups.labels("deltas").inc()
            return build_message(missed)
        if self._key_frames is None and self._members:
            self._metrics.ws_catch_ups.labels("key").inc()
            shards = self._scene.shards
            self._key_frames = build_message(b"".join([self._key(number, shards[number]) for number in self._members]))
        return self._key_frames

    def forget_catch_ups(self) -> None:
        """Clear the key frames of the previous tick."""
        self._key_frames = None

    def _missed(self, cursor: Cursor | None) -> bytes | None:
        for index, (before, _) in enumerate(self._recent):
            if before is cursor:
                return b"".join([payload for _, payload in list(self._recent)[index:]])
        return None

    def _inside(self, shard: ShardScene) -> Members:
        table = shard.table
        used = table.used[: table.slot_count]
        if self._region is None:
            return used.copy()
        return used & self._region.holds(*table.dynamic[[LATITUDE, LONGITUDE], : table.slot_count])

    def _delta(self, number: int, shard: ShardScene) -> bytes:
        before = self._members.get(number)
        now = self._members[number] = self._inside(shard)
        self._sequences[number] = self._sequences.get(number, -1) + 1
        if before is None or shard.is_new:
            return self._key(number, shard)
        stayed = np.zeros(len(now), np.bool_)
        stayed[: len(before)] = before & now[: len(before)]
        stayed &= ~shard.added
        heard = stayed[shard.changed.slots]
        changed = shard.changed
        return encode_frame(
            DELTA,
            self._stamp(number, shard),
            slot_count=shard.table.slot_count,
            removed=np.flatnonzero(before & ~now[: len(before)]),
            added=shard.additions(np.flatnonzero(now & ~stayed)),
            changed=Changes(changed.slots[heard], changed.old[:, heard], changed.new[:, heard]),
        )

    def _key(self, number: int, shard: ShardScene) -> bytes:
        none: IntArray = shard.changed.new[:, _NOTHING]
        return encode_frame(
            KEY,
            self._stamp(number, shard),
            slot_count=shard.table.slot_count,
            removed=_NOTHING,
            added=shard.additions(np.flatnonzero(self._members[number])),
            changed=Changes(_NOTHING, none, none),
        )

    def _stamp(self, number: int, shard: ShardScene) -> FrameStamp:
        return shard.stamp._replace(epoch=self._epoch, sequence=self._sequences[number])
