"""`AircraftTable`: what it finds, and what it adds to a position."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.errors import SourceError
from flighttracker_generator.aircraft_table import table as table_module
from flighttracker_generator.aircraft_table.table import EMPTY, AircraftTable, Identity, TableBuilder
from tests.example_flights import position

KNOWN = Identity("D-AIBD", "A319", "Lufthansa")
UNKNOWN_POSITION = msgspec.structs.replace(
    position(), icao24="3c6444", origin_country="Germany", registration="", aircraft_type="", operator=""
)


def table_of(rows: dict[int, Identity]) -> AircraftTable:
    builder = TableBuilder()
    for address, identity in rows.items():
        builder.add(address, identity)
    return builder.build()


_TEXT = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789", max_size=10)
_IDENTITY = st.builds(Identity, _TEXT, st.text("ABC0123", max_size=4), st.text(max_size=16))


@given(st.lists(st.tuples(st.integers(1, 0xFFFFFE), _IDENTITY), max_size=60), st.integers(0, 0xFFFFFF))
def test_every_address_has_its_last_row_and_no_other_has_one(rows: list[tuple[int, Identity]], other: int) -> None:
    rows = [(address, identity) for address, identity in rows if "\0" not in identity.operator]
    builder = TableBuilder()
    for address, identity in rows:
        builder.add(address, identity)
    table, expected = builder.build(), dict(rows)
    assert len(table) == len(expected)
    assert {address: table.find(f"{address:06x}") for address in expected} == expected
    assert table.find(f"{other:06x}") == expected.get(other)


def test_an_empty_table_finds_nothing() -> None:
    assert EMPTY.find("3c6444") is None
    assert EMPTY.identify(UNKNOWN_POSITION) is UNKNOWN_POSITION


def test_what_the_source_does_not_know_comes_from_the_table() -> None:
    known = table_of({0x3C6444: KNOWN}).identify(UNKNOWN_POSITION)
    assert (known.registration, known.aircraft_type, known.operator) == KNOWN
    assert msgspec.structs.replace(known, registration="", aircraft_type="", operator="") == UNKNOWN_POSITION


def test_what_the_source_says_beats_the_table() -> None:
    said = msgspec.structs.replace(UNKNOWN_POSITION, aircraft_type="A20N", operator="Eurowings")
    known = table_of({0x3C6444: KNOWN}).identify(said)
    assert (known.registration, known.aircraft_type, known.operator) == ("D-AIBD", "A20N", "Eurowings")


def test_a_row_with_another_registration_is_about_another_aircraft() -> None:
    table = table_of({0x3C6444: KNOWN})
    sold = msgspec.structs.replace(UNKNOWN_POSITION, registration="D-AAAA")
    assert table.identify(sold) is sold
    same = msgspec.structs.replace(UNKNOWN_POSITION, registration="daibd")
    assert table.identify(same).operator == "Lufthansa"


def test_what_neither_knows_stays_unknown() -> None:
    known = table_of({0x3C6444: Identity("", "A319", "")}).identify(UNKNOWN_POSITION)
    assert (known.registration, known.aircraft_type, known.operator) == ("", "A319", "")


def test_an_address_that_is_not_icaos_is_not_looked_up() -> None:
    # TIS-B tracks have addresses of their own, which other aircraft have in the table.
    track = msgspec.structs.replace(UNKNOWN_POSITION, address_type="tisb_other")
    assert table_of({0x3C6444: KNOWN}).identify(track) is track


def test_the_number_of_rows_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MAX_AIRCRAFT", 3)
    builder = TableBuilder()
    for address in range(3):
        builder.add(address, KNOWN)
    with pytest.raises(SourceError) as caught:
        builder.add(4, KNOWN)
    assert caught.value.reason == "too_large"


def test_a_table_is_small() -> None:
    builder = TableBuilder()
    for address in range(10_000):
        builder.add(address, Identity(f"D-A{address:05d}", "A320", f"Operator {address % 500}"))
    assert builder.build().size_bytes / 10_000 < 26
