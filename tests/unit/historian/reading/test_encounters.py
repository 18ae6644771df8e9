"""Who was there: matches at rows, between them, and at the edges of a period."""

from __future__ import annotations

import numpy as np
import pytest

from flighttracker.bounding_box import parse_bounding_box
from flighttracker.query.filters import Filters
from flighttracker.query.period import Period
from flighttracker_historian.reading.encounters import Encounters, find_encounters, join_encounters, touch
from tests.example_flights import NOW_MS
from tests.history_files import MINUTE_MS, PRESENCE, heard, rows

BOX = Filters(bounding_box=parse_bounding_box("8.4,49,8.6,51"))
FLIGHT = rows([heard(0, longitude_deg=8.0), heard(1, longitude_deg=9.0, ground_speed_mps=100.0)])


def found(filters: Filters, from_minute: float, to_minute: float) -> list[tuple[float, float]]:
    """Return first and last minute of each aircraft that matched."""
    period = Period(NOW_MS + round(from_minute * MINUTE_MS), NOW_MS + round(to_minute * MINUTE_MS))
    encounters = find_encounters(FLIGHT, filters, period, PRESENCE)
    times = zip(encounters.first_ms.tolist(), encounters.last_ms.tolist(), strict=True)
    return [((first - NOW_MS) / MINUTE_MS, (last - NOW_MS) / MINUTE_MS) for first, last in times]


def test_an_aircraft_that_crossed_a_box_between_two_rows_was_there() -> None:
    assert found(BOX, -10, 10) == [(0.0, 1.0)]
    assert found(BOX._replace(bounding_box=parse_bounding_box("8.4,51,8.6,52")), -10, 10) == []


def test_only_the_part_of_a_line_in_the_period_counts() -> None:
    assert found(BOX, -10, 0.3) == []
    assert found(BOX, 0.7, 0.9) == []
    assert found(BOX, 0.5, 0.5) == [(0.5, 0.5)]


def test_a_row_counts_until_the_time_to_live() -> None:
    assert found(Filters(), 2, 30) == [(2.0, 6.0)]
    assert found(Filters(), 6.1, 30) == []
    assert found(Filters(), -5, -0.1) == []


def test_filters_must_match_at_one_moment() -> None:
    assert found(Filters(max_speed_mps=150), -10, 10) == [(1.0, 6.0)]
    assert found(BOX._replace(max_speed_mps=150), -10, 10) == []
    assert found(Filters(operators=("lufthansa",), terms=("DLH",)), 0, 1) == [(0.0, 1.0)]
    assert found(Filters(operators=("klm",)), 0, 1) == []


def test_encounters_of_two_periods_join_by_aircraft() -> None:
    every = rows([heard(0), heard(61), heard(61, icao24="000001", operator="KLM")])

    def of(first: int, last: int) -> Encounters:
        return find_encounters(every, Filters(), Period(NOW_MS + first, NOW_MS + last), PRESENCE)

    both = join_encounters(of(0, 3_600_000 - 1), of(3_600_000, 7_200_000))
    assert both.icao24.tolist() == [1, 0x3C6444]
    assert (both.first_ms - NOW_MS).tolist() == [61 * MINUTE_MS, 0]
    assert (both.last_ms - NOW_MS).tolist() == [66 * MINUTE_MS, 66 * MINUTE_MS]
    assert [both.names[number] for number in both.identities["operator"].tolist()] == ["KLM", "Lufthansa"]


@pytest.mark.parametrize("box", ["-10,-5,10,5", "170,-5,-170,5", "-180,-90,180,90", "-170,-80,170,80", "10,0,10,0"])
def test_lines_touch_a_box_if_one_of_their_points_is_inside(box: str) -> None:
    random = np.random.default_rng(7)
    count = 2_000
    north, east = random.uniform(-90, 90, count), random.uniform(-180, 180, count)
    to_north, to_east = random.uniform(-40, 40, count), random.uniform(-179, 179, count)
    wanted = parse_bounding_box(box)
    answers = touch(wanted, north, east, to_north, to_east)
    shares = np.linspace(0, 1, 400)[:, None]
    longitudes = (east + shares * to_east + 180) % 360 - 180
    sampled = wanted.contains(north + shares * to_north, longitudes).any(axis=0)
    assert not (sampled & ~answers).any()
    # Between two samples a line may only cut a corner.
    assert np.count_nonzero(answers & ~sampled) <= count // 100
