"""Aircraft that a growing topic has moved to another shard: the shard that they left lets them go.

Kafka puts a key in another partition when a topic gets more of them. The old shard would show an aircraft where it was
last heard, beside the new one, until its time to live is over. It cannot leave the old shard at once, either: producers
learn of the new partitions one after the other. So it leaves when this gateway sees it in its new shard, later than in
the old one. Pure; `ingest` asks before each tick.
"""

from __future__ import annotations

from collections.abc import Iterable

from flighttracker.partition import shard_of
from flighttracker_gateway.picture.picture import Picture


class MovedAircraft:
    """Looks for aircraft in a shard that is no longer theirs, for as long as there can be some.

    Args:
        picture: every shard, as this gateway sees it.
        time_to_live_ms: how long an aircraft may be in a shard without being heard there.
    """

    def __init__(self, picture: Picture, time_to_live_ms: int) -> None:
        self._picture = picture
        self._time_to_live_ms = time_to_live_ms
        self._shards = 0
        self._look_until_ms = 0

    def look_on(self, now_ms: int) -> None:
        """Look for a time to live: a shard was taken over, and it may hold what the topic's growth has moved."""
        self._look_until_ms = now_ms + self._time_to_live_ms

    def note_shards(self, shards: int, now_ms: int) -> None:
        """Note how many shards there are, and look when they have become more."""
        if shards != self._shards:
            self._shards = shards
            self.look_on(now_ms)

    def gone(self, shard: int, aircraft: Iterable[str], now_ms: int) -> list[str]:
        """Return those of a shard's aircraft that are seen in the shard that is theirs now."""
        if now_ms > self._look_until_ms:
            return []
        return [icao24 for icao24 in aircraft if self._has_gone(shard, icao24)]

    def _has_gone(self, shard: int, icao24: str) -> bool:
        theirs = shard_of(icao24.encode(), self._shards)
        if theirs == shard:
            return False
        there_ms = self._picture.position_time_ms(theirs, icao24)
        here_ms = self._picture.position_time_ms(shard, icao24)
        return there_ms is not None and here_ms is not None and there_ms > here_ms
