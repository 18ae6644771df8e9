"""The generator: positions from a source become Avro records on the bus.

Each batch of the source is encoded and given to the outbox, which another task empties, so a slow bus does not delay
the source. A position that the schema refuses is counted by reason and kept in the rejected log; it never stops the
stream. Everything here is called by a pod's entry point and by `flighttracker local` with the same arguments.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

import msgspec

from flighttracker.avro import LOCAL_SCHEMA_ID, PositionCodec
from flighttracker.bus.base import Logs, OutgoingRecord, RejectedRecord
from flighttracker.clock import Clock
from flighttracker.errors import BusError, RecordRefusedError
from flighttracker.flight import FlightPosition
from flighttracker.settings import GeneratorSettings
from flighttracker.tracing import Headers, Tracing
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.outbox import Outbox
from flighttracker_generator.sources import source_for
from flighttracker_generator.waits import Waits

ROLE: Final = "generator"
ENCODE_SLICE: Final = 500
"""So many positions are encoded before other tasks get their turn: about 6 ms."""
_logger = logging.getLogger(__name__)


async def run(
    settings: GeneratorSettings,
    bus: Logs,
    clock: Clock,
    *,
    metrics: GeneratorMetrics | None = None,
    codec: PositionCodec | None = None,
    waits: Waits | None = None,
) -> None:
    """Generate until cancelled.

    Args:
        settings: what `plan` made of the resource.
        bus: takes the records.
        clock: the time of the positions.
        metrics: counts; new ones when None.
        codec: with the schema's id in the registry; the packaged schema under its local id when None.
        waits: is told while the bus does not take records.

    Raises:
        StartError: the settings name what is not there.
    """
    metrics = metrics or GeneratorMetrics()
    codec = codec or PositionCodec(LOCAL_SCHEMA_ID)
    tracing = None
    if settings.tracing is not None:
        tracing = Tracing(settings.tracing, service="flighttracker-generator", tracker=settings.tracker)
    source = source_for(settings, clock, metrics)
    outbox = Outbox(bus.positions, clock, metrics, settings.max_buffered_records, waits)
    sending = asyncio.create_task(outbox.send(), name="generator-outbox")
    try:
        async with aclosing(source.batches()) as batches:
            async for positions in batches:
                started_s = time.perf_counter()
                records, refused = await encode(positions, codec, clock.now_ms(), tracing)
                outbox.put(records)
                metrics.step_s.observe(time.perf_counter() - started_s)
                await _reject(refused, bus, metrics)
                if sending.done():
                    await sending
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        if tracing is not None:
            await asyncio.to_thread(tracing.close)


async def encode(
    positions: Sequence[FlightPosition], codec: PositionCodec, now_ms: int, tracing: Tracing | None = None
) -> tuple[list[OutgoingRecord], list[RejectedRecord]]:
    """Return the records of a batch in order, and those positions that the schema refuses."""
    records, refused = [], []
    for number, position in enumerate(positions):
        if number % ENCODE_SLICE == ENCODE_SLICE - 1:
            await asyncio.sleep(0)
        try:
            if tracing is None:
                records.append(_record(position, codec))
            else:
                with tracing.beginning(position.icao24, position.position_time) as headers:
                    records.append(_record(position, codec, headers))
        except RecordRefusedError as error:
            refused.append(_refused(position, error, now_ms))
    return records, refused


def _record(position: FlightPosition, codec: PositionCodec, headers: Headers = ()) -> OutgoingRecord:
    return OutgoingRecord(position.icao24.encode(), codec.encode(position), position.position_time, headers)


def _refused(position: FlightPosition, error: RecordRefusedError, now_ms: int) -> RejectedRecord:
    # What does not fit the schema has no Avro bytes; as JSON a person can read it.
    value = msgspec.json.encode(position)
    return RejectedRecord(error.reason, error.detail, ROLE, str(position.icao24).encode(), value, now_ms)


async def _reject(refused: Sequence[RejectedRecord], bus: Logs, metrics: GeneratorMetrics) -> None:
    if not refused:
        return
    for record in refused:
        metrics.rejected.labels(role=ROLE, reason=record.reason).inc()
    try:
        await bus.rejected.append(refused)
    except BusError as error:
        _logger.warning("%d refused records are counted but not kept: %s", len(refused), error)
