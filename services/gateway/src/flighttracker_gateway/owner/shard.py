"""`ShardOwner`: encodes one frame of a shard each tick. Pure; `log_reader` feeds it and `ticker` publishes."""

from __future__ import annotations

from flighttracker.flight import FlightPosition
from flighttracker.frame import DELTA, FrameStamp, ShardTable, encode_frame
from flighttracker_gateway.owner.fleet import Fleet


class ShardOwner:
    """One shard under one epoch.

    Args:
        shard: its number.
        epoch: greater than that of any earlier owner.
        tick_interval_ms: time between two ticks, written into each frame.
        time_to_live_ms: how long an aircraft is shown after its last position.
        max_aircraft: greatest number of aircraft in the shard.
        table: state to resume from, which the owner takes over; None for an empty shard.
    """

    def __init__(
        self,
        shard: int,
        epoch: int,
        *,
        tick_interval_ms: int,
        time_to_live_ms: int,
        max_aircraft: int,
        table: ShardTable | None = None,
    ) -> None:
        self.shard = shard
        self.epoch = epoch
        self.sequence = -1
        self.fleet = Fleet(max_aircraft, table)
        self._tick_time_ms = 0
        self._tick_interval_ms = tick_interval_ms
        self._time_to_live_ms = time_to_live_ms

    def hear(self, position: FlightPosition) -> None:
        """Add a position to the next tick.

        Raises:
            RecordRefusedError: see `Fleet.hear`.
        """
        self.fleet.hear(position)

    @property
    def has_something_to_show(self) -> bool:
        """Whether a frame was encoded, or would contain an aircraft."""
        return self.sequence >= 0 or self.fleet.has_news or len(self.fleet) > 0

    def tick(self, tick_time_ms: int) -> bytes:
        """Return the frame of a tick: first a key frame, then delta frames.

        Args:
            tick_time_ms: the moment, milliseconds since 1970; greater than that of the previous tick.
        """
        change = self.fleet.advance(tick_time_ms, self._time_to_live_ms)
        self.sequence += 1
        self._tick_time_ms = tick_time_ms
        if self.sequence == 0:
            return self.key_frame()
        table = self.fleet.table
        return encode_frame(
            DELTA,
            self._stamp(),
            slot_count=table.slot_count,
            removed=change.removed,
            added=table.additions(change.added, tick_time_ms),
            changed=change.changed,
        )

    def key_frame(self) -> bytes:
        """Return a key frame of the shard as of the latest tick."""
        return self.fleet.table.key_frame(self._stamp())

    def _stamp(self) -> FrameStamp:
        return FrameStamp(self.shard, self.epoch, self.sequence, self._tick_time_ms, self._tick_interval_ms)
