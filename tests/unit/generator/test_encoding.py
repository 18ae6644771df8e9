"""Batches of the simulation as columns: the same records as one by one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from unittest.mock import patch

import numpy as np
import pytest

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import OutgoingRecord
from flighttracker.bus.outgoing_block import OutgoingBlock
from flighttracker.errors import RecordRefusedError
from flighttracker.flight import FlightPosition
from flighttracker.reports import NO_SQUAWK
from flighttracker_generator.encoding import FEWEST_AS_COLUMNS, RecordEncoder
from flighttracker_generator.position_batch import PositionBatch
from flighttracker_generator.simulation.fleet import Fleet, make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from tests.example_flights import NOW_MS

AIRCRAFT = 300
EVERYONE = np.arange(AIRCRAFT)


@cache
def fleet() -> Fleet:
    return make_fleet(AIRCRAFT, {}, 1)


def one_by_one(positions: Sequence[FlightPosition], codec: PositionCodec | None = None) -> list[OutgoingRecord]:
    codec = codec or PositionCodec()
    return [
        OutgoingRecord(position.icao24.encode(), codec.encode(position), position.position_time)
        for position in positions
    ]


async def encoded(encoder: RecordEncoder, batch: PositionBatch) -> tuple[list[OutgoingRecord], int]:
    """Return the records of a batch by key, and how many of them are in a block."""
    found, refused = await encoder.encode(batch, batch.time_ms)
    assert not refused
    in_block = sum(len(records) for records in found if isinstance(records, OutgoingBlock))
    return sorted(record for records in found for record in records), in_block


@pytest.mark.parametrize("source", ["simulated", "a source with a long name, ä"])
async def test_the_records_of_many_flights_are_those_of_fastavro(source: str) -> None:
    traffic, encoder = Traffic(fleet()), RecordEncoder(PositionCodec())
    blocks = 0
    for minute in (0, 1, 2, 60, 61, 600, 601, 3000):
        batch = traffic.batch(EVERYONE, NOW_MS + minute * 60_000, source)
        records, in_block = await encoded(encoder, batch)
        assert records == sorted(one_by_one(batch))
        blocks += in_block
    assert blocks > 3 * AIRCRAFT


async def test_only_the_first_record_of_a_flight_is_encoded_by_fastavro() -> None:
    traffic, encoder = Traffic(fleet()), RecordEncoder(PositionCodec())
    assert (await encoded(encoder, traffic.batch(EVERYONE, NOW_MS)))[1] == 0
    assert (await encoded(encoder, traffic.batch(EVERYONE, NOW_MS + 100)))[1] >= AIRCRAFT - 2


async def test_unknown_values_are_nulls() -> None:
    traffic, encoder = Traffic(fleet()), RecordEncoder(PositionCodec())
    await encoded(encoder, traffic.batch(EVERYONE, NOW_MS))
    batch = traffic.batch(EVERYONE, NOW_MS)
    batch.reports.quantities[:, ::2] = np.nan
    batch.reports.squawk[::3] = NO_SQUAWK
    (block,), _ = await encoder.encode(batch, NOW_MS)
    assert isinstance(block, OutgoingBlock)
    codec = PositionCodec()
    for number, record in enumerate(block):
        read = codec.decode(record.value)
        assert (read.track_deg is None, read.baro_altitude_m is None) == ((number % 2 == 0),) * 2
        assert (read.squawk == "") == (number % 3 == 0)


async def test_times_that_are_unusual_are_left_to_fastavro() -> None:
    traffic, encoder = Traffic(fleet()), RecordEncoder(PositionCodec())
    for time_ms in (NOW_MS, NOW_MS + 1, 1 << 41):
        batch = traffic.batch(EVERYONE, time_ms)
        records, in_block = await encoded(encoder, batch)
        assert records == sorted(one_by_one(batch))
    assert in_block == 0


async def test_a_small_batch_and_a_list_are_encoded_one_by_one() -> None:
    encoder = RecordEncoder(PositionCodec())
    batch = Traffic(fleet()).batch(np.arange(FEWEST_AS_COLUMNS - 1), NOW_MS)
    for positions in (batch, list(batch)):
        assert await encoder.encode(positions, NOW_MS) == ([one_by_one(batch)], [])


async def test_a_position_that_does_not_fit_the_schema_is_refused_each_time() -> None:
    codec = PositionCodec()
    refused_icao24 = fleet().icao24[5]

    def picky(position: FlightPosition) -> bytes:
        if position.icao24 == refused_icao24:
            raise RecordRefusedError("schema", "made up")
        return PositionCodec.encode(codec, position)

    traffic, encoder = Traffic(fleet()), RecordEncoder(codec)
    with patch.object(codec, "encode", picky):
        for step in range(3):
            found, refused = await encoder.encode(traffic.batch(EVERYONE, NOW_MS + step), NOW_MS)
            assert [record.key for record in refused] == [refused_icao24.encode()]
            assert sum(map(len, found)) == AIRCRAFT - 1


def test_a_batch_is_a_sequence_of_positions() -> None:
    traffic = Traffic(fleet())
    batch = traffic.batch(EVERYONE, NOW_MS)
    positions = traffic.positions(EVERYONE, NOW_MS)
    assert list(batch) == positions
    assert (batch[3], batch[-1], batch[4:6]) == (positions[3], positions[-1], positions[4:6])
