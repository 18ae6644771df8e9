"""From the position log to frames: reads the shards that this gateway owns, and gives one frame of each every tick.

The shell around `ShardOwner`. Guarantees: a record that cannot be used is counted, kept and never stops the stream; a
tick is given even when nothing changed, so that readers know the shard is alive; ticks fall on whole multiples of the
interval, so that the frames of all shards and gateways describe the same moments. A new owner goes on from the last
state that was shared, and shows nothing before it has read the log to where it ended; without such a state it waits for
its first position, so that nobody is shown an empty sky while a log is read or a generator starts. However long the log
keeps it waiting, it shows nothing that is older than what this gateway's viewers see.

A log that is away is silence here: the reader joins again and again, and viewers see how old the positions become. What
the outlet raises ends `run`; `feed` knows what to do then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from opentelemetry.trace import SpanContext

from flighttracker.avro import PositionCodec
from flighttracker.backoff import Backoff
from flighttracker.bus.base import (
    LogEvent,
    PositionLog,
    Records,
    RejectedRecord,
    ShardAssigned,
    ShardRevoked,
    StoredRecord,
)
from flighttracker.clock import Clock
from flighttracker.errors import BusError, RecordRefusedError, SharingError
from flighttracker.flight import refuse_out_of_range
from flighttracker.settings import GatewaySettings
from flighttracker.tracing import Tracing
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.moved_aircraft import MovedAircraft
from flighttracker_gateway.owner.outlet import Outlet, Resume, Tick
from flighttracker_gateway.owner.rejections import Rejections
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.owner.writer_schemas import HeldRecord, WriterSchemas
from flighttracker_gateway.picture.picture import ROUNDED_MS, Picture

_LOG = logging.getLogger(__name__)
_ROLE = "gateway"
LONGEST_SILENCE_MS: Final = 10_000
"""How long a new owner waits for the end of the log, or for its first position, before it shows what it has."""
LONGEST_TURN_S: Final = 0.02
"""How long encoding may keep sockets and probes waiting."""
MAX_TRACED: Final = 16
"""Traces that one tick of a shard goes on with."""
BACKOFF: Final = Backoff(first_s=1.0, longest_s=10.0)


class _Owned:
    """A shard of ours: its owner, how far its records are read, and until when it may wait before it is shown."""

    def __init__(self, owner: ShardOwner, next_offset: int, end_offset: int, shown_at_ms: int) -> None:
        self.owner = owner
        self.next_offset = next_offset
        self.traced: list[SpanContext] = []
        """Traces of positions that the next tick shows."""
        self._end_offset = end_offset
        self._shown_at_ms = shown_at_ms

    def is_due(self, tick_ms: int, shown_ms: int, *, has_held: bool) -> bool:
        """Whether this tick is to be shown.

        Args:
            tick_ms: its time, milliseconds since 1970.
            shown_ms: viewers see positions up to this time, milliseconds since 1970.
            has_held: whether records that were read wait for their schema.
        """
        if self.owner.sequence >= 0:
            return True
        if tick_ms >= self._shown_at_ms:
            return self.owner.fleet.newest_position_ms >= shown_ms - ROUNDED_MS
        has_caught_up = self.next_offset >= self._end_offset and not has_held
        return has_caught_up and self.owner.has_something_to_show


class Ingest:
    """Owns shards of the position log.

    Args:
        settings: tick, time to live and bounds.
        log: where positions come from.
        outlet: where frames go, and what a new owner goes on from.
        picture: every shard as this gateway sees it, also those of others.
        alone: read every shard, not only a share of them.
        codec: reads records.
        schemas: teaches the codec what it does not know.
        rejections: keeps what cannot be used.
        clock: decides when a tick is due.
        metrics: counts records and frames.
        tracing: goes on with the traces of records; None with none.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        log: PositionLog,
        outlet: Outlet,
        picture: Picture,
        *,
        alone: bool,
        codec: PositionCodec,
        schemas: WriterSchemas,
        rejections: Rejections,
        clock: Clock,
        metrics: GatewayMetrics,
        tracing: Tracing | None = None,
    ) -> None:
        self._ticking = asyncio.Lock()
        self._tracing = tracing
        self._log = log
        self._outlet = outlet
        self._alone = alone
        self._codec = codec
        self._schemas = schemas
        self._rejections = rejections
        self._clock = clock
        self._metrics = metrics
        self._owned: dict[int, _Owned] = {}
        self._resumes: dict[int, Resume] = {}
        self._tick_ms = round(settings.tick_s * 1000)
        self._ticks_per_key = max(1, round(settings.key_frame_interval_s / settings.tick_s))
        self._time_to_live_ms = round(settings.time_to_live_s * 1000)
        self._max_aircraft = settings.limits.max_slots_per_shard
        self._picture = picture
        self._moved = MovedAircraft(picture, self._time_to_live_ms)

    async def run(self) -> None:
        """Read and publish until cancelled.

        Raises:
            SharingError: the outlet is away, alone or in a group.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(), name="ingest: read")
            tasks.create_task(self._publish(), name="ingest: publish")
            tasks.create_task(self._schemas.run(self._hear_held), name="ingest: schemas")

    async def _read(self) -> None:
        failures = 0
        while True:
            try:
                async with self._log.read(
                    replay_ms=self._time_to_live_ms, resume_at=self._resume_at, alone=self._alone
                ) as events:
                    async for event in events:
                        await self._act(event)
                        failures = 0
            except SharingError:
                raise
            except BusError as error:
                _LOG.warning("positions cannot be read, next try in %.0f s: %s", BACKOFF.wait_s(failures + 1), error)
            self._owned.clear()
            failures += 1
            await self._clock.sleep_ms(round(BACKOFF.wait_s(failures) * 1000))

    async def _resume_at(self, shard: int) -> int | None:
        resume = await self._outlet.resume(shard)
        if resume is None:
            self._resumes.pop(shard, None)
            return None
        self._resumes[shard] = resume
        return resume.next_offset

    async def _act(self, event: LogEvent) -> None:
        match event:
            case ShardAssigned(shard, end_offset):
                await self._own(shard, end_offset)
            case ShardRevoked(shard):
                self._owned.pop(shard, None)
                _LOG.info("shard %d is another's", shard)
            case Records(shard, records):
                # A tick goes first: whoever reads on meanwhile makes every viewer wait.
                async with self._ticking:
                    self._hear(shard, records)
                # A long run of records must not keep sockets and probes waiting.
                await asyncio.sleep(0)

    async def _own(self, shard: int, end_offset: int) -> None:
        epoch = await self._outlet.next_epoch(shard)
        resume = self._resumes.pop(shard, None)
        owner = ShardOwner(
            shard,
            epoch,
            tick_interval_ms=self._tick_ms,
            time_to_live_ms=self._time_to_live_ms,
            max_aircraft=self._max_aircraft,
            table=None if resume is None else resume.table,
        )
        now_ms = self._clock.now_ms()
        shown_at_ms = now_ms + LONGEST_SILENCE_MS
        self._moved.look_on(now_ms)
        self._owned[shard] = _Owned(owner, 0 if resume is None else resume.next_offset, end_offset, shown_at_ms)
        _LOG.info("shard %d is ours, epoch %d, going on with %d aircraft", shard, epoch, len(owner.fleet))

    def _hear(self, shard: int, records: Sequence[StoredRecord]) -> None:
        owned = self._owned.get(shard)
        if owned is None:
            return
        self._metrics.kafka_records.inc(len(records))
        now_ms = self._clock.now_ms()
        rejected = [
            refused for record in records if (refused := self._take(owned.owner, record, now_ms, may_wait=True))
        ]
        if self._tracing is not None:
            self._trace(self._tracing, owned, records)
        owned.next_offset = records[-1].offset + 1
        self._refuse(rejected)

    def _trace(self, tracing: Tracing, owned: _Owned, records: Sequence[StoredRecord]) -> None:
        for record in records:
            if record.headers and len(owned.traced) < MAX_TRACED:
                with tracing.reading(record.headers, shard=owned.owner.shard, offset=record.offset) as context:
                    if context is not None:
                        owned.traced.append(context)

    def _hear_held(self, held: Sequence[HeldRecord]) -> None:
        """Read records whose schema is known by now, or never will be."""
        now_ms = self._clock.now_ms()
        rejected = [
            refused
            for shard, record in held
            if (owned := self._owned.get(shard)) is not None
            and (refused := self._take(owned.owner, record, now_ms, may_wait=False))
        ]
        self._refuse(rejected)

    def _take(self, owner: ShardOwner, record: StoredRecord, now_ms: int, *, may_wait: bool) -> RejectedRecord | None:
        """Hear one record; return what to keep of one that is refused."""
        try:
            position = self._codec.decode(record.value)
            refuse_out_of_range(position, now_ms, now_ms - self._time_to_live_ms)
            owner.hear(position)
        except RecordRefusedError as error:
            if may_wait and error.reason == "schema_unknown" and self._schemas.hold(owner.shard, record):
                return None
            return RejectedRecord(error.reason, error.detail, _ROLE, record.key, record.value, timestamp_ms=now_ms)
        return None

    def _refuse(self, rejected: Sequence[RejectedRecord]) -> None:
        if rejected:
            _LOG.debug("refused %d records, the first: %s", len(rejected), rejected[0].detail)
            self._rejections.add(rejected)

    async def _publish(self) -> None:
        last_ms, is_set_back = 0, False
        while True:
            due_ms = (self._clock.now_ms() // self._tick_ms + 1) * self._tick_ms
            await self._clock.sleep_until(due_ms)
            if due_ms <= last_ms:
                # No reader takes a tick of the past.
                if not is_set_back:
                    is_set_back = True
                    back_s = (last_ms + self._tick_ms - due_ms) / 1000
                    _LOG.warning("the clock was set back by about %.0f s: no tick is given until it is over", back_s)
                continue
            last_ms, is_set_back = due_ms, False
            self._show_lag()
            self._moved.note_shards(self._log.shards, due_ms)
            async with self._ticking:
                await self._give_all(due_ms)

    async def _give_all(self, tick_ms: int) -> None:
        turn_began_s = time.perf_counter()
        for owned in list(self._owned.values()):
            shard = owned.owner.shard
            if owned.is_due(tick_ms, self._picture.newest_position_ms(shard), has_held=self._schemas.holds(shard)):
                await self._give(owned, tick_ms)
            # Giving way after each shard would spread a tick out: readers wait for its last shard.
            if time.perf_counter() - turn_began_s > LONGEST_TURN_S:
                await asyncio.sleep(0)
                turn_began_s = time.perf_counter()

    async def _give(self, owned: _Owned, tick_ms: int) -> None:
        traced, owned.traced = owned.traced, []
        if self._tracing is None or not traced:
            await self._outlet.give(self._tick(owned, tick_ms))
            return
        sequence = owned.owner.sequence + 1
        with self._tracing.showing(traced, shard=owned.owner.shard, sequence=sequence) as span:
            tick = self._tick(owned, tick_ms)
            span.set_attribute("frame_bytes", len(tick.frame))
            await self._outlet.give(tick)

    def _show_lag(self) -> None:
        self._metrics.kafka_lag.clear()
        for shard, records in self._log.lag().items():
            self._metrics.kafka_lag.labels(str(shard)).set(records)

    def _tick(self, owned: _Owned, tick_ms: int) -> Tick:
        owner = owned.owner
        owner.fleet.forget(self._moved.gone(owner.shard, owner.fleet.aircraft, tick_ms))
        frame = self._timed("delta" if owner.sequence >= 0 else "key", lambda: owner.tick(tick_ms))
        key = None
        if owner.sequence % self._ticks_per_key == 0:
            key = frame if owner.sequence == 0 else self._timed("key", owner.key_frame)
        return Tick(owner.shard, owner.epoch, owner.sequence, frame, key, owned.next_offset)

    def _timed(self, kind: str, encode: Callable[[], bytes]) -> bytes:
        started_s = time.perf_counter()
        frame = encode()
        self._metrics.frame_encode_seconds.labels(kind).observe(time.perf_counter() - started_s)
        self._metrics.frame_bytes.labels(kind).observe(len(frame))
        return frame
