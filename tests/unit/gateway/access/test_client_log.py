"""The location of a bug, by which bugs are counted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flighttracker_gateway.access.client_log import place_of
from flighttracker_gateway.access.rate_limit import RateLimit


class ForeignClock:
    """A clock that fails, from another package in a folder with the name of this project."""

    def __init__(self) -> None:
        source = "def now_ms():\n    raise ZeroDivisionError\n"
        made: dict[str, Any] = {"__name__": "foreign"}
        exec(compile(source, "/opt/flighttracker/lib/python3.11/site-packages/foreign.py", "exec"), made)
        self.now_ms = made["now_ms"]

    async def sleep_until(self, time_ms: int, *, since_ms: int | None = None) -> None:
        raise AssertionError("a rate limit never sleeps")

    async def sleep_ms(self, duration_ms: int) -> None:
        raise AssertionError("a rate limit never sleeps")


def test_the_location_of_a_bug_is_the_innermost_line_of_this_project() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        RateLimit(1, ForeignClock())
    assert re.fullmatch(r"ZeroDivisionError at rate_limit\.py:\d+", place_of(raised.value))


def test_the_location_of_a_bug_in_a_library_is_where_it_was_raised() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        ForeignClock().now_ms()
    assert place_of(raised.value) == "ZeroDivisionError at foreign.py:2"
    assert place_of(ValueError()) == "ValueError at no place"
