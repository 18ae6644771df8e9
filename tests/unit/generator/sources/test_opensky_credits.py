"""What an account of OpenSky has left, and when its owner hears of it."""

from __future__ import annotations

import pytest

from flighttracker_generator.sources.opensky_credits import HEADER, Credits


def hear(account: Credits, remaining: int) -> str:
    return account.hear({HEADER: str(remaining)}, interval_s=60.0)


def test_credits_are_told_at_first_and_when_few_are_left() -> None:
    account = Credits()
    assert hear(account, 4_000) == "4000 credits are left today"
    assert [hear(account, remaining) for remaining in range(3_996, 79, -4)] == [""] * 980
    assert hear(account, 76).startswith("76 credits are left today, enough for 19 minutes")
    assert hear(account, 72) == ""
    assert (account.remaining, account.cost) == (72, 4)


def test_new_day_is_told() -> None:
    account = Credits()
    hear(account, 8)
    assert hear(account, 4) != ""
    assert hear(account, 4_000) == "4000 credits are left today"
    assert hear(account, 3_996) == ""
    assert hear(account, 10) != "", "others may use the account too"


def test_answer_that_cost_nothing_is_no_last_warning() -> None:
    account = Credits()
    hear(account, 0)
    assert hear(account, 0) == ""


@pytest.mark.parametrize("sent", ["", "many", "-1", "1" * 40, "٣"])
def test_header_that_is_no_number_is_ignored(sent: str) -> None:
    account = Credits()
    assert account.hear({HEADER: sent}, 60.0) == ""
    assert account.remaining is None
