"""Blocks of records as columns: whatever they contain, the result is that of reading one record after the other."""

from __future__ import annotations

import copy
import io
import os
import re
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import fastavro
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker import block_reader
from flighttracker.avro import PositionCodec
from flighttracker.avro_columns import values_of
from flighttracker.block_reader import BlockReader
from flighttracker.errors import RecordRefusedError
from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_schemas import flight_position_schema
from tests.example_flights import NOW_MS, position

TTL_MS = 60_000
MAX_AIRCRAFT = 5
EXAMPLES = int(os.environ.get("EXAMPLES", "25"))
NAN = float("nan")
Refused = list[tuple[int, str, str]]


def newer_schema() -> dict[str, Any]:
    schema = copy.deepcopy(flight_position_schema())
    schema["fields"].insert(0, {"name": "receiver", "type": "string", "default": ""})
    return schema


def older_schema() -> dict[str, Any]:
    """Return the schema before category and address type."""
    schema = copy.deepcopy(flight_position_schema())
    schema["fields"] = [field for field in schema["fields"] if field["name"] not in ("category", "address_type")]
    return schema


def other_unions_schema() -> dict[str, Any]:
    """Return a schema whose unions are the other way round, and whose fields have another order."""
    schema = copy.deepcopy(flight_position_schema())
    for field in schema["fields"]:
        if field["type"] == ["null", "float"]:
            field["type"] = ["float", "null"]
            del field["default"]
    schema["fields"].reverse()
    return schema


WRITERS = {2: newer_schema(), 3: older_schema(), 4: other_unions_schema()}
PARSED = {number: fastavro.parse_schema(copy.deepcopy(schema)) for number, schema in WRITERS.items()}


def reader_codec() -> PositionCodec:
    codec = PositionCodec(1)
    for number, schema in WRITERS.items():
        codec.add_writer_schema(number, schema)
    return codec


def foreign(schema_id: int, flight: FlightPosition) -> bytes:
    buffer = io.BytesIO(b"\0" + schema_id.to_bytes(4, "big"))
    buffer.seek(5)
    fastavro.schemaless_writer(buffer, PARSED[schema_id], {**msgspec.structs.asdict(flight), "receiver": "roof"})
    return buffer.getvalue()


def quantity(lowest: float, highest: float) -> st.SearchStrategy[float | None]:
    usual = st.floats(lowest, highest, width=32)
    return usual | usual | st.none() | st.sampled_from([NAN, float("inf"), -1e9, lowest, highest])


flights = st.builds(
    position,
    icao24=st.sampled_from(["000001", "000002", "3c6444", "abcdef", "ffffff", "3C6444", "12345", "0000g1"]),
    callsign=st.sampled_from(["DLH4YA", "DLH4YA", "", "too long for it", "a\u202eb"]),
    operator=st.sampled_from(["Lufthansa", "Lufthansa", "é" * 32, "é" * 33]),
    registration=st.sampled_from(["", "D-AIBL"]),
    category=st.sampled_from(["large", "unknown"]),
    address_type=st.sampled_from(["adsb_icao", "adsb_icao", "mlat", "non_icao"]),
    latitude_deg=st.floats(-90, 90) | st.sampled_from([90.1, NAN]),
    longitude_deg=st.floats(-180, 180) | st.sampled_from([-180.1, NAN]),
    baro_altitude_m=quantity(-1_500, 50_000),
    geo_altitude_m=quantity(-1_500, 50_000),
    ground_speed_mps=quantity(0, 1_500),
    track_deg=quantity(0, 360),
    vertical_rate_mps=quantity(-300, 300),
    on_ground=st.booleans(),
    squawk=st.sampled_from(["1000", "7777", "", "1289", "100"]),
    status=st.sampled_from(["cruising", "emergency", "unknown"]),
    position_time=st.integers(-70, 70).map(lambda seconds: NOW_MS + seconds * 1000) | st.sampled_from([0, -1, 2**45]),
    last_contact=st.integers(-70, 70).map(lambda seconds: NOW_MS + seconds * 1000) | st.just(5),
    source=st.sampled_from(["roof", "roof", "roof", "sky", "s\u202eky", "x" * 64, "x" * 65]),
)
usual_flights = st.builds(
    position,
    icao24=st.sampled_from(["000001", "000002", "3c6444"]),
    latitude_deg=st.floats(-90, 90),
    longitude_deg=st.floats(-180, 180),
    baro_altitude_m=st.none() | st.floats(-1_500, 50_000, width=32),
    track_deg=st.none() | st.floats(0, 360, width=32),
    on_ground=st.booleans(),
    squawk=st.sampled_from(["1000", "0000", ""]),
    position_time=st.integers(-3, 50).map(lambda seconds: NOW_MS + seconds * 1000),
    last_contact=st.integers(-3, 50).map(lambda seconds: NOW_MS + seconds * 1000),
)


