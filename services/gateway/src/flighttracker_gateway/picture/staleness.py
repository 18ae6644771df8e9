"""`Staleness`: computes the age of each shard's picture, and which shards are stale. Pure; `presence` uses it."""

from __future__ import annotations

from flighttracker.clock import Clock
from flighttracker_gateway.picture.picture import Picture, ShardPicture


class Staleness:
    """Finds stale shards: those that get no frames, and those whose aircraft are all silent.

    Args:
        picture: the picture that viewers see.
        stale_after_ticks: number of ticks without a frame after which a shard is stale.
        stale_after_silence_ms: time without a position after which a shard with aircraft is stale.
        clock: the present.
    """

    def __init__(self, picture: Picture, stale_after_ticks: int, stale_after_silence_ms: int, clock: Clock) -> None:
        self._picture = picture
        self._stale_after_ticks = stale_after_ticks
        self._stale_after_silence_ms = stale_after_silence_ms
        self._clock = clock

    def stale_shards(self) -> list[int]:
        """Return the numbers of the stale shards, ascending."""
        return sorted(number for number, shard in self._picture.shards.items() if self._is_stale(shard))

    def stale_since_ms(self) -> int | None:
        """Return the time that the oldest stale shard shows, milliseconds since 1970; None when none is stale."""
        shards = self._picture.shards
        return min((_shown_ms(shards[number]) for number in self.stale_shards()), default=None)

    def live_shards(self) -> set[int]:
        """Return the numbers of the shards that send a frame each tick."""
        return {number for number, shard in self._picture.shards.items() if not self._is_silent(shard)}

    def age_s(self, shard: ShardPicture) -> float:
        """Return the age of a shard's latest tick, in seconds."""
        return max(0, self._clock.now_ms() - shard.tick_time_ms) / 1000

    def newest_position_age_s(self, shard: ShardPicture) -> float | None:
        """Return the age of a shard's newest position, in seconds; None when it has no aircraft."""
        return max(0, self._clock.now_ms() - shard.newest_position_ms) / 1000 if shard.slot_of else None

    def _is_silent(self, shard: ShardPicture) -> bool:
        return self._clock.now_ms() - shard.tick_time_ms > self._stale_after_ticks * shard.tick_interval_ms

    def _is_stale(self, shard: ShardPicture) -> bool:
        is_old = bool(shard.slot_of) and self._clock.now_ms() - shard.newest_position_ms > self._stale_after_silence_ms
        return is_old or self._is_silent(shard)


def _shown_ms(shard: ShardPicture) -> int:
    """Return the time that a shard shows: its latest tick, or its newest position when that is older."""
    return min(shard.tick_time_ms, shard.newest_position_ms) if shard.slot_of else shard.tick_time_ms
