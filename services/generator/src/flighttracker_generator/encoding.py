"""`RecordEncoder`: positions to records of the log. `run` calls it for each batch of a source.

Aircraft of a `PositionBatch` whose identity was encoded before become an `OutgoingBlock`: their records differ from
those before only in the report, which is written for all of them at once. `PositionCodec` encodes every other position,
among them the first of each flight, and all positions if they are traced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from flighttracker.avro import PositionCodec
from flighttracker.avro_columns import are_writable, write_reports, written_text
from flighttracker.bus.base import OutgoingRecord, RejectedRecord
from flighttracker.bus.outgoing_block import OutgoingBlock
from flighttracker.errors import RecordRefusedError
from flighttracker.flight import FlightPosition
from flighttracker.partition import murmur2
from flighttracker.reports import Bools, Ints
from flighttracker_generator.position_batch import PositionBatch

if TYPE_CHECKING:
    from flighttracker.tracing import Tracing

ROLE: Final = "generator"
ENCODE_SLICE: Final = 500
"""Positions that are encoded one by one before other tasks run; this many take about 6 ms."""
FEWEST_AS_COLUMNS: Final = 32
"""A smaller batch is encoded one by one: numpy takes about 0.2 ms for a batch of any size."""


class RecordEncoder:
    """Encodes the batches of one source.

    Args:
        codec: encodes positions one by one.
        tracing: begins the traces of positions; None without tracing.
    """

    def __init__(self, codec: PositionCodec, tracing: Tracing | None = None) -> None:
        self._codec = codec
        self._tracing = tracing
        self._heads = _Heads()

    async def encode(
        self, positions: Sequence[FlightPosition], now_ms: int
    ) -> tuple[list[Sequence[OutgoingRecord]], list[RejectedRecord]]:
        """Return the records of a batch, and the positions that do not fit the schema.

        Records of the same aircraft keep their order.

        Args:
            positions: a batch.
            now_ms: the time of rejections, milliseconds since 1970.
        """
        if not isinstance(positions, PositionBatch) or self._tracing is not None or len(positions) < FEWEST_AS_COLUMNS:
            records, refused = await self._one_by_one(positions, now_ms)
            return [records], refused
        is_usual = self._heads.are_known(positions.rows, positions.identities) & are_writable(positions.reports)
        unusual = np.flatnonzero(~is_usual)
        others = positions.positions_at(unusual)
        block = self._block(positions, np.flatnonzero(is_usual))
        records, refused = await self._one_by_one(others, now_ms)
        is_refused = {record.key for record in refused}
        for number, (place, position) in enumerate(zip(unusual.tolist(), others, strict=True)):
            if number % ENCODE_SLICE == ENCODE_SLICE - 1:
                await asyncio.sleep(0)
            key = position.icao24.encode()
            if key not in is_refused:
                head = self._codec.written_head(position)
                self._heads.learn(int(positions.rows[place]), int(positions.identities[place]), key, head)
        return [each for each in (records, block) if len(each)], refused

    def _block(self, batch: PositionBatch, places: Ints) -> OutgoingBlock:
        rows = batch.rows[places]
        heads, is_head = self._heads.heads(rows)
        reports, is_report = write_reports(batch.reports.take(places))
        source = np.frombuffer(written_text(batch.source), np.uint8)
        shape = (len(rows), len(source))
        return OutgoingBlock(
            self._heads.keys[rows],
            self._heads.hashes[rows],
            np.concatenate((heads, reports, np.broadcast_to(source, shape)), axis=1),
            np.concatenate((is_head, is_report, np.ones(shape, np.bool_)), axis=1),
            batch.time_ms,
        )

    async def _one_by_one(
        self, positions: Sequence[FlightPosition], now_ms: int
    ) -> tuple[list[OutgoingRecord], list[RejectedRecord]]:
        records, refused = [], []
        for number, position in enumerate(positions):
            if number % ENCODE_SLICE == ENCODE_SLICE - 1:
                await asyncio.sleep(0)
            try:
                if self._tracing is None:
                    records.append(self._record(position))
                else:
                    with self._tracing.beginning(position.icao24, position.position_time) as headers:
                        records.append(self._record(position, headers))
            except RecordRefusedError as error:
                refused.append(_refused(position, error, now_ms))
        return records, refused

    def _record(self, position: FlightPosition, headers: tuple[tuple[str, bytes], ...] = ()) -> OutgoingRecord:
        value = self._codec.encode(position)
        return OutgoingRecord(position.icao24.encode(), value, position.position_time, headers)


class _Heads:
    """The bytes of each aircraft's record before its report, by row of the fleet.

    Attributes:
        keys: (capacity, 6) keys of the records.
        hashes: (capacity) `murmur2` of each key.
    """

    def __init__(self) -> None:
        self.keys = np.zeros((0, 6), np.uint8)
        self.hashes = np.zeros(0, np.uint32)
        self._bytes = np.zeros((0, 0), np.uint8)
        self._sizes = np.zeros(0, np.intp)
        self._identities = np.zeros(0, np.int64)

    def are_known(self, rows: Ints, identities: Ints) -> Bools:
        """Return whether the heads of rows (n) with these identities are known."""
        self._reserve(int(rows.max(initial=-1)) + 1, 0)
        is_known: Bools = (self._sizes[rows] > 0) & (self._identities[rows] == identities)
        return is_known

    def heads(self, rows: Ints) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.uint8]], Bools]:
        """Return the heads of rows (n, width), and which bytes are used."""
        sizes = self._sizes[rows]
        width = int(sizes.max(initial=0))
        return self._bytes[rows, :width], np.arange(width) < sizes[:, None]

    def learn(self, row: int, identity: int, key: bytes, head: bytes) -> None:
        """Keep the head of a row."""
        self._reserve(row + 1, len(head))
        self._bytes[row, : len(head)] = np.frombuffer(head, np.uint8)
        self._sizes[row], self._identities[row] = len(head), identity
        self.keys[row], self.hashes[row] = np.frombuffer(key, np.uint8), murmur2(key)

    def _reserve(self, capacity: int, width: int) -> None:
        more = max(0, capacity - len(self._sizes))
        wider = max(0, width - self._bytes.shape[1])
        if more or wider:
            self.keys = np.pad(self.keys, ((0, more), (0, 0)))
            self.hashes = np.pad(self.hashes, (0, more))
            self._bytes = np.pad(self._bytes, ((0, more), (0, wider)))
            self._sizes = np.pad(self._sizes, (0, more))
            self._identities = np.pad(self._identities, (0, more))


def _refused(position: FlightPosition, error: RecordRefusedError, now_ms: int) -> RejectedRecord:
    # A position that does not fit the schema cannot be encoded as Avro. JSON is readable.
    value = msgspec.json.encode(position)
    return RejectedRecord(error.reason, error.detail, ROLE, str(position.icao24).encode(), value, now_ms)
