"""Runs a generator: encodes the positions of a source as Avro records and appends them to the position log.

Each batch is encoded and put into the outbox. Another task empties it, so a slow bus does not delay the source. A
position that does not fit the schema is counted by reason and appended to the rejected log; it never stops the stream.
The entry point of a pod and `flighttracker local` call `run` with the same arguments.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing

from flighttracker.avro import LOCAL_SCHEMA_ID, PositionCodec
from flighttracker.bus.base import Logs, RejectedRecord
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker.settings import GeneratorSettings
from flighttracker_generator.aircraft_table.identified import identified
from flighttracker_generator.encoding import ROLE, RecordEncoder
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.outbox import Outbox
from flighttracker_generator.sources import source_for
from flighttracker_generator.sources.reporter import report_sources
from flighttracker_generator.waits import Waits

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
        settings: the generator's settings, as `plan` returns them.
        bus: the logs to append to.
        clock: paces the source.
        metrics: the generator's metrics; None creates new ones.
        codec: codec with the schema's id in the registry; None uses the packaged schema with its local id.
        waits: notes while the bus rejects records; None creates a new one.

    Raises:
        StartError: a file that the settings name does not exist or cannot be used.
    """
    metrics = metrics or GeneratorMetrics()
    codec = codec or PositionCodec(LOCAL_SCHEMA_ID)
    tracing = None
    if settings.tracing is not None:
        # An optional package: only a tracker with tracing needs it.
        from flighttracker.tracing import Tracing

        tracing = Tracing(
            settings.tracing, service="flighttracker-generator", tracker=settings.tracker, servers=settings.servers
        )
    source = identified(source_for(settings, clock, metrics), settings, clock, metrics)
    encoder = RecordEncoder(codec, tracing)
    outbox = Outbox(bus.positions, clock, metrics, settings.max_buffered_records, waits)
    sending = asyncio.create_task(outbox.send(), name="generator-outbox")
    reporting = asyncio.create_task(
        report_sources(metrics.healths.values(), bus.sources, clock, metrics), name="generator-reports"
    )
    try:
        async with aclosing(source.batches()) as batches:
            async for positions in batches:
                started_s = time.perf_counter()
                encoded, refused = await encoder.encode(positions, clock.now_ms())
                for records in encoded:
                    outbox.put(records)
                metrics.step_s.observe(time.perf_counter() - started_s)
                await _reject(refused, bus, metrics)
                for task in (sending, reporting):
                    if task.done():
                        await task
    finally:
        sending.cancel()
        reporting.cancel()
        await asyncio.gather(sending, reporting, return_exceptions=True)
        if tracing is not None:
            await asyncio.to_thread(tracing.close)


async def _reject(refused: Sequence[RejectedRecord], bus: Logs, metrics: GeneratorMetrics) -> None:
    if not refused:
        return
    for record in refused:
        metrics.rejected.labels(role=ROLE, reason=record.reason).inc()
    try:
        await bus.rejected.append(refused)
    except BusError as error:
        _logger.warning("%d rejected records are counted but not kept: %s", len(refused), error)
