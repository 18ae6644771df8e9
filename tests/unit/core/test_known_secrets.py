"""A secret that was read is in no text, whatever stands around it."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker import known_secrets
from flighttracker.known_secrets import MOST, SHORTEST, remember, without_known
from flighttracker.redaction import redacted

PASSWORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=SHORTEST, max_size=60)


@given(PASSWORDS, st.text(max_size=20), st.text(max_size=20))
def test_no_text_around_it_shows_a_secret(secret: str, before: str, after: str) -> None:
    remember(secret)
    assert secret not in without_known(before + secret + after, "***")


@given(PASSWORDS.filter(lambda secret: secret.strip("*")))
def test_no_usual_spelling_shows_a_secret(secret: str) -> None:
    known_secrets._spellings.clear()  # of the example before, which this one may contain
    remember(secret)
    spellings = {
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        b64encode(secret.encode()).decode(),
    }
    for spelling in spellings:
        assert without_known(f"the answer was ({spelling})", "***") == "the answer was (***)"


@given(PASSWORDS.filter(lambda secret: len(secret) > SHORTEST and not set("…'\"`") & set(secret)), st.integers(0, 3))
def test_the_begin_of_a_secret_is_not_shown_where_a_text_is_cut(secret: str, cut: int) -> None:
    remember(secret)
    for begin in (secret[:SHORTEST], secret[:-1]):
        assert without_known(f"got ({begin}" + ("", "…", "'", "...")[cut], "***").startswith("got (***")


@pytest.mark.parametrize(
    "secret", ['correct-"horse"', "correct-'horse'", "correct-\\horse", "correct-é-horse", "correct-% horse"]
)
def test_a_secret_with_an_odd_character_is_removed_to_its_end(secret: str) -> None:
    remember(secret)
    spellings = {secret, quote(secret)}
    for _ in range(3):
        spellings |= {again for one in spellings for again in (json.dumps(one), repr(one), repr(one.encode())[1:])}
    for spelling in spellings:
        assert "horse" not in without_known(f"got {spelling}", "***")


def test_a_word_that_a_secret_begins_with_is_shown() -> None:
    remember("password-of-the-map")
    assert redacted("passwords of the map") == "passwords of the map"


def test_prose_about_a_secret_does_not_show_it() -> None:
    remember("correct horse")
    assert redacted("the password is correct horse") == "the password is ***"
    assert redacted("AUTH default correct horse") == "AUTH default ***"


def test_a_short_secret_leaves_words_readable() -> None:
    remember("test")
    assert redacted("the latest test") == "the latest test"


def test_the_secret_that_was_read_longest_ago_is_forgotten() -> None:
    remember("the-first-secret")
    remember("the-second-secret")
    remember("the-first-secret")
    for number in range(MOST - 1):
        remember(f"another-secret-{number:04}")
    assert without_known("the-first-secret the-second-secret", "***") == "*** the-second-secret"


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flighttracker.known_secrets._spellings", {})
