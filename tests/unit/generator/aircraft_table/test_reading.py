"""The bytes of a table, in pieces of any size: gzip, wrong bytes, damage, bounds."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.errors import SourceError
from flighttracker_generator.aircraft_table import reading as reading_module
from flighttracker_generator.aircraft_table.reading import TableReading
from flighttracker_generator.aircraft_table.table import AircraftTable, Identity

CSV = "3C6444;D-AIBD;A319;00;AIRBUS A-319;2010;Köln Air;\r\n4CA2D1;EI-DYM;B738;00;;;RYANAIR;\r\n".encode()
JSON = '{"3C6444":{"r":"D-AIBD","t":"A319","ownOp":"Köln Air"},"4CA2D1":["EI-DYM","B738","00"]}\n'.encode()


def read(body: bytes, *, piece_bytes: int = 1 << 20) -> tuple[AircraftTable, TableReading]:
    reading = TableReading()
    for start in range(0, len(body), piece_bytes):
        reading.feed(body[start : start + piece_bytes])
    reading.end_file()
    return reading.finish(), reading


def failure(body: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(body)
    return caught.value


def joined_gzip(body: bytes) -> bytes:
    """Return several gzip files in one, and zeros, as pigz and tape programs write them."""
    return gzip.compress(body[:40]) + gzip.compress(body[40:]) + b"\0" * 9


@given(
    st.sampled_from([CSV, CSV.rstrip(), JSON, b"\xef\xbb\xbf" + CSV, b"\n\n" + JSON]),
    st.sampled_from([bytes, gzip.compress, joined_gzip]),
    st.integers(1, 200),
)
def test_pieces_and_gzip_change_nothing(body: bytes, packed: Callable[[bytes], bytes], piece_bytes: int) -> None:
    table, reading = read(packed(body), piece_bytes=piece_bytes)
    assert len(table) == 2
    assert table.find("3c6444") == Identity("D-AIBD", "A319", "Köln Air")
    found = table.find("4ca2d1")
    assert found is not None
    assert found.registration == "EI-DYM"
    assert not reading.losses.records
    assert not reading.losses.fields


def test_wrong_bytes_lose_the_field() -> None:
    table, reading = read(CSV.replace("ö".encode(), b"\xf6").replace(b"EI-DYM", b"EI-\x00DYM"))
    assert table.find("3c6444") == Identity("D-AIBD", "A319", "")
    assert table.find("4ca2d1") == Identity("EI-DYM", "B738", "RYANAIR")
    assert reading.losses.fields == {"operator": 1}
    assert read(JSON.replace("ö".encode(), b"\xf6"))[1].losses.fields == {"operator": 1}


def test_shards_are_one_table() -> None:
    reading = TableReading()
    for prefix, body in (("3C", b'{"6444":["D-AIBD","A319"],"children":["3C0"]}'), ("3C0", b'{"001":["D-ABCD",""]}')):
        reading.begin_file(prefix)
        reading.feed(gzip.compress(body))
        reading.end_file()
    table = reading.finish()
    assert table.find("3c6444") == Identity("D-AIBD", "A319", "")
    assert table.find("3c0001") == Identity("D-ABCD", "", "")
    assert not reading.losses.records


@pytest.mark.parametrize("cut", [11, 40, -9, -1])
def test_a_truncated_gzip_is_an_error(cut: int) -> None:
    assert failure(gzip.compress(CSV)[:cut]).reason == "truncated"


def test_a_damaged_gzip_is_an_error() -> None:
    packed = bytearray(gzip.compress(CSV * 50))
    packed[60] ^= 0xFF
    assert failure(bytes(packed)).reason == "truncated"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no aircraft"),
        (b"  \n\n", "no aircraft"),
        (b"x", "no table of aircraft"),
        (b"{}", "no aircraft"),
        (b"icao24,registration\n", "no aircraft"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"PK\x03\x04zip", "zip archive"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no table of aircraft"),
        (zlib.compress(b"x"), "no table of aircraft"),
    ],
)
def test_what_is_no_table_is_named(body: bytes, words: str) -> None:
    error = failure(body)
    assert words in str(error)
    assert error.reason == "wrong_shape"


def test_a_bomb_is_rejected_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "MAX_TEXT_BYTES", 3_000_000)
    assert failure(gzip.compress(CSV + b"3C0001;D-ABCD;\n" * 1_000_000)).reason == "too_large"


@pytest.mark.parametrize("body", [CSV, JSON])
def test_a_line_without_end_costs_no_memory_and_loses_only_itself(body: bytes) -> None:
    endless = b'"3c0001":[' if body == JSON else b"3C0001;"
    reading = TableReading()
    reading.feed(body.rstrip(b"}\n") + (b"," if body == JSON else b"\n") + endless)
    for _ in range(100):
        reading.feed(b"x" * 10_000)
        assert len(reading._rest) <= reading_module.MAX_LINE_BYTES + 10_000
    reading.feed(b'],"400001":["G-A","C172"]}' if body == JSON else b"\n400001;G-A;C172;;;;;\n")
    reading.end_file()
    table = reading.finish()
    assert len(table) == 3
    assert reading.losses.records["malformed"] >= 1
