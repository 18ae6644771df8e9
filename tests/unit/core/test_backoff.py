"""Tests of the waits between attempts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flighttracker.backoff import Backoff

BACKOFF = Backoff(first_s=0.5, longest_s=10.0)


def test_waits_double_up_to_the_longest() -> None:
    assert [BACKOFF.wait_s(failures) for failures in range(1, 8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_waits_grow_by_another_factor() -> None:
    assert [Backoff(1.0, 20.0, factor=3.0).wait_s(failures) for failures in (1, 2, 3, 4)] == [1.0, 3.0, 9.0, 20.0]


def test_a_first_wait_above_the_longest_is_truncated() -> None:
    assert Backoff(first_s=30.0, longest_s=10.0).wait_s(1) == 10.0


@given(st.integers(1, 2**63))
def test_any_number_of_failures_has_a_wait(failures: int) -> None:
    assert 0.5 <= BACKOFF.wait_s(failures) <= 10.0


@given(st.integers(1, 100), st.floats(0, 1))
def test_jitter_shortens_a_wait_by_at_most_half(failures: int, random: float) -> None:
    assert BACKOFF.wait_s(failures) / 2 <= BACKOFF.jittered_s(failures, random) <= BACKOFF.wait_s(failures)
