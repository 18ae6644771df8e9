"""Values of real sources: tidied, converted, or lost and counted."""

from __future__ import annotations

import pytest

from flighttracker_generator.sources.fields import address, callsign, name, number, text, time_s


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (8, 8.0), (8.5, 8.5), ("8.5", 8.5), (" -3 ", -3.0), ("1e3", 1000.0),
        (True, None), (None, None), ("", None), ("eight", None), ("nan", None), ("inf", None), (float("nan"), None),
        (1e300, None), (10**400 // 1, None), ([8], None), ({}, None),
    ],
)  # fmt: skip
def test_number(value: object, expected: float | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1750588112, 1750588112.0),
        (1750588112500, 1750588112.5),
        ("1750588112.5", 1750588112.5),
        (0, None),
        (-5, None),
        ("x", None),
    ],
)
def test_time_in_seconds_or_milliseconds(value: object, expected: float | None) -> None:
    assert time_s(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("4B1801", "4b1801"), ("0x4b1801", "4b1801"), ("abcde", "0abcde"), ("43ff", "0043ff"), ("3ff", ""),
        ("4b18011", ""), ("000000", ""), ("00000", ""), ("FFFFFF", ""), ("4b180g", ""), (484175, ""), (None, ""),
    ],
)  # fmt: skip
def test_address(value: object, expected: str) -> None:
    assert address(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("DLH4YA  ", "DLH4YA"), ("@@@@@@@@", ""), ("????????", ""), ("0000", ""), ("_", ""), ("DLH@@@@@", "DLH"),
        (123, "123"), (12.0, "12"), (True, ""), ("TOOLONGCALL", "TOOLONGC"), ("N-1", "N-1"), ("A0", "A0"),
    ],
)  # fmt: skip
def test_callsign(value: object, expected: str) -> None:
    assert callsign(value) == expected


def test_text_keeps_printable_ascii_only() -> None:
    assert text(" Ä\u202eB\x00C\n", 10) == "BC"


def test_name_keeps_letters_of_all_alphabets_but_nothing_that_changes_their_direction() -> None:
    assert name(" Líneas\u202e Aéreas\u200f\x07 ") == "Líneas Aéreas"
    assert name("é" * 100) == "é" * 32
    assert name("\ud800A") == "A"
    assert name(5) == ""
