"""What an owner must know of the viewers of its gateway. The picture provides it."""

from __future__ import annotations

from typing import Protocol


class ShownPositions(Protocol):
    """Positions that viewers see, from every owner."""

    def newest_position_ms(self, shard: int) -> int:
        """Return the time of the newest position of a shard, milliseconds since 1970; 0 without any."""

    def position_time_ms(self, shard: int, icao24: str) -> int | None:
        """Return the time of an aircraft's position in a shard, milliseconds since 1970; None when absent."""
