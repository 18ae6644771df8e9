"""How old each shard's picture is, and from when on viewers must be told. Pure; `presence` and `rest` ask it."""

from __future__ import annotations

from flighttracker.clock import Clock
from flighttracker_gateway.picture import Picture, ShardPicture


class Staleness:
    """Judges the shards of a picture.

    Args:
        picture: what is judged.
        stale_after_ticks: ticks without a frame until a shard is stale.
        clock: the present.
    """

    def __init__(self, picture: Picture, stale_after_ticks: int, clock: Clock) -> None:
        self._picture = picture
        self._stale_after_ticks = stale_after_ticks
        self._clock = clock

    def stale_shards(self) -> list[int]:
        """Return the numbers of the stale shards, ascending."""
        return sorted(number for number, shard in self._picture.shards.items() if self._is_stale(shard))

    def live_shards(self) -> set[int]:
        """Return the numbers of the shards from which a frame is expected each tick."""
        return {number for number, shard in self._picture.shards.items() if not self._is_stale(shard)}

    def age_s(self, shard: ShardPicture) -> float:
        """Return how old the latest tick of a shard is, in seconds."""
        return max(0, self._clock.now_ms() - shard.tick_ms) / 1000

    def _is_stale(self, shard: ShardPicture) -> bool:
        return self._clock.now_ms() - shard.tick_ms > self._stale_after_ticks * shard.tick_interval_ms
