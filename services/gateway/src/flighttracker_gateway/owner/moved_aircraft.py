"""`MovedAircraft`: finds aircraft that a growing topic has moved to another shard. Pure; `ticker` uses it.

When a topic gets more partitions, Kafka puts a key in another one. The old shard would show the aircraft at its last
position, beside the new one, until its time to live ends. It cannot leave the old shard at once, because producers
learn of new partitions one after the other. It leaves when viewers see it in its new shard with a later position.
"""

from __future__ import annotations

from collections.abc import Iterable

from flighttracker.partition import shard_of
from flighttracker_gateway.owner.shown import ShownPositions


class MovedAircraft:
    """Finds aircraft that are in a shard that no longer is theirs.

    Args:
        shown: what viewers see.
        time_to_live_ms: how long a shard shows an aircraft after its last position.
    """

    def __init__(self, shown: ShownPositions, time_to_live_ms: int) -> None:
        self._shown = shown
        self._time_to_live_ms = time_to_live_ms
        self._shards = 0
        self._grown_ms = 0

    def note_shards(self, shards: int, now_ms: int) -> None:
        """Note the number of shards at a moment, milliseconds since 1970."""
        if shards != self._shards:
            self._shards = shards
            self._grown_ms = now_ms

    def gone(self, shard: int, aircraft: Iterable[str], now_ms: int, assigned_ms: int) -> list[str]:
        """Return the aircraft of a shard that are shown in another shard, which is theirs now.

        Nothing can have moved when the topic last grew, and the shard was last assigned, more than a time to live ago.

        Args:
            shard: number of the shard.
            aircraft: its aircraft, as ICAO addresses.
            now_ms: the present, milliseconds since 1970.
            assigned_ms: when this gateway was assigned the shard, milliseconds since 1970.
        """
        if now_ms > max(self._grown_ms, assigned_ms) + self._time_to_live_ms:
            return []
        return [icao24 for icao24 in aircraft if self._is_gone(shard, icao24)]

    def _is_gone(self, shard: int, icao24: str) -> bool:
        new_shard = shard_of(icao24.encode(), self._shards)
        if new_shard == shard:
            return False
        new_ms = self._shown.position_time_ms(new_shard, icao24)
        old_ms = self._shown.position_time_ms(shard, icao24)
        return new_ms is not None and old_ms is not None and new_ms > old_ms
