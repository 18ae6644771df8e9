"""`follow` shows the output of the codecs at every hop, with units."""

from __future__ import annotations

import re

import pytest

from flighttracker.avro import PositionCodec
from flighttracker.partition import shard_of
from flighttracker.plan import plan
from flighttracker.spec import read_tracker
from flighttracker_cli.hops import Round, explain
from tests.example_flights import NOW_MS, position

ICAO24 = "3c6444"
TRACKER = read_tracker(
    {"apiVersion": "flighttracker.io/v1alpha1", "kind": "FlightTracker", "metadata": {"name": "map"}}
)


def rounds() -> list[Round]:
    neighbours = [position(icao24=f"3c64{number:02x}") for number in range(64)]
    moved = position(
        icao24=ICAO24, position_time=NOW_MS + 1000, last_contact=NOW_MS + 1000, latitude_deg=50.0345, squawk=""
    )
    return [Round(NOW_MS + 200, [*neighbours, position(icao24=ICAO24)]), Round(NOW_MS + 1200, [moved])]


@pytest.fixture(name="text", scope="module")
def shown_text() -> str:
    return "\n".join(explain(ICAO24, rounds(), plan(TRACKER)))


def part(text: str, number: int) -> str:
    return text.partition(f"\n{number}  ")[2].partition(f"\n{number + 1}  ")[0]


def test_source_is_shown_with_units(text: str) -> None:
    source = part(text, 1)
    assert "baro_altitude_m    10668 m\n" in source
    assert "ground_speed_mps   231.5 m/s\n" in source
    assert "latitude_deg       50.033333 degrees\n" in source
    assert "position_time      1750000000000 ms since 1970 (2025-06-15 15:06:40 UTC)\n" in source


def test_avro_bytes_are_those_of_the_codec(text: str) -> None:
    avro = part(text, 2)
    dumped = bytes.fromhex("".join(re.findall(r"^   [0-9a-f]{4}  ((?:[0-9a-f]{2} ?)+)", avro, re.MULTILINE)))
    assert b"\0\0\0\0\1" + dumped == PositionCodec().encode(position(icao24=ICAO24))
    assert "00           Confluent framing: the magic byte" in avro
    assert "00 00 00 01  the schema's id in the registry, 1, big-endian" in avro


def test_shard_is_that_of_the_partitioner(text: str) -> None:
    assert f"mod 6 shards = shard {shard_of(ICAO24.encode(), 6)}" in part(text, 3)


def test_key_frame_takes_a_slot_and_delta_frame_changes_it(text: str) -> None:
    key, delta = re.split(r"\n\n", part(text, 4))
    assert "key frame: " in key
    assert re.search(r"3c6444 takes slot \d+", key)
    assert "latitude           5003333  1e-5 degree" in key
    assert re.search(r"delta frame: \d+ bytes for 1 aircraft", delta)
    assert "latitude              +117  from 5003333 1e-5 degree" in delta
    assert "01 00 00 00              sequence          1              grows by one with each tick" in delta


def test_gateways_have_what_rounding_changed(text: str) -> None:
    gateways = part(text, 5)
    assert "latitude_deg       50.0345 degrees\n" in gateways
    assert "ground_speed_mps   231.5 m/s\n" in gateways
    assert "longitude_deg      8.57056 degrees  (sent: 8.570556 degrees)" in gateways
    assert "squawk             unknown" in gateways


def test_the_tile_has_the_integers_from_which_the_page_flies_on(text: str) -> None:
    key, change = part(text, 6).split("\n\n")[:2]
    assert re.search(r"bytes with the key part: 15 aircraft, in tile \d+", key)
    assert "f3                       magic" in key
    assert "04                       class             4" in key
    assert re.search(r"x +4394013  2\^-23 of the world", key)
    assert "bytes with the part: 0 added, 1 updated" in change
    assert "velocity_y " in change


def test_an_aircraft_that_flies_as_predicted_is_not_sent_again() -> None:
    first, second = rounds()
    lines = list(explain(ICAO24, [first, Round(second.time_ms, [])], plan(TRACKER)))
    assert lines[-1] == f"   {ICAO24} flies as predicted, within half a pixel at zoom 13: nothing is sent"


def test_an_aircraft_that_does_not_report_in_a_tick_is_marked() -> None:
    first, second = rounds()
    lines = list(explain("3c6401", [first, Round(second.time_ms, [])], plan(TRACKER)))
    assert "     3c6401 did not report in this tick" in lines
