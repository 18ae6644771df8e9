"""The frame vectors, which also test the TypeScript codec: bytes → state, and bytes that are rejected."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import pytest

from flighttracker.errors import FrameError
from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, NON_ICAO_ADDRESSES, NOT_AIRCRAFT
from flighttracker.frame import ShardTable, decode_frame
from flighttracker.frame.layout import KINDS, NAMES, TEXTS
from flighttracker_schemas import frame_vectors

VECTORS = frame_vectors()
PAGE = (files("flighttracker_schemas") / "frame.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_frames_lead_to_the_state(vector: dict[str, Any]) -> None:
    table = ShardTable()
    for frame in vector["frames"]:
        header, content = decode_frame(bytes.fromhex(frame))
        if header.is_key:
            table = ShardTable()
        table.apply(content, header.tick_time_ms)
    assert table.slot_count == vector["state"]["slot_count"]
    assert table.taken_slots().tolist() == [flight["slot"] for flight in vector["state"]["flights"]]
    for flight in vector["state"]["flights"]:
        identity = table.identities[flight["slot"]]
        assert f"{identity['icao24']:06x}" == flight["icao24"]
        assert {name: identity[name].decode() for name, _ in TEXTS} == {name: flight[name] for name, _ in TEXTS}
        assert {name: table.names[identity[name]] for name in NAMES} == {name: flight[name] for name in NAMES}
        assert {name: int(identity[name]) for name in KINDS} == {name: flight[name] for name in KINDS}
        assert table.dynamic[:, flight["slot"]].tolist() == flight["dynamic"]
        assert table.position_time_ms[flight["slot"]] == flight["position_time_ms"]


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_bytes_that_are_not_a_frame_are_rejected(case: dict[str, Any]) -> None:
    with pytest.raises(FrameError):
        decode_frame(bytes.fromhex(case["frame"]))


def test_the_page_lists_the_numbers_of_each_kind() -> None:
    rows = re.findall(r"^\| (\d+) \| (\w+)(.*?) \| \| (\d+) \| (\w+)(.*?) \|$", PAGE, re.MULTILINE)
    assert [int(row[0]) for row in rows] == [int(row[3]) for row in rows] == list(range(len(CATEGORIES)))
    assert tuple(row[1] for row in rows) == CATEGORIES
    assert tuple(row[4] for row in rows) == ADDRESS_TYPES
    assert {row[1] for row in rows if row[2]} == NOT_AIRCRAFT
    assert {row[4] for row in rows if row[5]} == NON_ICAO_ADDRESSES
