"""Frames as JSON, for debugging and for programs that do not read the binary encoding.

`channel` builds one JSON message per tick, only while a JSON client is connected, and all of them share it. A JSON
delta identifies aircraft by icao24 and a frame by slot, so `JsonFrames` keeps the address in each slot after the
previous frame. When it does not have them (the first tick, a gap) it returns a key frame of the shard.

Objects are encoded in chunks and the event loop runs between them, because 20,000 objects take a tenth of a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from flighttracker.frame import FrameHeader, FrameStamp, decode_frame
from flighttracker.frame.layout import IntArray
from flighttracker_gateway.picture.picture import Picture, ShardPicture


class _SlotAddresses(NamedTuple):
    """The address of the aircraft in each slot after one frame."""

    epoch: int
    sequence: int
    icao24: npt.NDArray[np.uint32]


class JsonFrames:
    """Renders frames that `picture` has applied."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._slot_addresses: dict[int, _SlotAddresses] = {}

    async def tick(self, frames: Sequence[bytes]) -> bytes:
        """Return one tick as the text of a message."""
        return _message([await self._frame(frame) for frame in frames])

    async def picture(self) -> bytes:
        """Return every shard as a key frame, as the text of a message."""
        return _message([await self._key(number) for number in sorted(self._picture.shards)])

    def forget(self) -> None:
        """Clear the state kept between ticks, because no JSON client is connected."""
        self._slot_addresses.clear()

    async def _frame(self, frame: bytes) -> bytes:
        header, content = decode_frame(frame)
        shard = self._picture.shards.get(header.shard)
        before = self._slot_addresses.get(header.shard)
        if shard is None:
            return msgspec.json.encode(_head("delta", header.shard, header) | {"removed": [], "flights": []})
        is_next = before is not None and (header.epoch, header.sequence) == (before.epoch, before.sequence + 1)
        if header.is_key or before is None or not is_next:
            return await self._key(header.shard)
        self._slot_addresses[header.shard] = _slot_addresses(shard)
        removed = [f"{before.icao24[slot]:06x}" for slot in content.removed.tolist()]
        changed = np.union1d(content.added.slots, content.updated.slots)
        # A later frame of the same shard may already have freed a slot again.
        changed = changed[shard.table.used[changed]]
        head = _head("delta", header.shard, header) | {"removed": removed}
        return _closed(head, await _encoded(shard, changed))

    async def _key(self, number: int) -> bytes:
        shard = self._picture.shards[number]
        self._slot_addresses[number] = _slot_addresses(shard)
        head = _head("key", number, shard.stamp(number)) | {"removed": []}
        return _closed(head, await _encoded(shard, shard.table.taken_slots()))


def _slot_addresses(shard: ShardPicture) -> _SlotAddresses:
    icao24 = shard.table.identities["icao24"][: shard.table.slot_count].copy()
    return _SlotAddresses(shard.epoch, shard.sequence, icao24)


def _head(kind: str, number: int, stamp: FrameStamp | FrameHeader) -> dict[str, Any]:
    return {
        "kind": kind,
        "shard": number,
        "epoch": stamp.epoch,
        "sequence": stamp.sequence,
        "tick_ms": stamp.tick_time_ms,
    }


def _closed(head: dict[str, Any], flights: bytes) -> bytes:
    return msgspec.json.encode(head)[:-1] + b',"flights":[' + flights + b"]}"


def _message(frames: list[bytes]) -> bytes:
    return b'{"type":"frames","frames":[' + b",".join(frames) + b"]}"


async def _encoded(shard: ShardPicture, slots: IntArray) -> bytes:
    return b",".join([chunk async for chunk in json_chunks(shard.positions(slots))])


async def json_chunks(lists: Iterator[list[Any]]) -> AsyncIterator[bytes]:
    """Yield each list as JSON without its brackets, and let the event loop run after each."""
    encode = msgspec.json.Encoder().encode
    for values in lists:
        yield encode(values)[1:-1]
        await asyncio.sleep(0)
