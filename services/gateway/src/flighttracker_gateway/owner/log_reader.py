"""`LogReader`: reads the shards that this gateway owns from the position log into their fleets.

A record that cannot be used is counted, kept and never stops the stream. When the log is unavailable, the reader joins
again after a pause that grows; meanwhile viewers see how old the positions become. `SharingError` from the outlet ends
`run`; `feed` handles it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from flighttracker.avro import PositionCodec
from flighttracker.avro_columns import values_of
from flighttracker.backoff import Backoff
from flighttracker.block_reader import BlockReader
from flighttracker.bus.base import (
    LogEvent,
    PositionLog,
    Records,
    RejectedRecord,
    ShardAssigned,
    ShardRevoked,
    StoredRecord,
)
from flighttracker.bus.record_block import values_in
from flighttracker.clock import Clock
from flighttracker.errors import BusError, RecordRefusedError, SharingError
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.outlet import Outlet, Resume
from flighttracker_gateway.owner.owned_shard import OwnedShard
from flighttracker_gateway.owner.rejections import Rejections
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.owner.writer_schemas import HeldRecord, WriterSchemas

if TYPE_CHECKING:
    from flighttracker.tracing import Tracing

_logger = logging.getLogger(__name__)
_ROLE: Final = "gateway"
MAX_TRACED: Final = 16
"""Traces that one tick of a shard continues."""
BACKOFF: Final = Backoff(first_s=1.0, longest_s=10.0)


class LogReader:
    """Reads records into owned shards.

    Args:
        settings: tick, time to live and bounds.
        log: source of the records.
        outlet: has the state that a new owner resumes from.
        owned: the owned shards by number; the reader adds and removes them.
        is_ticking: held by the ticker during a tick, because reading then would delay every viewer.
        alone: read every shard instead of a share of them.
        codec: decodes records.
        schemas: teaches the codec unknown schemas.
        rejections: keeps records that cannot be used.
        clock: the present.
        metrics: counts records.
        tracing: continues the traces of records; None without tracing.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        log: PositionLog,
        outlet: Outlet,
        owned: dict[int, OwnedShard],
        is_ticking: asyncio.Lock,
        *,
        alone: bool,
        codec: PositionCodec,
        schemas: WriterSchemas,
        rejections: Rejections,
        clock: Clock,
        metrics: GatewayMetrics,
        tracing: Tracing | None = None,
    ) -> None:
        self._time_to_live_ms = round(settings.time_to_live_s * 1000)
        self._log = log
        self._outlet = outlet
        self._owned = owned
        self._is_ticking = is_ticking
        self._alone = alone
        self._blocks = BlockReader(codec, self._time_to_live_ms)
        self._schemas = schemas
        self._rejections = rejections
        self._clock = clock
        self._metrics = metrics
        self._tracing = tracing
        self._resumes: dict[int, Resume] = {}
        self._tick_interval_ms = round(settings.tick_s * 1000)
        self._max_aircraft = settings.limits.max_slots_per_shard

    async def run(self) -> None:
        """Read until cancelled.

        Raises:
            SharingError: the outlet is unavailable.
        """
        failures = 0
        while True:
            try:
                async with self._log.read(
                    replay_ms=self._time_to_live_ms, resume_at=self._resume_at, alone=self._alone
                ) as events:
                    async for event in events:
                        await self._handle(event)
                        failures = 0
            except SharingError:
                raise
            except BusError as error:
                wait_s = BACKOFF.wait_s(failures + 1)
                _logger.warning("cannot read positions, next attempt in %.0f s: %s", wait_s, error)
            self._owned.clear()
            failures += 1
            await self._clock.sleep_ms(round(BACKOFF.wait_s(failures) * 1000))

    def read_held(self, held: Sequence[HeldRecord]) -> None:
        """Read records whose schema was found, or is known not to exist."""
        now_ms = self._clock.now_ms()
        for shard, records in _by_shard(held).items():
            if (owned := self._owned.get(shard)) is not None:
                refusals = self._blocks.read(owned.owner.fleet, values_of(values_in(records)), now_ms)
                self._reject([_rejected(records[place], error, now_ms) for place, error in refusals])

    async def _resume_at(self, shard: int) -> int | None:
        resume = await self._outlet.resume(shard)
        if resume is None:
            self._resumes.pop(shard, None)
            return None
        self._resumes[shard] = resume
        return resume.next_offset

    async def _handle(self, event: LogEvent) -> None:
        match event:
            case ShardAssigned(shard, end_offset):
                await self._assign(shard, end_offset)
            case ShardRevoked(shard):
                self._owned.pop(shard, None)
                _logger.info("shard %d was reassigned", shard)
            case Records(shard, records):
                async with self._is_ticking:
                    self._read(shard, records)
                # A long run of records must not keep sockets and probes waiting.
                await asyncio.sleep(0)

    async def _assign(self, shard: int, end_offset: int) -> None:
        epoch = await self._outlet.next_epoch(shard)
        resume = self._resumes.pop(shard, None)
        owner = ShardOwner(
            shard,
            epoch,
            tick_interval_ms=self._tick_interval_ms,
            time_to_live_ms=self._time_to_live_ms,
            max_aircraft=self._max_aircraft,
            table=None if resume is None else resume.table,
        )
        next_offset = 0 if resume is None else resume.next_offset
        self._owned[shard] = OwnedShard(owner, next_offset, end_offset, self._clock.now_ms())
        _logger.info("assigned shard %d, epoch %d, resuming with %d aircraft", shard, epoch, len(owner.fleet))

    def _read(self, shard: int, records: Sequence[StoredRecord]) -> None:
        owned = self._owned.get(shard)
        if owned is None:
            return
        self._metrics.kafka_records.inc(len(records))
        now_ms = self._clock.now_ms()
        refusals = self._blocks.read(owned.owner.fleet, values_of(values_in(records)), now_ms)
        rejected = [
            _rejected(records[place], error, now_ms)
            for place, error in refusals
            if error.reason != "schema_unknown" or not self._schemas.hold(shard, records[place])
        ]
        if self._tracing is not None:
            self._trace(self._tracing, owned, records)
        owned.next_offset = records[-1].offset + 1
        self._reject(rejected)

    def _reject(self, rejected: Sequence[RejectedRecord]) -> None:
        if rejected:
            _logger.debug("rejected %d records, the first: %s", len(rejected), rejected[0].detail)
            self._rejections.add(rejected)

    def _trace(self, tracing: Tracing, owned: OwnedShard, records: Sequence[StoredRecord]) -> None:
        for record in records:
            if record.headers and len(owned.traced) < MAX_TRACED:
                with tracing.reading(record.headers, shard=owned.owner.shard, offset=record.offset) as context:
                    if context is not None:
                        owned.traced.append(context)


def _rejected(record: StoredRecord, error: RecordRefusedError, now_ms: int) -> RejectedRecord:
    return RejectedRecord(error.reason, error.detail, _ROLE, record.key, record.value, timestamp_ms=now_ms)


def _by_shard(held: Sequence[HeldRecord]) -> dict[int, list[StoredRecord]]:
    by_shard: dict[int, list[StoredRecord]] = {}
    for shard, record in held:
        by_shard.setdefault(shard, []).append(record)
    return by_shard
