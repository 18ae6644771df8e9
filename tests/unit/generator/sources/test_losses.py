"""What an answer lost: counted always, logged once and then every ten minutes."""

from __future__ import annotations

from flighttracker_generator.sources.losses import REPORT_INTERVAL_MS, Losses, LossReport, shortened
from tests.example_flights import NOW_MS


def losses(count: int = 1) -> Losses:
    lost = Losses()
    for number in range(count):
        lost.record("malformed", {"hex": number})
        lost.record("no_position")
        lost.field("squawk", "8123", f"{number:06x}")
    return lost


def test_losses_are_counted_with_the_last_example() -> None:
    lost = losses(3)
    assert dict(lost.records) == {"malformed": 3, "no_position": 3}
    assert dict(lost.fields) == {"squawk": 3}
    assert lost.examples == {"malformed": "{'hex': 2}", "squawk": "'8123' of 000002"}


def test_first_loss_is_logged_and_later_ones_are_added_up() -> None:
    report = LossReport()
    assert report.lines(losses(), NOW_MS) == [
        "1 record lost (malformed), the last {'hex': 0}",
        "1 value lost (squawk), the last '8123' of 000000",
    ]
    assert report.lines(losses(2), NOW_MS + REPORT_INTERVAL_MS - 1) == []
    assert report.lines(losses(4), NOW_MS + REPORT_INTERVAL_MS)[0].startswith("6 records lost (malformed)")


def test_aircraft_without_a_position_are_normal_and_not_logged() -> None:
    lost = Losses()
    lost.record("no_position")
    assert LossReport().lines(lost, NOW_MS) == []


def test_example_is_one_short_line() -> None:
    assert len(shortened({"a": "x" * 1_000_000})) == 80
    assert "\n" not in shortened("a\nb" * 1_000_000)
