"""From the position log to frames: reads the shards that this gateway owns, and publishes one frame of each every tick.

The shell around `ShardOwner`. Guarantees: a record that cannot be used is counted, kept and never stops the stream; a
tick is published even when nothing changed, so that readers know the shard is alive; ticks fall on whole multiples of
the interval, so that the frames of all shards and gateways describe the same moments. A new owner waits for its first
position, so that nobody is shown an empty sky while a log is read or a generator starts.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import Bus, Records, RejectedRecord, ShardAssigned, ShardRevoked, StoredKey, StoredRecord
from flighttracker.clock import Clock
from flighttracker.errors import RecordRefusedError
from flighttracker.flight import refuse_out_of_range
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.shard import ShardOwner

_LOG = logging.getLogger(__name__)
_ROLE = "gateway"
LONGEST_SILENCE_MS: Final = 10_000
"""How long a new owner waits for its first position before it shows that there is none."""
LONGEST_TURN_S: Final = 0.02
"""How long encoding may keep sockets and probes waiting."""


class Ingest:
    """Owns shards of the position log.

    Args:
        settings: tick, time to live and bounds.
        bus: positions come from it, frames go to it.
        clock: decides when a tick is due.
        metrics: counts records, refusals and frames.
    """

    def __init__(self, settings: GatewaySettings, bus: Bus, clock: Clock, metrics: GatewayMetrics) -> None:
        self._bus = bus
        self._clock = clock
        self._metrics = metrics
        self._codec = PositionCodec()
        self._owners: dict[int, ShardOwner] = {}
        self._silent_until_ms: dict[int, int] = {}
        self._tick_ms = round(settings.tick_s * 1000)
        self._ticks_per_key = max(1, round(settings.key_frame_interval_s / settings.tick_s))
        self._time_to_live_ms = round(settings.time_to_live_s * 1000)
        self._max_aircraft = settings.limits.max_slots_per_shard

    async def run(self) -> None:
        """Read and publish until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(), name="ingest: read")
            tasks.create_task(self._publish(), name="ingest: publish")

    async def _read(self) -> None:
        async with self._bus.positions.read(replay_ms=self._time_to_live_ms) as events:
            async for event in events:
                match event:
                    case ShardAssigned(shard):
                        epoch = await self._bus.frames.next_epoch(shard)
                        self._owners[shard] = ShardOwner(
                            shard,
                            epoch,
                            tick_interval_ms=self._tick_ms,
                            time_to_live_ms=self._time_to_live_ms,
                            max_aircraft=self._max_aircraft,
                        )
                        self._silent_until_ms[shard] = self._clock.now_ms() + LONGEST_SILENCE_MS
                        _LOG.info("shard %d is ours, epoch %d", shard, epoch)
                    case ShardRevoked(shard):
                        del self._owners[shard], self._silent_until_ms[shard]
                        _LOG.info("shard %d is another's", shard)
                    case Records(shard, records):
                        await self._hear(self._owners[shard], records)
                        # A long run of records must not keep sockets and probes waiting.
                        await asyncio.sleep(0)

    async def _hear(self, owner: ShardOwner, records: Sequence[StoredRecord]) -> None:
        now_ms = self._clock.now_ms()
        rejected: list[RejectedRecord] = []
        self._metrics.kafka_records.inc(len(records))
        for record in records:
            try:
                position = self._codec.decode(record.value)
                refuse_out_of_range(position, now_ms, now_ms - self._time_to_live_ms)
                owner.hear(position)
            except RecordRefusedError as error:
                self._metrics.rejected.labels(_ROLE, error.reason).inc()
                rejected.append(
                    RejectedRecord(error.reason, error.detail, _ROLE, record.key, record.value, timestamp_ms=now_ms)
                )
        if rejected:
            _LOG.debug("refused %d of %d records, the first: %s", len(rejected), len(records), rejected[0].detail)
            await self._bus.rejected.append(rejected)

    async def _publish(self) -> None:
        while True:
            due_ms = (self._clock.now_ms() // self._tick_ms + 1) * self._tick_ms
            await self._clock.sleep_until(due_ms)
            turn_began_s = time.perf_counter()
            for owner in list(self._owners.values()):
                if owner.has_something_to_show or due_ms >= self._silent_until_ms[owner.shard]:
                    await self._publish_shard(owner, due_ms)
                # Giving way after each shard would spread a tick out: readers wait for its last shard.
                if time.perf_counter() - turn_began_s > LONGEST_TURN_S:
                    await asyncio.sleep(0)
                    turn_began_s = time.perf_counter()

    async def _publish_shard(self, owner: ShardOwner, tick_ms: int) -> None:
        frame = self._timed("delta" if owner.sequence >= 0 else "key", lambda: owner.tick(tick_ms))
        frames = self._bus.frames
        if owner.sequence % self._ticks_per_key == 0:
            key = frame if owner.sequence == 0 else self._timed("key", owner.key_frame)
            await frames.put_key(owner.shard, StoredKey(key, 0))
        if owner.sequence > 0:
            await frames.put_recent(owner.shard, owner.epoch, owner.sequence, frame)
        await self._bus.relay.publish(owner.shard, frame)

    def _timed(self, kind: str, encode: Callable[[], bytes]) -> bytes:
        started_s = time.perf_counter()
        frame = encode()
        self._metrics.frame_encode_seconds.labels(kind).observe(time.perf_counter() - started_s)
        self._metrics.frame_bytes.labels(kind).observe(len(frame))
        return frame
