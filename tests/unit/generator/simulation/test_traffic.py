"""A simulated fleet from outside: which aircraft fly, when, and that the same call has the same result."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import numpy as np
import pytest

from flighttracker.errors import StartError
from flighttracker.flight import EMERGENCY_SQUAWKS, FlightPosition, refuse_out_of_range
from flighttracker_generator.replicas import replica_of
from flighttracker_generator.simulation.airports import airports
from flighttracker_generator.simulation.arrays import Ints
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.states import country_of_address, states, us_registration
from flighttracker_generator.simulation.traffic import Traffic

NOW_MS = 1_750_588_112_000
HOUR_MS = 3_600_000
FLEET = 2_000


@cache
def traffic(seed: int = 1) -> Traffic:
    return Traffic(make_fleet(FLEET, {}, seed))


def everyone(fleet: Traffic) -> Ints:
    """Return all rows, because each aircraft has been due since 1970."""
    return fleet.due(0, NOW_MS, 1.0)


def everybody(at_ms: int) -> list[FlightPosition]:
    return traffic().positions(everyone(traffic()), at_ms)


def test_every_position_passes_the_consumers_validation_through_a_day() -> None:
    for hour in range(0, 24, 3):
        for position in everybody(NOW_MS + hour * HOUR_MS):
            refuse_out_of_range(position, NOW_MS + hour * HOUR_MS)


def test_same_seed_and_time_give_the_same_positions_after_any_calls() -> None:
    warm = traffic(5)
    for hour in (30, 2, 17):
        warm.positions(everyone(warm), NOW_MS + hour * HOUR_MS)
    fresh = Traffic(make_fleet(FLEET, {}, 5))
    assert warm.positions(everyone(warm), NOW_MS) == fresh.positions(everyone(fresh), NOW_MS)


def test_another_seed_gives_another_fleet() -> None:
    assert everybody(NOW_MS)[:50] != traffic(5).positions(np.arange(50), NOW_MS)


def test_replicas_produce_each_aircraft_once_as_a_single_generator_does() -> None:
    parts = []
    for replica in range(3):
        part = Traffic(make_fleet(FLEET, {}, 1, replica, 3))
        positions = part.positions(everyone(part), NOW_MS)
        assert all(replica_of(position.icao24, 3) == replica for position in positions)
        parts += positions
    by_address = {position.icao24: position for position in parts}
    assert len(parts) == len(by_address) == FLEET
    assert all(by_address[position.icao24] == position for position in everybody(NOW_MS))


def test_addresses_and_registrations_are_unique_and_of_the_country_that_issued_them() -> None:
    positions = everybody(NOW_MS)
    assert len({position.icao24 for position in positions}) == FLEET
    assert len({position.registration for position in positions}) == FLEET
    for position in positions:
        assert country_of_address(int(position.icao24, 16)) == position.origin_country
    german = [position.registration for position in positions if position.origin_country == "Germany"]
    assert german
    assert all(re.fullmatch(r"D-[AE][A-Z]{3}", registration) for registration in german)


@pytest.mark.parametrize(
    ("address", "registration"),
    [
        (0xA00001, "N1"),
        (0xA00002, "N1A"),
        (0xA00003, "N1AA"),
        (0xA00724, "N1000Z"),
        (0xADF7C7, "N99999"),
        (0xA061D9, "N12345"),
    ],
)
def test_us_address_and_registration_correspond(address: int, registration: str) -> None:
    assert us_registration(address) == registration


def test_most_aircraft_are_in_the_air_and_some_in_every_phase_from_the_start() -> None:
    for hour in (0, 6, 12, 18):
        statuses = Counter(position.status for position in everybody(NOW_MS + hour * HOUR_MS))
        in_air = statuses["climbing"] + statuses["cruising"] + statuses["descending"]
        assert 0.42 * FLEET < in_air < 0.75 * FLEET
        assert {"scheduled", "taxiing", "climbing", "cruising", "descending", "landed"} <= statuses.keys()


def test_aircraft_continue_from_where_they_are_for_the_same_operator() -> None:
    seen: dict[str, FlightPosition] = {}
    flights: dict[str, list[tuple[str, str]]] = {}
    for step in range(0, 24 * 60, 10):
        for position in everybody(NOW_MS + step * 60_000)[:300]:
            before = seen.get(position.icao24)
            if before is not None and before.origin != position.origin:
                assert position.origin == before.destination
                assert (position.registration, position.operator) == (before.registration, before.operator)
                assert position.callsign != before.callsign or not position.operator
                flights.setdefault(position.icao24, []).append((position.origin, position.destination))
            seen[position.icao24] = position
    assert len(flights) > 200


def test_departures_follow_the_sun() -> None:
    fields = airports()
    longitude_deg = dict(zip(fields.icao, fields.longitude_deg, strict=True))
    by_hour: Counter[int] = Counter()
    climbing_before: set[str] = set()
    for step in range(0, 24 * 60, 10):
        at_ms = NOW_MS + step * 60_000
        climbing = {position.icao24: position for position in everybody(at_ms) if position.status == "climbing"}
        for icao24 in climbing.keys() - climbing_before:
            local_h = at_ms / HOUR_MS + longitude_deg[climbing[icao24].origin] / 15.0
            by_hour[int(local_h % 24)] += 1
        climbing_before = set(climbing)
    night = sum(by_hour[hour] for hour in range(1, 5))
    morning = sum(by_hour[hour] for hour in range(6, 10))
    assert morning > 3 * night > 0


def test_large_airports_have_more_traffic_than_small_ones() -> None:
    busy = Counter(airport for position in everybody(NOW_MS) for airport in (position.origin, position.destination))
    assert {"KATL", "KDEN", "EGLL", "OMDB"} <= {airport for airport, _ in busy.most_common(40)}


def test_countries_restrict_and_weight_the_traffic() -> None:
    fleet = Traffic(make_fleet(2_000, {"DE": 3.0, "CH": 1.0}, 1))
    positions = fleet.positions(everyone(fleet), NOW_MS)
    countries = Counter(position.origin_country for position in positions)
    assert countries.keys() == {"Germany", "Switzerland"}
    assert 2.4 < countries["Germany"] / countries["Switzerland"] < 3.7
    home = {icao for icao, country in zip(airports().icao, airports().country, strict=True) if country in ("DE", "CH")}
    assert all({position.origin, position.destination} & home for position in positions)


@pytest.mark.parametrize("country", sorted(states().keys() & set(airports().country)))
def test_every_state_with_airports_has_its_own_traffic(country: str) -> None:
    fleet = Traffic(make_fleet(20, {country: 1.0}, 1))
    for position in fleet.positions(everyone(fleet), NOW_MS):
        refuse_out_of_range(position, NOW_MS)


def test_aircraft_beyond_the_size_of_a_block_are_registered_elsewhere() -> None:
    fleet = make_fleet(2_500, {"MT": 1.0}, 1)
    assert set(fleet.origin_country) == {"Malta", "United States"}
    assert len(set(fleet.icao24)) == 2_500


def test_unknown_country_is_rejected_by_name() -> None:
    with pytest.raises(StartError, match="XX"):
        make_fleet(10, {"DE": 1.0, "XX": 1.0}, 1)


def test_weights_without_any_traffic_are_rejected() -> None:
    with pytest.raises(StartError, match="above zero"):
        make_fleet(10, {"DE": 0.0}, 1)


def test_emergency_codes_appear_only_in_emergencies_and_those_are_rare() -> None:
    urgent = 0
    for hour in range(24):
        for position in everybody(NOW_MS + hour * HOUR_MS):
            assert (position.status == "emergency") == (position.squawk in EMERGENCY_SQUAWKS)
            assert re.fullmatch("[0-7]{4}", position.squawk)
            urgent += position.status == "emergency"
    assert 0 < urgent < 24 * FLEET / 1_000


def test_each_aircraft_reports_once_in_an_interval_spread_over_it() -> None:
    due = [traffic().due(NOW_MS + step * 1000, NOW_MS + (step + 1) * 1000, 15.0) for step in range(15)]
    assert sorted(np.concatenate(due).tolist()) == list(range(FLEET))
    assert all(0.7 * FLEET / 15 < len(rows) < 1.3 * FLEET / 15 for rows in due)


def test_skipped_steps_omit_no_aircraft() -> None:
    assert len(traffic().due(NOW_MS, NOW_MS + 40_000, 15.0)) == FLEET
