"""Clocks of sources: right, ahead, behind, stepping, and answers that are only old."""

from __future__ import annotations

import pytest

from flighttracker_generator.sources.source_clock import CONFIRM_MS, CONFIRM_SLIGHT_MS, SourceClock, distance
from tests.example_flights import NOW_MS

DAY_MS = 86_400_000


def run(clock: SourceClock, ahead_ms: int, start_s: int, end_s: int) -> list[str]:
    """Hear one answer a second of a source whose clock is ahead by so much; return the remarks."""
    remarks = []
    for second in range(start_s, end_s):
        received_ms = NOW_MS + second * 1000
        _, remark = clock.hear(received_ms + ahead_ms, received_ms)
        remarks += [remark] if remark else []
    return remarks


@pytest.mark.parametrize(("ahead_ms", "remarks"), [(0, 0), (-300, 0), (-20_000, 0), (-20_001, 1), (-60_000, 1)])
def test_clock_a_little_behind_is_trusted_and_remarked(ahead_ms: int, remarks: int) -> None:
    clock = SourceClock()
    assert len(run(clock, ahead_ms, 0, 120)) == remarks
    assert clock.ahead_ms == 0


def test_trusted_clock_that_steps_back_is_remarked_because_positions_look_older() -> None:
    clock = SourceClock()
    run(clock, 0, 0, 10)
    assert run(clock, -45_000, 10, 700) == [
        "its answers are 45 s old or its clock is behind: positions look 45 s older than they may be",
        "its answers are 45 s old or its clock is behind: positions look 45 s older than they may be",
    ]


def test_clock_that_is_ahead_is_followed_at_once() -> None:
    clock = SourceClock()
    assert run(clock, 45_000, 0, 10) == ["its clock is followed: it is 45 s ahead of ours"]
    assert clock.ahead_ms == 45_000


def test_clock_that_steps_back_is_followed_when_it_runs_on() -> None:
    clock = SourceClock()
    run(clock, 45_000, 0, 10)
    assert run(clock, 0, 10, 10 + CONFIRM_MS // 1000) == [
        "its clock stepped back or its answer is old: it agrees with ours"
    ]
    assert clock.ahead_ms == 45_000
    assert run(clock, 0, 10 + CONFIRM_MS // 1000, 30) == ["its clock is followed: it agrees with ours"]
    assert clock.ahead_ms == 0


def test_small_step_back_is_followed_later() -> None:
    clock = SourceClock()
    run(clock, 8_000, 0, 10)
    assert run(clock, 0, 10, 10 + CONFIRM_SLIGHT_MS // 1000) == []
    assert clock.ahead_ms == 8_000
    run(clock, 0, 40, 45)
    assert clock.ahead_ms == 0


def test_clock_far_behind_is_followed_when_it_runs_on_and_when_it_is_set() -> None:
    clock = SourceClock()
    remarks = run(clock, -500 * DAY_MS, 0, 20)
    assert remarks[-1] == "its clock is followed: it is 500 days behind ours"
    assert clock.ahead_ms == -500 * DAY_MS + 1_000
    assert run(clock, -400, 20, 25) == ["its clock is followed: it agrees with ours"]
    assert clock.ahead_ms == 0


@pytest.mark.parametrize("behind_ms", [45_000, 500 * DAY_MS])
def test_clock_that_stands_still_or_creeps_is_not_followed(behind_ms: int) -> None:
    clock = SourceClock()
    run(clock, 30_000, 0, 5)
    for second in range(5, 300):
        clock.hear(NOW_MS - behind_ms + second * 100, NOW_MS + second * 1000)
    assert clock.ahead_ms == 30_000


def test_answer_with_a_crazy_time_does_not_stop_the_source_for_ever() -> None:
    clock = SourceClock()
    clock.hear(NOW_MS + 3650 * DAY_MS, NOW_MS)
    assert clock.hear(NOW_MS + 1_000, NOW_MS + 1_000)[0] is False
    run(clock, 0, 2, 20)
    assert clock.ahead_ms == 0


def test_alternating_answers_are_remarked_once() -> None:
    clock = SourceClock()
    run(clock, 45_000, 0, 1)
    remarks = [remark for second in range(1, 60) for remark in run(clock, 45_000 * (second % 2), second, second + 1)]
    assert len(remarks) == 1
    assert clock.ahead_ms == 45_000


@pytest.mark.parametrize(
    ("ahead_ms", "words"),
    [
        (999, "it agrees with ours"),
        (61_000, "it is 61 s ahead of ours"),
        (44_998, "it is 45 s ahead of ours"),
        (-61_000, "it is 61 s behind ours"),
        (-500 * DAY_MS, "it is 500 days behind ours"),
    ],
)
def test_difference_of_clocks_is_told_in_words(ahead_ms: int, words: str) -> None:
    assert distance(ahead_ms) == words
