from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.text import printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lufthansa", "Lufthansa"),
        ("Líneas Aéreas", "Líneas Aéreas"),
        ("\x1b[2JLufthansa\x07", "[2JLufthansa"),
        ("Air\u202eecnarF", "AirecnarF"),
        ("\u2066Air\u2069 \u200bFrance\ufeff", "Air France"),
        ("Air\u00a0France\u3000SA", "Air France SA"),
        ("Air\r\nFrance\u2028", "AirFrance"),
        ("\x9b31mred\x85", "31mred"),
        ("\ud800", ""),
    ],
)
def test_what_is_not_displayed_as_itself_is_removed(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(st.text())
def test_the_result_has_no_hidden_characters_and_stays_the_same(text: str) -> None:
    assert not {unicodedata.category(character) for character in printable(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert printable(printable(text)) == printable(text)
