"""What no aircraft flies, and what every aircraft may."""

from __future__ import annotations

import pytest

from flighttracker_generator.sources.jumps import can_reach


@pytest.mark.parametrize(
    ("start_deg", "end_deg", "elapsed_s", "expected"),
    [
        ((34.901, 33.6), (34.905, 33.6), 1, True),
        ((34.901, 33.6), (30.12, 31.4), 1, False),
        ((34.901, 33.6), (30.12, 31.4), 600, True),
        ((34.901, 33.6), (34.901, 33.6), 0, True),
        ((34.901, 33.6), (34.941, 33.6), 0, True),
        ((0.0, 179.999), (0.0, -179.999), 1, True),
        ((0.0, 179.9), (0.0, -179.0), 1, False),
        ((89.99, 0.0), (89.99, 180.0), 1, True),
        ((60.0, 0.0), (60.0, 0.1), 1, True),
        ((0.0, 0.0), (0.0, 0.1), 1, False),
        ((0.0, 0.0), (0.0, 180.0), 1, False),
    ],
)
def test_a_jump_is_what_no_aircraft_flies(
    start_deg: tuple[float, float], end_deg: tuple[float, float], elapsed_s: int, expected: bool
) -> None:
    assert can_reach(start_deg, end_deg, elapsed_s * 1000) is expected
    assert can_reach(end_deg, start_deg, -elapsed_s * 1000) is expected
