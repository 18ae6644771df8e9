"""`BlockReader`: reads many records of one shard into a fleet or a history. Pure; gateways and historians call it.

The usual record is one of the packaged schema, of a known aircraft with the identity and the source of its record
before. Those become columns, without an object for each. `PositionCodec` and `refuse_out_of_range` read every other
record, and name the reason of one that is rejected. The result is that of reading one record after the other: an
aircraft with an unusual record is read record by record, and different aircraft do not depend on each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple, Protocol

import numpy as np

from flighttracker.address_index import AddressIndex
from flighttracker.avro import PositionCodec
from flighttracker.avro_columns import KnownRecords, Values, addresses_of, written_text
from flighttracker.errors import RecordRefusedError
from flighttracker.flight import FlightPosition, refuse_out_of_range
from flighttracker.frame.layout import IntArray
from flighttracker.reports import Bools, Ints, Reports, within_ranges

FEWEST_AS_COLUMNS: Final = 32
"""A smaller block is read record by record: numpy takes about 0.3 ms for a block of any size."""


class Refusal(NamedTuple):
    """A record that cannot be used: its place in the block, and why."""

    place: int
    error: RecordRefusedError


class Hearer(Protocol):
    """Gets the positions of a block: a fleet, or the historian.

    Attributes:
        known: heads and sources of the aircraft, by slot.
    """

    known: KnownRecords

    @property
    def index(self) -> AddressIndex:
        """Slots of the aircraft."""

    def hear(self, position: FlightPosition) -> int | None:
        """Add one position; return its slot if the next record may be read as columns.

        Raises:
            RecordRefusedError: it cannot be used.
        """

    def hear_reports(self, slots: IntArray, reports: Reports) -> Bools:
        """Add reports (n), in order; return which were heard. The others are decoded and added one by one."""


class BlockReader:
    """Reads blocks of records.

    Args:
        codec: reads unusual records.
        time_to_live_ms: older positions are rejected.
    """

    def __init__(self, codec: PositionCodec, time_to_live_ms: int) -> None:
        self._codec = codec
        self._time_to_live_ms = time_to_live_ms

    def read(self, fleet: Hearer, block: Values, now_ms: int | Ints) -> list[Refusal]:
        """Read the records of a block into a fleet; return those that cannot be used, in order.

        Args:
            fleet: gets the positions.
            block: n values, in the order of the log.
            now_ms: the present, or for each record (n) the time that it is compared with; milliseconds since 1970.
        """
        count = len(block.starts)
        times_ms: Ints = np.broadcast_to(np.asarray(now_ms, np.int64), count)
        is_large = count >= FEWEST_AS_COLUMNS
        positions: dict[int, FlightPosition] = {}
        refusals: list[Refusal] = []
        if is_large:
            slots, reports = self._usual(fleet, block, times_ms)
            self._decode(block, np.flatnonzero(slots < 0).tolist(), times_ms, positions, refusals)
            # The other records of the same aircraft: only now are the aircraft of all records known.
            unusual = fleet.index.find(np.array([int(each.icao24, 16) for each in positions.values()], np.uint32))
            is_usual = (slots >= 0) & ~np.isin(slots, unusual)
            is_usual[is_usual] = fleet.hear_reports(slots[is_usual], reports.take(is_usual))
            self._decode(block, np.flatnonzero(~is_usual & (slots >= 0)).tolist(), times_ms, positions, refusals)
        else:
            self._decode(block, range(count), times_ms, positions, refusals)
        for place in sorted(positions):
            position = positions[place]
            try:
                slot = fleet.hear(position)
            except RecordRefusedError as error:
                refusals.append(Refusal(place, error))
            else:
                if slot is not None and is_large:
                    self._learn(fleet, slot, _value(block, place), position.source)
        return sorted(refusals, key=lambda refusal: refusal.place)

    def _usual(self, fleet: Hearer, block: Values, times_ms: Ints) -> tuple[IntArray, Reports]:
        """Return the slot of each usual record (n), -1 for others, and the reports of all (n)."""
        addresses, is_address = addresses_of(block)
        slots = fleet.index.find(addresses)
        is_usual = is_address & (slots >= 0)
        reports, is_known = fleet.known.read(block, np.where(is_usual, slots, 0))
        is_usual &= is_known & within_ranges(reports, times_ms, times_ms - self._time_to_live_ms)
        return np.where(is_usual, slots, -1), reports

    def _decode(
        self,
        block: Values,
        places: Iterable[int],
        times_ms: Ints,
        positions: dict[int, FlightPosition],
        refusals: list[Refusal],
    ) -> None:
        for place in places:
            now_ms = int(times_ms[place])
            try:
                position = self._codec.decode(_value(block, place))
                refuse_out_of_range(position, now_ms, now_ms - self._time_to_live_ms)
            except RecordRefusedError as error:
                refusals.append(Refusal(place, error))
            else:
                positions[place] = position

    def _learn(self, fleet: Hearer, slot: int, value: bytes, source: str) -> None:
        head = self._codec.head_of(value)
        tail = written_text(source)
        if head and value.endswith(tail):
            fleet.known.learn(slot, head, tail)


def _value(block: Values, place: int) -> bytes:
    return block.data[block.starts[place] : block.ends[place]].tobytes()
