"""A block of outgoing records is a sequence of them."""

from __future__ import annotations

from flighttracker.bus.base import OutgoingRecord
from tests.example_flights import NOW_MS
from tests.outgoing_blocks import block_of


def test_a_block_is_the_sequence_of_its_records() -> None:
    records = [OutgoingRecord(f"{number:06x}".encode(), b"x" * number, NOW_MS) for number in range(9)]
    block = block_of(records)
    assert list(block) == records
    assert [block[place] for place in range(len(block))] == records
    assert list(block[3:7]) == records[3:7]
    assert block[-1] == records[-1]
