"""Which content coding a request gets, and how much of a list of choices is read."""

from __future__ import annotations

import pytest

from flighttracker_gateway.http.codings import MOST_BYTES, coding_for, with_short_choices


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip, br", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br; q=0.000", ""),
        ("br;\tq=0, gzip ; Q = 0.", ""),
        ("br;level=1;q=0", ""),
        ("br;q=0.001", "br"),
        ("zstd", ""),
        ("brotli, x-gzip", ""),
        ("*", ""),
        ("*;q=0", ""),
        ("br, *;q=0", "br"),
        ("identity;q=0", ""),
        ("identity;q=0, *", "br"),
        ("identity;q=0, br;q=0, *;q=0.5", "gzip"),
    ],
)
def test_the_best_coding_that_a_request_accepts(accept_encoding: str, coding: str) -> None:
    assert coding_for(accept_encoding) == coding


def test_a_request_accepts_the_chosen_coding_only() -> None:
    headers = [(b"accept-encoding", b"br;q=0.000"), (b"host", b"a"), (b"accept-encoding", b"gzip")]
    assert with_short_choices(headers) == [(b"host", b"a"), (b"accept-encoding", b"gzip")]
    assert with_short_choices([(b"accept-encoding", b"br;q=0")]) == [(b"accept-encoding", b"")]
    assert with_short_choices([(b"host", b"a")]) == [(b"host", b"a")]


def test_the_first_choices_of_a_long_list_are_read() -> None:
    types = b",".join(b"text/t%d;q=0.5" % number for number in range(1_000))
    ((_, accepted),) = with_short_choices([(b"accept", types)])
    assert types.startswith(accepted + b",")
    assert MOST_BYTES - 20 < len(accepted) <= MOST_BYTES
    assert with_short_choices([(b"accept", b"a" * 5_000)]) == [(b"accept", b"")]
    late = b"identity," * 1_000 + b"br"
    assert with_short_choices([(b"accept-encoding", late)]) == [(b"accept-encoding", b"")]
