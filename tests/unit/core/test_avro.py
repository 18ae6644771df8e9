"""Records in Confluent framing: positions survive encoding and decoding, and other bytes are rejected."""

from __future__ import annotations

import copy
import io
import tracemalloc

import fastavro
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.avro import PREFIX_BYTES, PositionCodec, schema_id_of
from flighttracker.errors import RecordRefusedError
from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, STATUSES, FlightPosition
from flighttracker.text import printable
from flighttracker_schemas import flight_position_schema
from tests.example_flights import position

float32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
float64 = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text().map(printable)
positions = st.builds(
    FlightPosition,
    icao24=texts,
    callsign=texts,
    operator=texts,
    registration=texts,
    aircraft_type=texts,
    origin_country=texts,
    origin=texts,
    destination=texts,
    squawk=texts,
    source=texts,
    latitude_deg=float64,
    longitude_deg=float64,
    baro_altitude_m=st.none() | float32,
    geo_altitude_m=st.none() | float32,
    ground_speed_mps=st.none() | float32,
    track_deg=st.none() | float32,
    vertical_rate_mps=st.none() | float32,
    status=st.sampled_from(STATUSES),
    category=st.sampled_from(CATEGORIES),
    address_type=st.sampled_from(ADDRESS_TYPES),
    position_time=st.integers(-(2**63), 2**63 - 1),
    last_contact=st.integers(-(2**63), 2**63 - 1),
)


@given(positions)
def test_a_position_survives_encoding_and_decoding(written: FlightPosition) -> None:
    codec = PositionCodec(schema_id=7)
    value = codec.encode(written)
    assert schema_id_of(value) == 7
    assert codec.decode(value) == written


def test_an_independent_avro_reader_finds_the_same_record() -> None:
    value = PositionCodec(schema_id=1).encode(position())
    schema = fastavro.parse_schema(flight_position_schema())
    record = fastavro.schemaless_reader(io.BytesIO(value[PREFIX_BYTES:]), schema, None)
    assert isinstance(record, dict)
    assert record["icao24"] == "3c6444"
    assert record["position_time"].timestamp() * 1000 == position().position_time


@pytest.mark.parametrize(
    "changes",
    [
        {"latitude_deg": "north"},
        {"latitude_deg": None},
        {"callsign": None},
        {"position_time": "now"},
        {"status": "up"},
        {"category": "jumbo"},
    ],
)
def test_a_record_that_does_not_fit_the_schema_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RecordRefusedError) as refused:
        PositionCodec().encode(position(**changes))
    assert refused.value.reason == "schema"
    assert "3c6444" in refused.value.detail


def test_bytes_that_are_not_a_record_are_rejected_with_a_reason() -> None:
    codec = PositionCodec(schema_id=1)
    value = codec.encode(position())
    cases = {
        b"": "framing",
        b"\x00\x00\x00": "framing",
        b"\x01" + value[1:]: "framing",
        b"\x00\x00\x00\x00\x09" + value[5:]: "schema_unknown",
        value[:-1]: "malformed",
        value[:20]: "malformed",
        value + b"\x00": "malformed",
        value[:5] + b"\xff" * 40: "malformed",
    }
    for damaged, reason in cases.items():
        with pytest.raises(RecordRefusedError) as refused:
            codec.decode(damaged)
        assert refused.value.reason == reason, damaged


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_no_other_error(noise: bytes) -> None:
    codec = PositionCodec(schema_id=1)
    for value in (noise, b"\x00\x00\x00\x00\x01" + noise):
        try:
            codec.decode(value)
        except RecordRefusedError as error:
            assert error.reason in {"framing", "schema_unknown", "malformed"}  # noqa: PT017


def test_long_texts_of_others_are_not_kept() -> None:
    """Any program may write them; `refuse_out_of_range` rejects them after they are decoded."""
    long = [position(icao24=f"{number:06x}", operator=f"{number:x}" * 500_000) for number in range(1, 16)]
    values = [PositionCodec().encode(each) for each in long]
    codec = PositionCodec()
    tracemalloc.start()
    try:
        for each, value in zip(long, values, strict=True):
            assert codec.decode(value).operator == each.operator
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1_000_000


def test_a_record_of_a_newer_schema_is_read() -> None:
    newer = copy.deepcopy(flight_position_schema())
    newer["fields"].insert(3, {"name": "wake_category", "type": "string", "default": ""})
    buffer = io.BytesIO(b"\x00\x00\x00\x00\x02")
    buffer.seek(5)
    fastavro.schemaless_writer(
        buffer, fastavro.parse_schema(newer), {**msgspec.structs.asdict(position()), "wake_category": "M"}
    )
    codec = PositionCodec(schema_id=1)
    codec.add_writer_schema(2, newer)
    read = codec.decode(buffer.getvalue())
    assert (read.icao24, read.position_time, read.callsign) == ("3c6444", position().position_time, "DLH4YA")


def test_a_new_callsign_replaces_the_cached_identity() -> None:
    codec = PositionCodec()
    reports = [position(), position(callsign="DLH9AB"), position(icao24="000001"), position(), position(callsign="")]
    values = [codec.encode(report) for report in reports]
    assert [PositionCodec().encode(report) for report in reports] == values
    reader = PositionCodec()
    read = [reader.decode(value) for value in values * 2]
    assert [codec.encode(report) for report in read] == values * 2
    assert [(report.icao24, report.callsign) for report in read] == [(r.icao24, r.callsign) for r in reports * 2]


@pytest.mark.parametrize("is_own_schema", [True, False])
def test_text_is_read_without_control_and_bidirectional_characters(is_own_schema: bool) -> None:
    newer = copy.deepcopy(flight_position_schema())
    newer["fields"].append({"name": "wake_category", "type": "string", "default": ""})
    hostile = position(callsign="DLH\x07", operator="Air\u202eecnarF", source="\x1b[2Jtest")
    buffer = io.BytesIO(b"\x00\x00\x00\x00\x02")
    buffer.seek(5)
    fastavro.schemaless_writer(
        buffer, fastavro.parse_schema(newer), {**msgspec.structs.asdict(hostile), "wake_category": ""}
    )
    codec = PositionCodec()
    codec.add_writer_schema(2, newer)
    for _ in range(2):
        read = codec.decode(codec.encode(hostile) if is_own_schema else buffer.getvalue())
        assert (read.callsign, read.operator, read.source) == ("DLH", "AirecnarF", "[2Jtest")


def test_the_cache_of_identities_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flighttracker.avro.MAX_KEPT_IDENTITIES", 3)
    codec = PositionCodec()
    for number in range(20):
        report = position(icao24=f"{number:06x}")
        assert codec.decode(codec.encode(report)).icao24 == report.icao24
    assert len(codec._written) <= 3
    assert len(codec._read) <= 3
