"""Where a bug happened, by which bugs are counted."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flighttracker_gateway.access.client_log import place_of
from flighttracker_gateway.access.rate_limit import RateLimit


class ForeignClock:
    """A clock of a package that is installed beside ours, below a folder with our name, and that fails."""

    def __init__(self) -> None:
        source = "def now_ms():\n    raise ZeroDivisionError\n"
        made: dict[str, Any] = {"__name__": "foreign"}
        exec(compile(source, "/opt/flighttracker/lib/python3.11/site-packages/foreign.py", "exec"), made)
        self.now_ms = made["now_ms"]

    async def sleep_until(self, time_ms: int) -> None:
        raise AssertionError("a rate limit never sleeps")

    async def sleep_ms(self, duration_ms: int) -> None:
        raise AssertionError("a rate limit never sleeps")


def test_the_place_of_a_bug_is_our_innermost_line_wherever_we_are_installed() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        RateLimit(1, ForeignClock())
    assert re.fullmatch(r"ZeroDivisionError at rate_limit\.py:\d+", place_of(raised.value))


def test_a_bug_of_others_alone_is_placed_where_they_raised_it() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        ForeignClock().now_ms()
    assert place_of(raised.value) == "ZeroDivisionError at foreign.py:2"
    assert place_of(ValueError()) == "ValueError at no place"
