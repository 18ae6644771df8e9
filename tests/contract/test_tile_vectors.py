"""The codec in Python reads `tile_vectors.json` like every other codec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flighttracker.errors import FrameError
from flighttracker.tiles import CLASSES, TileReader, decode_message

VECTORS = Path(__file__).parents[2] / "schemas/flighttracker_schemas/tile_vectors.json"
DOCUMENT: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", DOCUMENT["vectors"], ids=lambda vector: vector["name"])
def test_a_reader_shows_what_the_vector_says(vector: dict[str, Any]) -> None:
    reader = TileReader(CLASSES[vector["class"]])
    for message in vector["messages"]:
        assert reader.apply(bytes.fromhex(message)) == []
    assert {f"{icao24:06x}": list(known.kinds) for icao24, known in reader.aircraft.items()} == vector["kinds"]
    for tick, expected in vector["shown"].items():
        icao24, motion = reader.shown(int(tick))
        assert {f"{one:06x}": row for one, row in zip(icao24, motion.T.tolist(), strict=True)} == expected


def test_the_vector_by_hand_shows_what_the_page_says() -> None:
    (shown,) = DOCUMENT["vectors"][0]["shown"]["1003"].values()
    # 4,096 units is the corner; five seconds to the west at 20 units in 0.1 s; one unit of correction
    assert shown == [4_096 + 100 - 1_000 + 1, 512 * 4_096 + 200, -10_240, 0, 1_006, 30, 0, 19, 0]


def test_a_tick_without_news_is_a_message_without_parts() -> None:
    vector = DOCUMENT["vectors"][-1]
    messages = [decode_message(bytes.fromhex(message)) for message in vector["messages"]]
    assert [(header.tick, len(parts)) for header, parts in messages] == [(500, 1), (501, 0), (502, 0), (503, 1)]
    (shown,) = vector["shown"]["503"].values()
    assert shown == [8_000, 5_000, 0, 0, 38, 0, 0, 3, 0]


def test_places_count_the_aircraft_of_a_tile_before_the_part() -> None:
    assert DOCUMENT["vectors"][-2]["shown"]["502"] == {"000007": [2**14 - 1, 200, 0, 0, 0, 0, 0, 0, 0]}


@pytest.mark.parametrize("case", DOCUMENT["rejected"], ids=lambda case: case["name"])
def test_damaged_messages_are_rejected(case: dict[str, str]) -> None:
    with pytest.raises(FrameError):
        decode_message(bytes.fromhex(case["message"]))
