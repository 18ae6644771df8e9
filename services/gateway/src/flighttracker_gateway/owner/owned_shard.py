"""`OwnedShard`: a shard that this gateway owns, and how far its records are read. Pure.

`log_reader` fills owned shards and `ticker` publishes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flighttracker.frame.layout import ROUNDED_MS
from flighttracker_gateway.owner.shard import ShardOwner

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext

LONGEST_SILENCE_MS: Final = 10_000
"""How long a new owner waits for the end of the log, or for its first position, before it shows what it has."""


class OwnedShard:
    """A shard since this gateway was assigned it.

    Args:
        owner: encodes its frames.
        next_offset: offset of the next record to read.
        end_offset: offset behind the last record that was in the log at the assignment.
        assigned_ms: the moment of the assignment, milliseconds since 1970.

    Attributes:
        traced: traces of positions that the next tick shows.
    """

    def __init__(self, owner: ShardOwner, next_offset: int, end_offset: int, assigned_ms: int) -> None:
        self.owner = owner
        self.next_offset = next_offset
        self.assigned_ms = assigned_ms
        self.traced: list[SpanContext] = []
        self._end_offset = end_offset

    def is_due(self, tick_time_ms: int, newest_shown_ms: int, *, has_held: bool) -> bool:
        """Return whether the shard is ready to show this tick.

        A new owner shows nothing before it has read the log to its end, and nothing older than what viewers see.

        Args:
            tick_time_ms: moment of the tick, milliseconds since 1970.
            newest_shown_ms: time of the newest position that viewers see, milliseconds since 1970.
            has_held: whether records of this shard wait for their schema.
        """
        if self.owner.sequence >= 0:
            return True
        if tick_time_ms >= self.assigned_ms + LONGEST_SILENCE_MS:
            return self.owner.fleet.newest_position_ms >= newest_shown_ms - ROUNDED_MS
        has_caught_up = self.next_offset >= self._end_offset and not has_held
        return has_caught_up and self.owner.has_something_to_show
