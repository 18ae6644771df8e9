"""How long to wait for the next answer."""

from __future__ import annotations

import pytest

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
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_server_says_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, 1_750_588_112_000) == seconds
