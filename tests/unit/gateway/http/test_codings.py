"""Which content coding a request gets."""

from __future__ import annotations

import pytest

from flighttracker_gateway.http.codings import coding_for


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip, br", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.000", ""),
        ("zstd", ""),
    ],
)
def test_the_best_coding_that_a_request_accepts(accept_encoding: str, coding: str) -> None:
    assert coding_for(accept_encoding) == coding
