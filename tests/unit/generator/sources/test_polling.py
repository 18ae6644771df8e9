"""How long to wait for the next answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker_generator.sources.http import retry_after_s


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-Rate-Limit-Retry-After-Seconds": "3600"}, 3600.0),
        ({"Retry-After": "7"}, 7.0),
        ({"X-Rate-Limit-Retry-After-Seconds": "9", "Retry-After": "7"}, 9.0),
        ({"Retry-After": "99999999"}, 86_400.0),
        ({"Retry-After": "Sun, 22 Jun 2025 10:30:12 GMT"}, 100.0),
        ({"Retry-After": "Sun, 22 Jun 2025 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "Sunday, 22-Jun-25 10:30:12 GMT"}, 100.0),
        ({"Retry-After": "Sun, 22 Jun 2025 10:30:12 -0000"}, 100.0),
        ({"Retry-After": "Sun, 22 Jun 2025 10:30:12 GMT", "Date": "Sun, 22 Jun 2025 10:30:00 GMT"}, 12.0),
        ({"Retry-After": "Sun, 22 Jun 2025 10:30:12 GMT", "Date": "yesterday"}, 100.0),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2359"}, 86_400.0),
        ({"Retry-After": "9" * 5_000}, 86_400.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1e3"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_server_says_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, 1_750_588_112_000) == seconds


@given(st.text(st.characters(codec="latin-1"), max_size=60))
def test_any_retry_after_is_a_wait_of_at_most_a_day_or_none(text: str) -> None:
    seconds = retry_after_s({"Retry-After": text}, 1_750_588_112_000)
    assert seconds is None or 0.0 <= seconds <= 86_400.0
