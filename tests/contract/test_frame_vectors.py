"""The frame vectors, which also test the TypeScript codec: bytes → state, and bytes that are rejected."""

from __future__ import annotations

from typing import Any

import pytest

from flighttracker.errors import FrameError
from flighttracker.frame import ShardTable, decode_frame
from flighttracker.frame.layout import NAMES, TEXTS
from flighttracker_schemas import frame_vectors

VECTORS = frame_vectors()


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
        assert table.dynamic[:, flight["slot"]].tolist() == flight["dynamic"]
        assert table.position_time_ms[flight["slot"]] == flight["position_time_ms"]


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_bytes_that_are_not_a_frame_are_rejected(case: dict[str, Any]) -> None:
    with pytest.raises(FrameError):
        decode_frame(bytes.fromhex(case["frame"]))
