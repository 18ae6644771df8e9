"""`Ticker`: encodes one frame of every owned shard each tick and publishes it.

A shard has a frame each tick even when nothing changed, so readers know that it is alive. Ticks fall on whole multiples
of the interval, so the frames of all shards and gateways describe the same moments.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from flighttracker.bus.base import PositionLog
from flighttracker.clock import Clock
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.moved_aircraft import MovedAircraft
from flighttracker_gateway.owner.outlet import Outlet, Tick
from flighttracker_gateway.owner.owned_shard import OwnedShard
from flighttracker_gateway.owner.shown import ShownPositions

if TYPE_CHECKING:
    from flighttracker.tracing import Tracing

_logger = logging.getLogger(__name__)
LONGEST_TURN_S: Final = 0.02
"""How long encoding may keep sockets and probes waiting."""


class Ticker:
    """Publishes owned shards.

    Args:
        settings: tick, key frame interval and time to live.
        log: knows the number of shards and how far reading is behind.
        outlet: takes frames.
        owned: the owned shards by number.
        is_ticking: held during a tick.
        shown: what viewers of this gateway see.
        has_held: whether records of a shard wait for their schema.
        clock: decides when a tick is due.
        metrics: measures frames.
        tracing: continues the traces of records; None without tracing.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        log: PositionLog,
        outlet: Outlet,
        owned: Mapping[int, OwnedShard],
        is_ticking: asyncio.Lock,
        *,
        shown: ShownPositions,
        has_held: Callable[[int], bool],
        clock: Clock,
        metrics: GatewayMetrics,
        tracing: Tracing | None = None,
    ) -> None:
        self._log = log
        self._outlet = outlet
        self._owned = owned
        self._is_ticking = is_ticking
        self._shown = shown
        self._has_held = has_held
        self._clock = clock
        self._metrics = metrics
        self._tracing = tracing
        self._interval_ms = round(settings.tick_s * 1000)
        self._ticks_per_key = max(1, round(settings.key_frame_interval_s / settings.tick_s))
        self._moved = MovedAircraft(shown, round(settings.time_to_live_s * 1000))

    async def run(self) -> None:
        """Tick until cancelled.

        Raises:
            SharingError: the outlet is unavailable.
        """
        last_ms, is_set_back = 0, False
        while True:
            now_ms = self._clock.now_ms()
            due_ms = (now_ms // self._interval_ms + 1) * self._interval_ms
            await self._clock.sleep_until(due_ms, since_ms=now_ms)
            if due_ms <= last_ms:
                # No reader accepts a tick of the past.
                if not is_set_back:
                    is_set_back = True
                    back_s = (last_ms + self._interval_ms - due_ms) / 1000
                    _logger.warning("the clock was set back by about %.0f s: ticks pause until it catches up", back_s)
                continue
            last_ms, is_set_back = due_ms, False
            self._measure_lag()
            self._moved.note_shards(self._log.shards, due_ms)
            async with self._is_ticking:
                await self._tick_all(due_ms)

    async def _tick_all(self, tick_time_ms: int) -> None:
        turn_began_s = time.perf_counter()
        for owned in list(self._owned.values()):
            shard = owned.owner.shard
            if owned.is_due(tick_time_ms, self._shown.newest_position_ms(shard), has_held=self._has_held(shard)):
                await self._publish(owned, tick_time_ms)
            # Yielding after each shard would spread a tick out: readers wait for its last shard.
            if time.perf_counter() - turn_began_s > LONGEST_TURN_S:
                await asyncio.sleep(0)
                turn_began_s = time.perf_counter()

    async def _publish(self, owned: OwnedShard, tick_time_ms: int) -> None:
        traced, owned.traced = owned.traced, []
        if self._tracing is None or not traced:
            await self._outlet.publish(self._encode(owned, tick_time_ms))
            return
        sequence = owned.owner.sequence + 1
        with self._tracing.showing(traced, shard=owned.owner.shard, sequence=sequence) as span:
            tick = self._encode(owned, tick_time_ms, self._tracing.exemplar_of(span))
            span.set_attribute("flighttracker.frame_bytes", len(tick.frame))
            await self._outlet.publish(tick)

    def _encode(self, owned: OwnedShard, tick_time_ms: int, exemplar: dict[str, str] | None = None) -> Tick:
        owner = owned.owner
        owner.fleet.forget(self._moved.gone(owner.shard, owner.fleet.aircraft, tick_time_ms, owned.assigned_ms))
        frame = self._timed("delta" if owner.sequence >= 0 else "key", lambda: owner.tick(tick_time_ms), exemplar)
        key = None
        if owner.sequence % self._ticks_per_key == 0:
            key = frame if owner.sequence == 0 else self._timed("key", owner.key_frame)
        return Tick(owner.shard, owner.epoch, owner.sequence, frame, key, owned.next_offset)

    def _timed(self, kind: str, encode: Callable[[], bytes], exemplar: dict[str, str] | None = None) -> bytes:
        started_s = time.perf_counter()
        frame = encode()
        self._metrics.frame_encode_seconds.labels(kind).observe(time.perf_counter() - started_s, exemplar)
        self._metrics.frame_bytes.labels(kind).observe(len(frame), exemplar)
        return frame

    def _measure_lag(self) -> None:
        self._metrics.kafka_lag.clear()
        for shard, records in self._log.lag().items():
            self._metrics.kafka_lag.labels(str(shard)).set(records)
