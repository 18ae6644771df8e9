from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flighttracker.reports import Reports, reports_of
from flighttracker_historian.files.motion import predict
from flighttracker_historian.writing.thinning import Thinner
from tests.example_flights import NOW_MS, position

MINUTE_MS = 60_000


def flight(seconds: float, **values: Any) -> Reports:
    """A flight to the north-east at 250 m/s, after some seconds."""
    start = np.array([50.0]), np.array([8.0])
    latitude, longitude = predict(*start, np.array([250.0]), np.array([45.0]), np.array([seconds]))
    fields: dict[str, Any] = {
        "latitude_deg": float(latitude[0]),
        "longitude_deg": float(longitude[0]),
        "ground_speed_mps": 250.0,
        "track_deg": 45.0,
        "vertical_rate_mps": 0.0,
        "position_time": NOW_MS + round(seconds * 1000),
    }
    return reports_of([position(**{**fields, **values})])


def is_kept(thinner: Thinner, report: Reports, identity: int = 0) -> bool:
    return bool(thinner.hear(np.array([3]), report, np.array([identity]))[1][0])


def test_a_straight_flight_needs_one_row_a_minute() -> None:
    thinner = Thinner(30.0, MINUTE_MS)
    kept = [second for second in range(121) if is_kept(thinner, flight(second))]
    assert kept == [0, 60, 120]


@pytest.mark.parametrize(
    "change",
    [
        {"latitude_deg": 50.02},
        {"baro_altitude_m": 9_000.0},
        {"geo_altitude_m": 9_000.0},
        {"track_deg": 51.0},
        {"ground_speed_mps": 256.0},
        {"status": "descending"},
        {"on_ground": True},
        {"squawk": "7700"},
        {"baro_altitude_m": None},
    ],
)
def test_what_changes_is_kept(change: dict[str, Any]) -> None:
    thinner = Thinner(30.0, MINUTE_MS)
    assert is_kept(thinner, flight(0))
    assert not is_kept(thinner, flight(1))
    assert is_kept(thinner, flight(2, **change))


def test_another_identity_is_kept() -> None:
    thinner = Thinner(30.0, MINUTE_MS)
    assert is_kept(thinner, flight(0))
    assert is_kept(thinner, flight(1), identity=1)


def test_a_climb_at_the_reported_rate_is_predicted() -> None:
    thinner = Thinner(30.0, MINUTE_MS)
    climb = {"vertical_rate_mps": 10.0}
    assert is_kept(thinner, flight(0, **climb, baro_altitude_m=1_000.0, geo_altitude_m=1_010.0))
    assert not is_kept(thinner, flight(30, **climb, baro_altitude_m=1_300.0, geo_altitude_m=1_310.0))
    assert is_kept(thinner, flight(40, **climb, baro_altitude_m=1_350.0, geo_altitude_m=1_360.0))


def test_a_position_that_is_not_newer_is_not_kept() -> None:
    thinner = Thinner(0.0, MINUTE_MS)
    assert is_kept(thinner, flight(1))
    assert not is_kept(thinner, flight(1))
    assert not is_kept(thinner, flight(0))


def test_without_tolerance_every_newer_position_is_kept() -> None:
    thinner = Thinner(0.0, MINUTE_MS)
    assert all(is_kept(thinner, flight(second)) for second in range(10))
