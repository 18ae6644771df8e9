"""Aircraft are measured where they are at a tick; what a report does not say is unknown, not zero."""

from __future__ import annotations

import numpy as np
import pytest

from flighttracker.flight import FlightPosition
from flighttracker.tiles import CLASSES
from flighttracker.tiles.motion import (
    CLIMB,
    HEADING,
    NO_ALTITUDE,
    NO_HEADING,
    NO_SPEED,
    ON_GROUND,
    VELOCITY_X,
    VELOCITY_Y,
)
from flighttracker_gateway.delivery.measured import EQUATOR_M, Flying, flying, motion_of
from flighttracker_gateway.delivery.sky import Sky
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.picture import Picture
from tests.example_flights import NOW_MS, position

PLACE = {"latitude_deg": 0.0, "longitude_deg": 0.0}


def measured(one: FlightPosition, after_s: int = 0) -> Flying:
    owner = ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=300_000, max_aircraft=10)
    owner.hear(one)
    picture = Picture()
    picture.apply(owner.tick(NOW_MS))
    sky = Sky(picture)
    sky.advance()
    row = sky.used
    return flying(sky.dynamic[:, row], sky.position_time_ms[row], NOW_MS + after_s * 1000)


def test_an_aircraft_flies_on_for_a_minute_and_is_late_after_35_s() -> None:
    east = position(**PLACE, ground_speed_mps=200.0, track_deg=90.0, vertical_rate_mps=-5.0)
    metres = [(measured(east, after_s).x[0] - 0.5) * EQUATOR_M for after_s in (0, 30, 60, 90)]
    assert metres == pytest.approx([0, 6_000, 12_000, 12_000], abs=60)
    assert [measured(east, after_s).age_s[0] for after_s in (0, 34, 35, 90)] == [0, 0, 35, 90]
    assert measured(east, 59).velocity_x[0] > 0
    assert measured(east, 60).velocity_x[0] == 0
    assert measured(east, 30).altitude[0] < measured(east).altitude[0]


def test_a_report_from_after_the_tick_is_taken_back_to_its_moment() -> None:
    east = position(**PLACE, ground_speed_mps=200.0, track_deg=90.0)
    metres = [(measured(east, after_s).x[0] - 0.5) * EQUATOR_M for after_s in (-1, -4, -60)]
    assert metres == pytest.approx([-200, -800, -2_000], abs=20)
    assert measured(east, -4).age_s[0] == 0


def test_what_is_unknown_is_said_and_does_not_move() -> None:
    one = position(**PLACE, ground_speed_mps=None, track_deg=None, baro_altitude_m=None, on_ground=True)
    at = measured(one, 30)
    assert at.state[0] & (NO_ALTITUDE | NO_HEADING | NO_SPEED | ON_GROUND) == 0xF0
    assert (at.x[0], at.y[0]) == (0.5, 0.5)
    motion = motion_of(at, CLASSES[0])[:, 0]
    assert motion[[VELOCITY_X, VELOCITY_Y, CLIMB, HEADING]].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("latitude_deg", [90.0, -90.0])
def test_a_pole_is_at_the_edge_of_the_map(latitude_deg: float) -> None:
    at = measured(position(latitude_deg=latitude_deg, longitude_deg=0.0, track_deg=0.0))
    motion = motion_of(at, CLASSES[-1])
    assert 0 <= at.y[0] <= 1
    assert 0 <= motion[1, 0] < 1 << CLASSES[-1].position_bits


def test_only_a_slow_aircraft_has_a_heading_in_its_motion() -> None:
    slow = position(**PLACE, ground_speed_mps=5.0, track_deg=90.0)
    fast = position(**PLACE, ground_speed_mps=250.0, track_deg=90.0)
    headings = [int(motion_of(measured(one), CLASSES[0])[HEADING, 0]) for one in (slow, fast)]
    assert headings == [64, 0]


def test_longitudes_at_the_180th_meridian_are_on_the_map() -> None:
    for longitude in (-180.0, 179.999999):
        at = measured(position(latitude_deg=0.0, longitude_deg=longitude, ground_speed_mps=250.0, track_deg=90.0), 50)
        motion = motion_of(at, CLASSES[4])
        assert 0 <= motion[0, 0] < 1 << 23
        assert np.isfinite(at.y).all()
