"""Which origins may connect, as one rule for `/ws` and CORS; `tests/pipeline/test_gateway_handshake.py` connects."""

from __future__ import annotations

import re

import pytest

from flighttracker_gateway.access.origins import Origins


@pytest.mark.parametrize(
    ("allowed", "origin", "host", "is_allowed"),
    [
        ((), "", "a.example", True),
        ((), "http://a.example", "a.example", True),
        ((), "http://A.example:8080", "a.example:8080", True),
        ((), "http://a.example", "b.example", False),
        ((), "null", "", False),
        (("*",), "null", "", True),
        (("https://a.example", "https://*.b.example"), "https://a.example", "c.example", True),
        (("https://a.example", "https://*.b.example"), "https://x.b.example", "c.example", True),
        (("https://a.example", "https://*.b.example"), "https://x.y.b.example", "c.example", False),
        (("https://a.example", "https://*.b.example"), "https://a-example", "c.example", False),
        (("https://a.example", "https://*.b.example"), "https://c.example", "c.example", False),
    ],
)
def test_an_origin_is_allowed_by_its_entry_or_by_the_own_host(
    allowed: tuple[str, ...], origin: str, host: str, is_allowed: bool
) -> None:
    origins = Origins(allowed)
    assert origins.allow(origin, host) is is_allowed
    if allowed and "*" not in allowed:
        assert (re.fullmatch(origins.pattern, origin) is not None) is is_allowed
