"""Owners of all shards and a gateway's picture, for benches that need frames without servers."""

from __future__ import annotations

from bench.frames import SHARDS, START_MS, Ticks

from flighttracker.flight import refuse_out_of_range
from flighttracker.partition import shard_of
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture


class Gateway:
    """Owners of all shards, and the picture of their frames."""

    def __init__(self, ticks: Ticks) -> None:
        self._ticks = ticks
        self._second = -1
        self._owners = [
            ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=300_000, max_aircraft=100_000)
            for shard in range(SHARDS)
        ]
        self.picture = Picture()

    def tick(self) -> list[bytes]:
        """Advance one second; return the owners' frames."""
        self._second += 1
        now_ms = START_MS + self._second * 1000
        for position in self._ticks(self._second):
            refuse_out_of_range(position, now_ms)
            self._owners[shard_of(position.icao24.encode(), SHARDS)].hear(position)
        frames = [owner.tick(now_ms) for owner in self._owners]
        for frame in frames:
            self.picture.apply(frame)
        return frames
