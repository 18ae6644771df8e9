"""Properties of every simulated flight at every moment."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, MPS_PER_KNOT, aircraft_types
from flighttracker_generator.simulation.airports import airports
from flighttracker_generator.simulation.arrays import Floats
from flighttracker_generator.simulation.fleet import Fleet, make_fleet
from flighttracker_generator.simulation.legs import Journeys, prepare
from flighttracker_generator.simulation.motion import (
    CLIMB_OUT,
    CRUISE,
    DESCENT_HIGH,
    FINAL,
    LANDING_ROLL,
    PARKED,
    TAXI_IN,
    Moment,
)
from flighttracker_generator.simulation.routes import (
    EARTH_RADIUS_M,
    bearing_deg,
    direction,
    distance_m,
    move,
    tangent_to,
    unit_vectors,
)

FLEET = 4_000
KNOTS_250_MPS = 250 * MPS_PER_KNOT


@cache
def world() -> Fleet:
    return make_fleet(FLEET, {}, 7)


@cache
def journeys(leg: int = 0) -> Journeys:
    fleet = world()
    rows = np.arange(FLEET)
    legs = np.full(FLEET, leg)
    outstations = fleet.schedule.outstations[:, leg // 2]
    ends = (fleet.home, outstations) if leg % 2 == 0 else (outstations, fleet.home)
    return Journeys(fleet.number, legs, fleet.type, *ends, fleet.schedule.wait_s[rows, leg])


def moments(fraction: Floats, after_s: float = 0.0, leg: int = 0) -> tuple[Moment, Floats, Floats, Floats]:
    """The states of all flights of the fleet at a fraction of their time from gate to gate."""
    paths, profiles = prepared(leg)
    rows = np.arange(FLEET)
    off_s, on_s = profiles.start_s[:, 1], profiles.start_s[:, PARKED]
    moment = profiles.at(rows, off_s + fraction * (on_s - off_s) + after_s)
    return moment, *paths.at(rows, moment.flown_m)


prepared = cache(lambda leg: prepare(journeys(leg)))
fractions = st.floats(0.0, 1.0)


@settings(max_examples=40, deadline=None)
@given(fraction=fractions, leg=st.integers(0, 1))
@example(fraction=0.880859375, leg=0)
def test_displacement_agrees_with_ground_speed_and_track(fraction: float, leg: int) -> None:
    spread = (fraction + np.linspace(0.0, 1.0, FLEET)) % 1.0
    before, *from_deg, track_deg = moments(spread, 0.0, leg)
    after, *to_deg, track_after_deg = moments(spread, 1.0, leg)
    start, end = unit_vectors(*from_deg), unit_vectors(*to_deg)
    moved_m = distance_m(start, end)
    same = before.phase == after.phase
    mean_mps = (before.speed_mps + after.speed_mps) / 2.0
    np.testing.assert_allclose(moved_m[same], mean_mps[same], atol=0.6)
    in_air = (before.phase >= CLIMB_OUT) & (before.phase < LANDING_ROLL)
    assert (np.abs(moved_m - mean_mps)[in_air] < 3.0).all()
    flown_deg = initial_bearing_deg(*(degrees[in_air] for degrees in (*from_deg, *to_deg)))
    off_deg = _turned(flown_deg, track_deg[in_air])
    turning_deg = np.abs(_turned(track_after_deg[in_air], track_deg[in_air]))
    assert (np.abs(off_deg) <= turning_deg + 0.05).all()
    # A standard turn is three degrees a second; near a pole a straight flight turns faster against the meridians.
    far_from_poles = np.abs(from_deg[0][in_air]) < 85.0
    assert (turning_deg[far_from_poles] < 3.0).all()


@settings(max_examples=40, deadline=None)
@given(fraction=fractions, leg=st.integers(0, 1))
def test_altitude_is_continuous_and_agrees_with_vertical_rate(fraction: float, leg: int) -> None:
    spread = (fraction + np.linspace(0.0, 1.0, FLEET)) % 1.0
    before, *_ = moments(spread, 0.0, leg)
    after, *_ = moments(spread, 0.5, leg)
    climbed_m = after.altitude_m - before.altitude_m
    steepest = np.maximum(np.abs(before.vertical_rate_mps), np.abs(after.vertical_rate_mps))
    assert (np.abs(climbed_m) <= 0.5 * steepest + 1e-6).all()
    same = before.phase == after.phase
    np.testing.assert_allclose(climbed_m[same], 0.5 * before.vertical_rate_mps[same], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(fraction=fractions, leg=st.integers(0, 1))
def test_flight_stays_in_its_types_envelope(fraction: float, leg: int) -> None:
    spread = (fraction + np.linspace(0.0, 1.0, FLEET)) % 1.0
    moment, *_ = moments(spread, 0.0, leg)
    types, fields, flown = aircraft_types(), airports(), journeys(leg)
    in_air = (moment.phase >= CLIMB_OUT) & (moment.phase < LANDING_ROLL)
    assert (moment.altitude_m <= types.ceiling_m[flown.type] + 0.1).all()
    assert (moment.speed_mps <= 1.09 * types.cruise_mps[flown.type]).all()
    slowest_mps = np.minimum(types.rotate_mps, types.approach_mps)[flown.type]
    assert (moment.speed_mps[in_air] >= slowest_mps[in_air] - 1e-6).all()
    low = in_air & (moment.altitude_m < 10_000 * METRES_PER_FOOT - 1.0)
    assert (moment.speed_mps[low] <= KNOTS_250_MPS).all()
    lower_field_m = np.minimum(fields.elevation_m[flown.origin], fields.elevation_m[flown.destination])
    assert (moment.altitude_m >= lower_field_m - 1e-6).all()
    on_departure = moment.phase <= CLIMB_OUT
    assert (moment.altitude_m[on_departure] >= fields.elevation_m[flown.origin][on_departure] - 1e-6).all()
    on_arrival = moment.phase >= FINAL
    assert (moment.altitude_m[on_arrival] >= fields.elevation_m[flown.destination][on_arrival] - 1e-6).all()


def test_cruise_is_steady_on_a_level_of_the_semicircular_rule() -> None:
    _, profiles = prepared(0)
    flown, types, fields = journeys(0), aircraft_types(), airports()
    long_enough = distance_m(fields.location[flown.origin], fields.location[flown.destination]) > 800_000
    cruise_ft = profiles.altitude_m[:, DESCENT_HIGH] / METRES_PER_FOOT
    instrument = long_enough & ~types.visual[flown.type] & (cruise_ft < 41_500)
    course_deg = bearing_deg(
        fields.location[flown.origin],
        tangent_to(fields.location[flown.origin], fields.location[flown.destination]),
    )
    thousands = np.round(cruise_ft[instrument] / 1_000.0).astype(int)
    np.testing.assert_allclose(cruise_ft[instrument], thousands * 1_000.0, atol=0.5)
    assert ((thousands % 2 == 1) == (course_deg[instrument] < 180.0)).all()
    assert instrument.sum() > FLEET / 3
    np.testing.assert_allclose(profiles.speed_mps[:, CRUISE], profiles.speed_mps[:, DESCENT_HIGH])


def test_flight_begins_and_ends_at_its_airports_and_parks_where_the_next_one_starts() -> None:
    fields, out = airports(), journeys(0)
    _, *there_deg, _ = moments(np.ones(FLEET), 5.0, 0)
    _, *back_deg, _ = moments(np.zeros(FLEET), 0.0, 1)
    parked = unit_vectors(*there_deg)
    assert (distance_m(parked, fields.location[out.destination]) < 2_500.0).all()
    assert (distance_m(parked, unit_vectors(*back_deg)) < 0.1).all()


def test_short_flights_reach_their_destination_without_overrunning_it() -> None:
    paths, profiles = prepared(0)
    np.testing.assert_allclose(profiles.start_m[:, PARKED], paths.start_m[:, -1], rtol=0, atol=1.0)
    np.testing.assert_allclose(profiles.start_m[:, TAXI_IN], paths.start_m[:, 6], rtol=0, atol=1.0)
    assert (np.diff(profiles.start_s, axis=1) >= 0.0).all()


def test_every_flight_ends_before_the_next_begins() -> None:
    for leg in (0, 1):
        _, profiles = prepared(leg)
        starts_s = world().schedule.leg_start_s
        next_s = np.where(np.isfinite(starts_s[:, leg + 1]), starts_s[:, leg + 1], world().schedule.period_s)
        assert (profiles.start_s[:, PARKED] < next_s - starts_s[:, leg]).all()


def test_no_aircraft_flies_beyond_its_range() -> None:
    fields, flown = airports(), journeys(0)
    metres = distance_m(fields.location[flown.origin], fields.location[flown.destination])
    assert (metres <= aircraft_types().range_m[flown.type]).all()
    small = np.flatnonzero(flown.type == aircraft_types().index("C172"))
    assert len(small)
    assert metres[small].max() < 0.15 * EARTH_RADIUS_M


@given(latitude_deg=st.floats(-89.0, 89.0), longitude_deg=st.floats(-180.0, 180.0), bearing=st.floats(0.0, 359.9))
def test_a_followed_bearing_equals_the_measured_one(latitude_deg: float, longitude_deg: float, bearing: float) -> None:
    here = np.array([latitude_deg]), np.array([longitude_deg])
    point = unit_vectors(*here)
    heading = direction(point, np.array([bearing]))
    assert abs(_turned(bearing_deg(point, heading), np.array([bearing]))[0]) < 1e-6
    x, y, z = move(point, heading, np.array([1_000.0]))[0][0]
    there = np.degrees(np.arctan2([z], [np.hypot(x, y)])), np.degrees(np.arctan2([y], [x]))
    assert abs(_turned(initial_bearing_deg(*here, *there), np.array([bearing]))[0]) < 1e-3


def initial_bearing_deg(
    latitude_deg: Floats, longitude_deg: Floats, to_latitude_deg: Floats, to_longitude_deg: Floats
) -> Floats:
    """Return the initial bearing of a great circle, by the navigation formula, independently of the tested code."""
    here, there = np.radians(latitude_deg), np.radians(to_latitude_deg)
    east = np.radians(to_longitude_deg - longitude_deg)
    y = np.sin(east) * np.cos(there)
    x = np.cos(here) * np.sin(there) - np.sin(here) * np.cos(there) * np.cos(east)
    return np.asarray(np.degrees(np.arctan2(y, x)))


def _turned(to_deg: Floats, from_deg: Floats) -> Floats:
    return np.asarray((to_deg - from_deg + 180.0) % 360.0 - 180.0)
