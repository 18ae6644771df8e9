"""Cursors, and `RecentFrames`, which returns the frames that bring a viewer from a cursor up to date.

A *cursor* identifies the last frame of each shard that a client applied. It is all that the hub keeps for a slow
client, and a browser sends it as `since` when it reconnects. `RecentFrames` keeps the delta frames of the last ticks; a
viewer gets the deltas that it missed, or key frames. Pure; `hub` is its only user.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Final, NamedTuple

from flighttracker.frame import FrameHeader, read_header
from flighttracker_gateway.picture.picture import Picture

RECENT_TICKS: Final = 64
"""Delta frames kept per shard; after this many ticks a key frame is nearly always smaller."""

MAX_SINCE_CHARACTERS: Final = 8_192
_ENTRY: Final = re.compile(r"(\d{1,5})\.(\d{1,16})\.(\d{1,10})", re.ASCII)

Cursor = tuple[tuple[int, int, int], ...]
"""Shard, epoch and sequence of the last frame of each shard, ascending by shard."""


class MissedFrames(NamedTuple):
    """The frames missing since a cursor, in the order to apply them, and whether one of them is a key frame."""

    frames: list[bytes]
    has_key: bool


def parse_since(text: str) -> Cursor:
    """Parse the query parameter `since` of `/ws`.

    Raises:
        ValueError: not `shard.epoch.sequence,…`; the message is a sentence for the client.
    """
    if len(text) > MAX_SINCE_CHARACTERS:
        raise ValueError(f"since has {len(text)} characters, at most {MAX_SINCE_CHARACTERS} are allowed")
    entries: dict[int, tuple[int, int]] = {}
    for part in text.split(","):
        match = _ENTRY.fullmatch(part)
        if match is None:
            raise ValueError(f"since has the part {part[:64]!r}, which is not shard.epoch.sequence (three numbers)")
        shard, epoch, sequence = map(int, match.groups())
        if shard in entries:
            raise ValueError(f"since names shard {shard} twice")
        entries[shard] = (epoch, sequence)
    return tuple((shard, *entries[shard]) for shard in sorted(entries))


class RecentFrames:
    """The delta frames of the last ticks.

    Args:
        picture: must have applied each frame before it is added here.
    """

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._latest: dict[int, tuple[int, int]] = {}
        self._deltas: dict[int, deque[bytes]] = {}
        self._key_bytes: dict[int, int] = {}

    def add(self, frames: Iterable[bytes]) -> Cursor:
        """Add the frames of one tick; return the cursor of a client that has applied them all."""
        for frame in frames:
            header = read_header(frame)
            # A key frame of the current state does not invalidate the deltas before it.
            if not header.is_key or self._latest.get(header.shard) != (header.epoch, header.sequence):
                self._add(header, frame)
        return tuple((shard, *self._latest[shard]) for shard in sorted(self._latest))

    def remember(self, frames: Iterable[bytes]) -> None:
        """Add frames of one shard from before this gateway started, up to the current state of the picture."""
        for frame in frames:
            self._add(read_header(frame), frame)

    def _add(self, header: FrameHeader, frame: bytes) -> None:
        deltas = self._deltas.setdefault(header.shard, deque(maxlen=RECENT_TICKS))
        epoch, sequence = self._latest.get(header.shard, (0, 0))
        if header.is_key or header.epoch != epoch or header.sequence != sequence + 1:
            deltas.clear()
        if not header.is_key:
            deltas.append(frame)
        self._latest[header.shard] = (header.epoch, header.sequence)

    def after(self, cursor: Cursor | None) -> MissedFrames:
        """Return the frames missing since a cursor; None is the cursor of a new client."""
        had = {shard: (epoch, sequence) for shard, epoch, sequence in cursor or ()}
        missed = MissedFrames([], has_key=False)
        for shard in sorted(self._picture.shards.keys() | self._latest.keys()):
            missed = self._after(shard, had.get(shard), missed)
        return missed

    def _after(self, shard: int, had: tuple[int, int] | None, missed: MissedFrames) -> MissedFrames:
        known = self._picture.shards.get(shard)
        # The picture may be ahead of the last broadcast; the next one sends the rest.
        latest = self._latest.get(shard) or ((known.epoch, known.sequence) if known else None)
        # A cursor ahead in the same epoch needs nothing: the next broadcasts get there. A cursor of another epoch, even
        # a higher one, is from a gateway that was alone or an unknown owner, and cannot be continued from.
        if had is not None and latest is not None and had[0] == latest[0] and had[1] >= latest[1]:
            return missed
        deltas = self._deltas_after(shard, had)
        if known is None:
            return MissedFrames(missed.frames + deltas, missed.has_key)
        if deltas and sum(map(len, deltas)) < self._key_bytes.get(shard, 0):
            return MissedFrames(missed.frames + deltas, missed.has_key)
        key = self._picture.key_frame(shard)
        self._key_bytes[shard] = len(key)
        if deltas and sum(map(len, deltas)) < len(key):
            return MissedFrames(missed.frames + deltas, missed.has_key)
        return MissedFrames([*missed.frames, key], has_key=True)

    def _deltas_after(self, shard: int, had: tuple[int, int] | None) -> list[bytes]:
        """Return the deltas after an epoch and sequence; empty when one of them is no longer kept."""
        if had is None or had[0] != self._latest.get(shard, (-1, 0))[0]:
            return []
        missing = self._latest[shard][1] - had[1]
        deltas = self._deltas[shard]
        return list(deltas)[-missing:] if 0 < missing <= len(deltas) else []