def damaged(value: bytes, place: int, byte: int) -> bytes:
    place %= len(value)
    return value[:place] + bytes([byte]) + value[place + 1 :]


own = st.builds(PositionCodec(1).encode, usual_flights)
records = st.one_of(
    own,
    own,
    own,
    st.builds(PositionCodec(1).encode, flights),
    st.builds(foreign, st.sampled_from(list(WRITERS)), usual_flights | flights),
    st.builds(PositionCodec(9).encode, usual_flights),
    st.builds(lambda value, size: value[: size % len(value)], own, st.integers(0, 200)),
    st.builds(lambda value, more: value + more, own, st.binary(min_size=1, max_size=3)),
    st.builds(damaged, own, st.integers(0, 200), st.integers(0, 255)),
    st.binary(max_size=80),
)


def told(error: RecordRefusedError) -> str:
    """Return the detail of an error without the address that fastavro adds."""
    return re.sub(r"0x[0-9a-f]+", "", error.detail)


def one_by_one(codec: PositionCodec, owner: ShardOwner, values: Sequence[bytes], now_ms: int) -> Refused:
    refused = []
    for place, value in enumerate(values):
        try:
            flight = codec.decode(value)
            refuse_out_of_range(flight, now_ms, now_ms - TTL_MS)
            owner.hear(flight)
        except RecordRefusedError as error:
            refused.append((place, error.reason, told(error)))
    return refused


def as_columns(reader: BlockReader, owner: ShardOwner, values: Sequence[bytes], now_ms: int) -> Refused:
    refusals = reader.read(owner.fleet, values_of(values), now_ms)
    return [(place, error.reason, told(error)) for place, error in refusals]


def owner() -> ShardOwner:
    return ShardOwner(0, 1, tick_interval_ms=1000, time_to_live_ms=TTL_MS, max_aircraft=MAX_AIRCRAFT)


def assert_both_ways_agree(blocks: Sequence[Sequence[bytes]], step_ms: int = 1000) -> int:
    """Read blocks in both ways, with a tick after each; return how many records were decoded one by one."""
    decoded = 0
    codec = reader_codec()

    def counting(value: bytes, decode: Callable[[bytes], FlightPosition] = codec.decode) -> FlightPosition:
        nonlocal decoded
        decoded += 1
        return decode(value)

    codec.decode = counting  # type: ignore[method-assign]
    reader, reference = BlockReader(codec, TTL_MS), reader_codec()
    columns, objects = owner(), owner()
    with patch.object(block_reader, "FEWEST_AS_COLUMNS", 1):
        for number, values in enumerate(blocks):
            now_ms = NOW_MS + number * step_ms
            # Two blocks a tick: a position may be replaced before it was ever shown.
            half = len(values) // 2
            for part in (values[:half], values[half:]):
                expected = one_by_one(reference, objects, part, now_ms)
                assert as_columns(reader, columns, part, now_ms) == expected
            assert columns.fleet.newest_position_ms == objects.fleet.newest_position_ms
            assert columns.tick(now_ms) == objects.tick(now_ms)
            assert columns.key_frame() == objects.key_frame()
            assert set(columns.fleet.aircraft) == set(objects.fleet.aircraft)
    return decoded


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.lists(records, max_size=24), min_size=1, max_size=6), st.sampled_from([1000, 20_000]))
def test_whatever_the_records_are_both_ways_give_the_same_frames_and_rejections(
    blocks: list[list[bytes]], step_ms: int
) -> None:
    assert_both_ways_agree(blocks, step_ms)


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(st.lists(st.lists(own, min_size=1, max_size=24), min_size=2, max_size=6))
def test_duplicates_and_records_out_of_order_are_rejected_as_one_by_one(blocks: list[list[bytes]]) -> None:
    assert_both_ways_agree(blocks)


