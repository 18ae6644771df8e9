"""Moments and periods in queries."""

from __future__ import annotations

import pytest

from flighttracker.query.period import Period, parse_moment, parse_period

NOON_MS = 1_782_907_200_000


@pytest.mark.parametrize(
    "text",
    [
        "1782907200000",
        "2026-07-01T12:00:00Z",
        "2026-07-01T12:00Z",
        "2026-07-01T12:00:00",
        "2026-07-01T14:00:00+02:00",
        "2026-07-01T14:00:00 02:00",  # a plus that the client has not encoded
        "2026-07-01 12:00",
    ],
)
def test_a_moment_is_milliseconds_or_iso_8601(text: str) -> None:
    assert parse_moment(text, "from") == NOON_MS


@pytest.mark.parametrize("text", ["", "noon", "-1", "9" * 16, "2026-13-01", "1969-07-20T20:17:00Z"])
def test_anything_else_is_a_mistake_that_names_the_parameter(text: str) -> None:
    with pytest.raises(ValueError, match=r"^to is "):
        parse_moment(text, "to")


def test_a_period_has_both_moments_and_a_longest_length() -> None:
    assert parse_period({"from": ["5"]}, 10) == Period(5, 5)
    assert parse_period({"from": ["5"], "to": ["15"]}, 10) == Period(5, 15)
    with pytest.raises(ValueError, match="from is missing"):
        parse_period({"to": ["5"]}, 10)
    with pytest.raises(ValueError, match="to is before from"):
        parse_period({"from": ["5"], "to": ["4"]}, 10)
    with pytest.raises(ValueError, match="more than 24 hours apart"):
        parse_period({"from": ["5"], "to": ["86400006"]}, 86_400_000)
