"""A growing topic moves aircraft to other shards: the old shard removes them, and never too early."""

from __future__ import annotations

import pytest

from flighttracker.partition import shard_of
from flighttracker_gateway.owner.moved_aircraft import MovedAircraft
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import NOW_MS, position

TTL_MS = 60_000
BEFORE, AFTER = 2, 4
MOVED = next(
    icao24
    for icao24 in (f"{number:06x}" for number in range(100))
    if shard_of(icao24.encode(), BEFORE) == 0 and shard_of(icao24.encode(), AFTER) == 2
)


class Sky:
    """Owners of a few shards and a picture of all."""

    def __init__(self) -> None:
        self.picture = Picture()
        self.assigned_ms = NOW_MS
        self.owners = {
            shard: ShardOwner(shard, 7, tick_interval_ms=1000, time_to_live_ms=TTL_MS, max_aircraft=100)
            for shard in (0, 2)
        }
        self.moved = MovedAircraft(self.picture, TTL_MS)
        self.moved.note_shards(BEFORE, NOW_MS)
        self.hear(0, NOW_MS)

    def hear(self, shard: int, time_ms: int) -> None:
        self.owners[shard].hear(position(icao24=MOVED, position_time=time_ms))
        self.picture.apply(self.owners[shard].tick(time_ms))

    def gone(self, shard: int, now_ms: int) -> list[str]:
        return self.moved.gone(shard, self.owners[shard].fleet.aircraft, now_ms, self.assigned_ms)


def test_an_aircraft_leaves_its_old_shard_when_it_is_seen_in_the_new_one() -> None:
    sky = Sky()
    sky.moved.note_shards(AFTER, NOW_MS)
    assert sky.gone(0, NOW_MS) == [], "its producer may not know of the new shards yet"
    sky.hear(2, NOW_MS + 1000)
    assert sky.gone(0, NOW_MS + 1000) == [MOVED]
    assert sky.gone(2, NOW_MS + 1000) == []


def test_an_aircraft_stays_in_the_shard_of_its_last_position() -> None:
    sky = Sky()
    sky.moved.note_shards(AFTER, NOW_MS)
    sky.hear(2, NOW_MS + 1000)
    sky.hear(0, NOW_MS + 2000)
    assert sky.gone(0, NOW_MS + 2000) == []


@pytest.mark.parametrize("is_reassigned", [False, True])
def test_a_shard_is_searched_for_a_time_to_live_after_growth_or_assignment(is_reassigned: bool) -> None:
    sky = Sky()
    sky.moved.note_shards(AFTER, NOW_MS)
    sky.hear(2, NOW_MS + 1000)
    late_ms = NOW_MS + TTL_MS + 1
    if is_reassigned:
        sky.assigned_ms = late_ms
    assert sky.gone(0, late_ms) == ([MOVED] if is_reassigned else [])
