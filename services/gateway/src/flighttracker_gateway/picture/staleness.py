"""How old each shard's picture is, and from when on viewers must be told. Pure; `presence` and `rest` ask it."""

from __future__ import annotations

from flighttracker.clock import Clock
from flighttracker_gateway.picture.picture import Picture, ShardPicture


class Staleness:
    """Judges the shards of a picture: stale is a shard without frames, or one whose aircraft all fell silent.

    Args:
        picture: what is judged.
        stale_after_ticks: ticks without a frame until a shard is stale.
        stale_after_silence_ms: time without a position until a shard that has aircraft is stale.
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
        """Return the numbers of the shards from which a frame is expected each tick."""
        return {number for number, shard in self._picture.shards.items() if not self._is_silent(shard)}

    def age_s(self, shard: ShardPicture) -> float:
        """Return how old the latest tick of a shard is, in seconds."""
        return max(0, self._clock.now_ms() - shard.tick_time_ms) / 1000

    def newest_position_age_s(self, shard: ShardPicture) -> float | None:
        """Return how old the newest position of a shard is, in seconds; None when it has no aircraft."""
        return max(0, self._clock.now_ms() - shard.newest_position_ms) / 1000 if shard.slot_of else None

    def _is_silent(self, shard: ShardPicture) -> bool:
        return self._clock.now_ms() - shard.tick_time_ms > self._stale_after_ticks * shard.tick_interval_ms

    def _is_stale(self, shard: ShardPicture) -> bool:
        is_old = bool(shard.slot_of) and self._clock.now_ms() - shard.newest_position_ms > self._stale_after_silence_ms
        return is_old or self._is_silent(shard)


def _shown_ms(shard: ShardPicture) -> int:
    """Return the time that a shard shows: its latest tick, or its newest position when that is older."""
    return min(shard.tick_time_ms, shard.newest_position_ms) if shard.slot_of else shard.tick_time_ms
