"""The picture of a client: what a message changes, gaps, boxes, and aircraft that change their shard."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker.bounding_box import BoundingBox
from flighttracker.client.picture import Gap, Picture
from flighttracker.errors import FrameError, FrameVersionError
from flighttracker.flight import FlightPosition
from flighttracker_gateway.owner.shard import ShardOwner
from tests.example_flights import NOW_MS, position

TICK_MS = 1000


def owner(shard: int = 0, epoch: int = 5) -> ShardOwner:
    return ShardOwner(shard, epoch, tick_interval_ms=TICK_MS, time_to_live_ms=5_000, max_aircraft=100)


def at(second: int, icao24: str = "3c6444", **changes: Any) -> FlightPosition:
    time_ms = NOW_MS + second * TICK_MS
    return position(icao24=icao24, position_time=time_ms, last_contact=time_ms, **changes)


def tick(of: ShardOwner, second: int, *positions: FlightPosition) -> bytes:
    for heard in positions:
        of.hear(heard)
    return of.tick(NOW_MS + second * TICK_MS)


def test_the_first_tick_is_the_whole_picture_and_the_next_ones_are_changes() -> None:
    picture, shard = Picture(None), owner()
    assert picture.time_ms is None
    first = picture.apply(tick(shard, 0, at(0), at(0, "000001")))
    assert {flight.icao24 for flight in first.changed} == {"3c6444", "000001"} == {*picture.flights}
    second = picture.apply(tick(shard, 1, at(1, latitude_deg=51.0)))
    assert [(flight.icao24, flight.latitude_deg) for flight in second.changed] == [("3c6444", 51.0)]
    assert (second.removed, second.gap) == ((), None)
    assert picture.flights["3c6444"].latitude_deg == 51.0
    assert picture.time_ms == NOW_MS + TICK_MS


def test_an_aircraft_that_falls_silent_is_removed() -> None:
    picture, shard = Picture(None), owner()
    picture.apply(tick(shard, 0, at(0), at(0, "000001")))
    later = [picture.apply(tick(shard, second, at(second))) for second in range(1, 9)]
    assert [icao24 for change in later for icao24 in change.removed] == ["000001"]
    assert {*picture.flights} == {"3c6444"}


def test_a_missed_tick_is_a_gap_until_the_next_key_frame() -> None:
    picture, shard = Picture(None), owner()
    picture.apply(tick(shard, 0, at(0)))
    tick(shard, 1, at(1))
    missed = picture.apply(tick(shard, 2, at(2, latitude_deg=51.0)))
    assert (missed.changed, missed.gap, picture.needs_key_frames) == ((), None, True)
    assert picture.time_ms == NOW_MS
    found = picture.apply(shard.key_frame())
    assert found.gap == Gap(NOW_MS, NOW_MS + 2 * TICK_MS, (0,))
    assert [flight.latitude_deg for flight in found.changed] == [51.0]
    assert not picture.needs_key_frames


def test_a_frame_that_comes_twice_changes_nothing() -> None:
    picture, shard = Picture(None), owner()
    frame = tick(shard, 0, at(0))
    picture.apply(frame)
    again = picture.apply(frame)
    assert (again.changed, again.removed, again.gap) == ((), (), None)


def test_another_owner_is_a_gap_only_if_time_passed_in_between() -> None:
    picture = Picture(None)
    picture.apply(tick(owner(epoch=5), 0, at(0)))
    assert picture.apply(tick(owner(epoch=6), 1, at(1))).gap is None
    assert picture.apply(tick(owner(epoch=7), 4, at(4))).gap == Gap(NOW_MS + TICK_MS, NOW_MS + 4 * TICK_MS, (0,))


def test_a_key_frame_of_an_older_epoch_is_followed_but_makes_no_time() -> None:
    picture = Picture(None)
    picture.apply(tick(owner(epoch=9), 5, at(5)))
    older = picture.apply(tick(owner(epoch=3), 2, at(2)))
    assert older.gap is None
    assert picture.time_ms == NOW_MS + 2 * TICK_MS


def test_only_aircraft_in_the_box_are_shown() -> None:
    picture, shard = Picture(BoundingBox.of_edges(5, 47, 15, 55)), owner()
    picture.apply(tick(shard, 0, at(0, latitude_deg=50.0, longitude_deg=8.0), at(0, "000001", latitude_deg=-33.0)))
    assert {*picture.flights} == {"3c6444"}
    left = picture.apply(tick(shard, 1, at(1, latitude_deg=46.0, longitude_deg=8.0)))
    assert (left.changed, left.removed, {*picture.flights}) == ((), ("3c6444",), set())
    back = picture.apply(tick(shard, 2, at(2, latitude_deg=47.5, longitude_deg=8.0)))
    assert [flight.icao24 for flight in back.changed] == ["3c6444"]


def test_an_aircraft_that_moves_to_another_shard_stays_and_never_goes_back() -> None:
    picture, old, new = Picture(None), owner(0), owner(1)
    picture.apply(tick(old, 0, at(0)) + tick(new, 0))
    picture.apply(tick(new, 3, at(3, latitude_deg=51.0)))
    picture.apply(tick(old, 2, at(2, latitude_deg=49.0)))
    assert picture.flights["3c6444"].latitude_deg == 51.0
    gone = [picture.apply(tick(old, second)).removed for second in range(4, 12)]
    assert gone == [()] * 8
    assert {*picture.flights} == {"3c6444"}


def test_a_picture_is_complete_when_each_shard_has_sent_its_aircraft() -> None:
    picture = Picture(None)
    picture.apply(tick(owner(0), 0, at(0)))
    assert not picture.is_complete
    picture.keep_shards(2)
    assert not picture.is_complete
    picture.apply(tick(owner(1), 0, at(0, "000001")))
    assert picture.is_complete
    assert picture.cursor == "0.5.0,1.5.0"
    assert picture.keep_shards(1) == ("000001",)
    assert {*picture.flights} == {"3c6444"}


def test_a_damaged_frame_changes_nothing_and_a_newer_version_has_its_own_error() -> None:
    picture, shard = Picture(None), owner()
    frame = tick(shard, 0, at(0))
    with pytest.raises(FrameError):
        picture.apply(frame[:-1])
    with pytest.raises(FrameVersionError):
        picture.apply(frame[:3] + b"\x63" + frame[4:])
    assert not picture.flights
