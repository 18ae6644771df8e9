"""Records as columns: the same values as fastavro reads, and nothing from bytes that are not as expected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.avro import PositionCodec
from flighttracker.avro_columns import (
    HEAD_WORDS,
    SOURCE_WORDS,
    KnownRecords,
    addresses_of,
    are_writable,
    values_of,
    write_reports,
    written_text,
)
from flighttracker.flight import STATUSES, FlightPosition, refuse_out_of_range
from flighttracker.reports import Bools, Reports, reports_of, within_ranges
from tests.example_flights import NOW_MS, position

quantities = st.none() | st.floats(width=32, allow_nan=False)
times = st.integers(NOW_MS - 10**10, NOW_MS + 10**10)
flights = st.builds(
    position,
    latitude_deg=st.floats(allow_nan=False),
    longitude_deg=st.floats(allow_nan=False),
    baro_altitude_m=quantities,
    geo_altitude_m=quantities,
    ground_speed_mps=quantities,
    track_deg=quantities,
    vertical_rate_mps=quantities,
    on_ground=st.booleans(),
    squawk=st.integers(0, 0o7777).map(lambda code: f"{code:04o}") | st.just(""),
    status=st.sampled_from(STATUSES),
    position_time=times,
    last_contact=times,
)


def read(values: Sequence[bytes]) -> tuple[Reports, Bools]:
    codec = PositionCodec()
    value = codec.encode(position())
    codec.decode(value)
    known = KnownRecords()
    known.learn(3, codec.head_of(value), b"\x08test")
    return known.read(values_of(values), np.full(len(values), 3))


@given(st.lists(flights, min_size=1, max_size=8))
def test_columns_are_the_values_that_fastavro_reads(written: list[FlightPosition]) -> None:
    codec = PositionCodec()
    values = [codec.encode(flight) for flight in written]
    reports, is_known = read(values)
    assert is_known.all()
    for column, expected in zip(reports, reports_of([codec.decode(value) for value in values]), strict=True):
        np.testing.assert_array_equal(column, expected)


@given(st.lists(flights, min_size=1, max_size=8))
def test_the_bytes_of_reports_are_those_that_fastavro_writes(written: list[FlightPosition]) -> None:
    codec = PositionCodec()
    reports = reports_of(written)
    assert are_writable(reports).all()
    rows, is_used = write_reports(reports)
    for flight, row, used in zip(written, rows, is_used, strict=True):
        assert codec.written_head(flight) + row[used].tobytes() + written_text(flight.source) == codec.encode(flight)


@pytest.mark.parametrize("time_ms", [-1, 0, (1 << 34) - 1, 1 << 41])
def test_reports_with_unusual_times_are_not_written_as_columns(time_ms: int) -> None:
    for changes in ({"position_time": time_ms}, {"last_contact": time_ms}):
        assert are_writable(reports_of([position(**changes), position()])).tolist() == [False, True]


@pytest.mark.parametrize("text", ["", "a", "x" * 63, "x" * 64, "é" * 400])
def test_a_text_is_as_fastavro_writes_it(text: str) -> None:
    assert PositionCodec().encode(position(source=text)).endswith(written_text(text))


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_arbitrary_bytes_are_left_to_the_codec(values: list[bytes]) -> None:
    _, is_known = read(values)
    assert not is_known.any()
    assert len(addresses_of(values_of(values))[0]) == len(values)


def test_a_record_with_any_byte_changed_is_read_as_fastavro_reads_it() -> None:
    codec = PositionCodec()
    value = codec.encode(position(baro_altitude_m=None))
    changed = [value[:at] + bytes([byte]) + value[at + 1 :] for at in range(len(value)) for byte in range(256)]
    reports, is_known = read(changed)
    is_known &= within_ranges(reports, NOW_MS, 0)
    read_by_fastavro = [codec.decode(changed[place]) for place in np.flatnonzero(is_known).tolist()]
    for flight in read_by_fastavro:
        refuse_out_of_range(flight, NOW_MS)
    assert {(flight.icao24, flight.callsign, flight.source) for flight in read_by_fastavro} == {
        ("3c6444", "DLH4YA", "test")
    }
    for column, expected in zip(reports.take(is_known), reports_of(read_by_fastavro), strict=True):
        np.testing.assert_array_equal(column, expected)
    assert np.count_nonzero(is_known) > 1_000, "most bytes of positions and times may have any value"


def test_a_report_alone_is_no_record_of_an_unknown_slot() -> None:
    codec = PositionCodec()
    value = codec.encode(position())
    alone = value[len(codec.written_head(position())) : -len(written_text("test"))]
    _, is_known = KnownRecords().read(values_of([alone]), np.zeros(1, np.intp))
    assert not is_known.any()


def test_every_shorter_and_longer_record_is_left_to_the_codec() -> None:
    value = PositionCodec().encode(position())
    _, is_known = read([value, *(value[:size] for size in range(len(value))), value + b"\0", value])
    assert np.flatnonzero(is_known).tolist() == [0, len(is_known) - 1]


def test_a_signalling_nan_is_left_to_the_codec() -> None:
    codec = PositionCodec()
    value = codec.encode(position())
    codec.decode(value)
    at = len(codec.head_of(value))
    damaged = [
        value[: at + 17] + b"\x01\0\x80\x7f" + value[at + 21 :],
        value[:at] + b"\x01" + bytes(5) + b"\xf0\x7f" + value[at + 8 :],
    ]
    reports, is_known = read(damaged)
    assert is_known.tolist() == [False, True]
    assert within_ranges(reports, NOW_MS, 0).tolist()[1] is False


@pytest.mark.parametrize("size", [8 * HEAD_WORDS + 1, 8 * SOURCE_WORDS + 1])
def test_a_head_or_source_that_is_too_long_is_not_learned(size: int) -> None:
    known = KnownRecords()
    known.learn(0, bytes(min(size, 8 * HEAD_WORDS + 1)), bytes(size))
    assert known.head_bytes.tolist() == [0]


def test_addresses_are_six_lower_case_hex_digits() -> None:
    values = [PositionCodec().encode(position(icao24=icao24)) for icao24 in ("3c6444", "3C6444", "12345", "ffffff")]
    addresses, is_address = addresses_of(values_of(values))
    assert is_address.tolist() == [True, False, False, True]
    assert addresses[is_address].tolist() == [0x3C6444, 0xFFFFFF]
