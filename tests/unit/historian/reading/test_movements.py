"""Take-offs and landings: where the ground is left or reached, and nothing that a silence hides."""

from __future__ import annotations

import pytest

from flighttracker.bounding_box import parse_bounding_box
from flighttracker.query.filters import Filters
from flighttracker.query.period import Period
from flighttracker_historian.reading.movements import find_movements
from tests.example_flights import NOW_MS
from tests.history_files import MINUTE_MS, PRESENCE, heard, rows

EVERY = Filters()
GROUND = {"on_ground": True, "ground_speed_mps": 5.0}
DAY = rows(
    [
        heard(0, **GROUND, longitude_deg=8.5),
        heard(1, longitude_deg=8.6),
        heard(2, longitude_deg=9.0),
        heard(3, **GROUND, longitude_deg=9.2, callsign="DLH2"),
        heard(30, longitude_deg=9.4),
        heard(0.5, icao24="00000a", callsign="FJI1"),
        heard(1.5, icao24="00000a", callsign="FJI1", **GROUND),
    ]
)


def found(filters: Filters = EVERY, from_minute: float = -10, to_minute: float = 60) -> list[tuple[float, str, bool]]:
    """Return minute, callsign, and whether it is a landing, of each movement."""
    period = Period(NOW_MS + round(from_minute * MINUTE_MS), NOW_MS + round(to_minute * MINUTE_MS))
    movements = find_movements(DAY, filters, period, PRESENCE)
    texts = movements.rows.identities["callsign"][movements.rows.identity].tolist()
    minutes = ((movements.rows.time_ms - NOW_MS) / MINUTE_MS).tolist()
    return list(zip(minutes, [text.decode() for text in texts], movements.is_landing.tolist(), strict=True))


def test_the_newest_comes_first_with_its_position_on_the_ground_and_a_silence_hides_one() -> None:
    assert found() == [(3.0, "DLH2", True), (1.5, "FJI1", True), (0.0, "DLH4YA", False)]


@pytest.mark.parametrize(
    ("filters", "calls"),
    [
        (Filters(bounding_box=parse_bounding_box("9.1,49,9.3,51")), ["DLH2"]),
        (Filters(terms=("FJI",)), ["FJI1"]),
        (Filters(max_speed_mps=1), []),
    ],
)
def test_filters_are_for_the_position_on_the_ground(filters: Filters, calls: list[str]) -> None:
    assert [callsign for _, callsign, _ in found(filters)] == calls


def test_a_movement_belongs_to_the_period_of_its_position_on_the_ground() -> None:
    assert [minute for minute, *_ in found(from_minute=0.1, to_minute=1.5)] == [1.5]
    assert [minute for minute, *_ in found(from_minute=-1, to_minute=0)] == [0.0]
