"""Columns of reports: they accept and reject what `refuse_out_of_range` does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flighttracker.errors import RecordRefusedError
from flighttracker.flight import FUTURE_TOLERANCE_MS, NUMBER_RANGES, refuse_out_of_range
from flighttracker.reports import NO_SQUAWK, reports_of, within_ranges
from tests.example_flights import NOW_MS, position

OLDEST_MS = NOW_MS - 60_000
EDGES = [
    *({field: edge} for field, bounds in NUMBER_RANGES.items() for edge in bounds),
    *({field: np.nextafter(low, -np.inf)} for field, (low, _) in NUMBER_RANGES.items()),
    *({field: np.nextafter(high, np.inf)} for field, (_, high) in NUMBER_RANGES.items()),
    {"latitude_deg": float("nan")},
    {"longitude_deg": float("nan")},
    *({"position_time": NOW_MS + FUTURE_TOLERANCE_MS + late} for late in (0, 1)),
    *({"position_time": OLDEST_MS - early} for early in (0, 1)),
    {"position_time": 0},
]


@pytest.mark.parametrize("changes", EDGES, ids=str)
@pytest.mark.parametrize("oldest_ms", [0, OLDEST_MS])
def test_the_ranges_of_columns_are_those_of_a_position(changes: dict[str, Any], oldest_ms: int) -> None:
    flight = position(**changes)
    try:
        refuse_out_of_range(flight, NOW_MS, oldest_ms)
        is_accepted = True
    except RecordRefusedError:
        is_accepted = False
    assert within_ranges(reports_of([position(), flight]), NOW_MS, oldest_ms).tolist() == [True, is_accepted]


def test_unknown_values_are_within_the_ranges() -> None:
    unknown = dict.fromkeys(["baro_altitude_m", "geo_altitude_m", "ground_speed_mps", "track_deg", "vertical_rate_mps"])
    reports = reports_of([position(**unknown, squawk="")])
    assert within_ranges(reports, NOW_MS, OLDEST_MS).all()
    assert np.isnan(reports.quantities).all()
    assert reports.squawk.tolist() == [NO_SQUAWK]


def test_no_positions_are_no_reports() -> None:
    assert len(reports_of([]).take(np.zeros(0, np.intp)).latitude_deg) == 0
