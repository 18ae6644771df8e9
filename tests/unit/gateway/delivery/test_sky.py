"""The sky has the aircraft of all shards, also of one that the picture has lost for a moment."""

from __future__ import annotations

import pytest

from flighttracker.errors import FrameError
from flighttracker.frame import HEADER_BYTES
from flighttracker_gateway.delivery.sky import Sky
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import NOW_MS, position


def test_aircraft_of_a_damaged_shard_stay_until_its_key_frame_comes() -> None:
    owners = [ShardOwner(shard, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=10) for shard in (0, 1)]
    picture = Picture()
    sky = Sky(picture)
    for number, owner in enumerate(owners):
        owner.hear(position(icao24=f"3c000{number}"))
        picture.apply(owner.tick(NOW_MS))
    sky.advance()
    assert sky.used.sum() == 2
    # An update of a slot that is free: a frame that contradicts what was known.
    other = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=10)
    for time_ms in (NOW_MS, NOW_MS + 1000):
        for number in range(9):
            times = {"position_time": time_ms, "last_contact": time_ms}
            other.hear(position(icao24=f"4c000{number}", baro_altitude_m=time_ms % 7_000, **times))
        frame = other.tick(time_ms)
    with pytest.raises(FrameError):
        picture.apply(frame)
    assert len(frame) > HEADER_BYTES
    assert [*picture.shards] == [1]
    sky.advance()
    assert {*sky.icao24[sky.used].tolist()} == {0x3C0000, 0x3C0001}


def test_an_unchanged_picture_is_not_copied_again() -> None:
    picture = Picture()
    sky = Sky(picture)
    owner = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=10)
    owner.hear(position())
    picture.apply(owner.tick(NOW_MS))
    sky.advance()
    sky.used[:] = False
    sky.advance()
    assert not sky.used.any()


def test_where_aircraft_fly_follows_the_moment_and_the_newest_picture() -> None:
    picture = Picture()
    sky = Sky(picture)
    owner = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=10)
    found = []
    for time_ms, longitude_deg in ((NOW_MS, 8.0), (NOW_MS + 1000, 20.0)):
        times = {"position_time": time_ms, "last_contact": time_ms}
        owner.hear(position(longitude_deg=longitude_deg, ground_speed_mps=200.0, track_deg=90.0, **times))
        picture.apply(owner.tick(time_ms))
        sky.advance()
        assert sky.flying(NOW_MS + 1000) is sky.flying(NOW_MS + 1000)
        found += [float(sky.flying(NOW_MS + after_ms).x[sky.used][0]) * 360 - 180 for after_ms in (1000, 2000)]
    assert found == sorted(found)
    assert found[2] == pytest.approx(20.0, abs=1e-4)
