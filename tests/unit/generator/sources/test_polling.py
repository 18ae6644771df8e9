"""What is new in an answer, and how long to wait for the next."""

from __future__ import annotations

import pytest

from flighttracker_generator.replicas import replica_of
from flighttracker_generator.sources.http import retry_after_s
from flighttracker_generator.sources.polling import Novelty
from tests.example_flights import NOW_MS, position


def test_position_is_passed_on_once() -> None:
    novelty = Novelty(0, 1, tolerance_ms=0)
    assert novelty.of([position()]) == ([position()], 0)
    assert novelty.of([position()]) == ([], 1)
    later = position(position_time=NOW_MS + 1)
    assert novelty.of([later]) == ([later], 0)


def test_older_position_does_not_come_back() -> None:
    novelty = Novelty(0, 1, tolerance_ms=0)
    novelty.of([position()])
    assert novelty.of([position(position_time=NOW_MS - 5_000)]) == ([], 1)
    assert novelty.of([position()]) == ([], 1)


def test_aircraft_twice_in_one_answer_is_passed_on_once() -> None:
    assert Novelty(0, 1, tolerance_ms=0).of([position(), position()]) == ([position()], 1)


def test_rounded_times_of_one_position_count_as_the_same() -> None:
    novelty = Novelty(0, 1, tolerance_ms=200)
    novelty.of([position()])
    assert novelty.of([position(position_time=NOW_MS + 150)]) == ([], 1)
    assert novelty.of([position(position_time=NOW_MS + 201)])[1] == 0


def test_other_replicas_aircraft_are_left_to_them() -> None:
    fleet = [position(icao24=f"{number:06x}") for number in range(100)]
    parts = [Novelty(replica, 3, tolerance_ms=0).of(fleet)[0] for replica in range(3)]
    assert sorted(flight.icao24 for part in parts for flight in part) == [flight.icao24 for flight in fleet]
    assert all(replica_of(flight.icao24, 3) == 1 for flight in parts[1])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-Rate-Limit-Retry-After-Seconds": "3600"}, 3600.0),
        ({"Retry-After": "7"}, 7.0),
        ({"X-Rate-Limit-Retry-After-Seconds": "9", "Retry-After": "7"}, 9.0),
        ({"Retry-After": "99999999"}, 86_400.0),
        ({"Retry-After": "Sun, 22 Jun 2025 10:30:12 GMT"}, 100.0),
        ({"Retry-After": "Sun, 22 Jun 2025 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_server_says_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, 1_750_588_112_000) == seconds