def in_second(second: int, **changes: Any) -> bytes:
    time_ms = NOW_MS + second * 1000
    return PositionCodec(1).encode(position(position_time=time_ms, last_contact=time_ms, **changes))


def test_usual_records_are_not_decoded_one_by_one() -> None:
    aircraft = ["000001", "000002", "000003"]
    blocks = [[in_second(second, icao24=icao24) for icao24 in aircraft] for second in range(20)]
    assert assert_both_ways_agree(blocks) == len(aircraft)


def test_records_of_an_aircraft_that_is_not_shown_yet_are_read_as_columns_too() -> None:
    codec = reader_codec()
    reader, heard = BlockReader(codec, TTL_MS), owner()
    with patch.object(block_reader, "FEWEST_AS_COLUMNS", 1):
        assert not reader.read(heard.fleet, values_of([in_second(0)]), NOW_MS)
        with patch.object(codec, "decode", side_effect=AssertionError):
            assert not reader.read(heard.fleet, values_of([in_second(1), in_second(2)]), NOW_MS)
    assert heard.fleet.newest_position_ms == NOW_MS + 2000


@pytest.mark.parametrize("change", [{"callsign": "DLH9AB"}, {"source": "sky"}, {"category": "heavy"}])
def test_an_aircraft_with_a_new_identity_is_read_in_order_within_a_block(change: dict[str, Any]) -> None:
    blocks = [
        [in_second(0)],
        [in_second(1), in_second(5, **change), in_second(6), in_second(4), in_second(7, **change), in_second(8)],
        [in_second(9), in_second(20, **change)],
        [in_second(21, **change)],
    ]
    assert_both_ways_agree(blocks)


def test_what_another_source_knows_is_added_until_it_is_too_old() -> None:
    blocks = [[in_second(second, registration="", source="roof")] for second in range(0, 750, 50)]
    blocks[1].append(in_second(51, source="sky"))
    assert_both_ways_agree(blocks, step_ms=50_000)


def test_an_identity_that_came_with_another_schema_is_replaced_by_the_next_record() -> None:
    later = position(callsign="DLH9AB", position_time=NOW_MS + 1000, last_contact=NOW_MS + 1000)
    assert_both_ways_agree([[in_second(0)], [foreign(2, later)], [in_second(2)], [in_second(3)]])


def test_a_resumed_fleet_learns_the_records_of_its_aircraft() -> None:
    first = owner()
    first.hear(position())
    first.tick(NOW_MS)
    resumed = ShardOwner(
        0, 2, tick_interval_ms=1000, time_to_live_ms=TTL_MS, max_aircraft=MAX_AIRCRAFT, table=first.fleet.table.copy()
    )
    codec = reader_codec()
    reader = BlockReader(codec, TTL_MS)
    with patch.object(block_reader, "FEWEST_AS_COLUMNS", 1):
        assert not reader.read(resumed.fleet, values_of([in_second(1)]), NOW_MS)
        with patch.object(codec, "decode", side_effect=AssertionError):
            assert not reader.read(resumed.fleet, values_of([in_second(2)]), NOW_MS)
    assert resumed.fleet.advance(NOW_MS + 2000, TTL_MS).changed.slots.tolist() == [0]


def test_a_small_block_is_read_record_by_record() -> None:
    heard = owner()
    reader = BlockReader(reader_codec(), TTL_MS)
    with patch.object(block_reader, "addresses_of", side_effect=AssertionError):
        assert not reader.read(heard.fleet, values_of([in_second(0), in_second(1)]), NOW_MS)
    assert heard.fleet.has_news
