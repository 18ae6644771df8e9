"""Where a gateway's picture comes from: shared with the other gateways, or made by itself while nothing can be shared.

Sharing: each gateway of the group owns some shards and relays the frames of all. When relay or store are away (Redis),
this gateway leaves the group, reads every shard itself and shows its own frames under epochs of its own; it goes on
from the picture that its viewers have, with the few records since. Each gateway decides for itself: one that cannot
reach Redis leaves its shards to those that can. When Redis has answered `CHECKS_UNTIL_BACK` times in a row, it shares
again. `run` starts it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from flighttracker.avro import LOCAL_SCHEMA_ID, PositionCodec
from flighttracker.bus.base import Bus
from flighttracker.clock import Clock
from flighttracker.errors import SharingError
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import GatewaySettings
from flighttracker.tracing import Tracing
from flighttracker_gateway.ingest import Ingest
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.outlet import AloneOutlet, Outlet, SharedOutlet
from flighttracker_gateway.picture import Picture
from flighttracker_gateway.rejections import Rejections
from flighttracker_gateway.relay import Relay
from flighttracker_gateway.schemas import WriterSchemas

CHECKS_UNTIL_BACK: Final = 3
"""Changing over costs a rebalance: not for a server that comes and goes."""

_logger = logging.getLogger(__name__)


class Feed:
    """Keeps the picture at the present, with others or alone.

    Args:
        settings: tick and intervals.
        bus: the log, and what is shared.
        schemas: the schema registry; None where records are written with the packaged schema under its local id.
        picture: what is kept at the present.
        relay: brings frames to the picture and to the viewers.
        clock: paces everything.
        metrics: says whether this gateway shares.
        tracing: goes on with the traces of records.

    Attributes:
        is_sharing: whether frames are shared with other gateways now.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        bus: Bus,
        schemas: SchemaRegistry | None,
        *,
        picture: Picture,
        relay: Relay,
        clock: Clock,
        metrics: GatewayMetrics,
        tracing: Tracing | None = None,
    ) -> None:
        self.is_sharing = True
        self._tracing = tracing
        self._settings = settings
        self._bus = bus
        self._picture = picture
        self._relay = relay
        self._clock = clock
        self._metrics = metrics
        self._tick_ms = round(settings.tick_s * 1000)
        self._key_interval_ms = round(settings.key_frame_interval_s * 1000)
        self._codec = PositionCodec(LOCAL_SCHEMA_ID if schemas is None else None)
        self._schemas = WriterSchemas(self._codec, schemas, bus.schemas, clock)
        self._rejections = Rejections(bus.rejected, clock, metrics)
        self._resume_offsets: dict[int, int] = {}

    async def run(self) -> None:
        """Follow the positions until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._rejections.run(), name="feed: rejections")
            tasks.create_task(self._take_turns(), name="feed: positions")

    async def _take_turns(self) -> None:
        while True:
            self._mark(is_sharing=True)
            try:
                await self._share()
            except* SharingError as errors:
                _logger.warning("going on alone, reading every shard: %s", _first(errors))
            self._mark(is_sharing=False)
            await self._go_on_alone()
            _logger.info("sharing frames with the other gateways again")

    async def _share(self) -> None:
        ingest = self._ingest(SharedOutlet(self._bus.frames, self._bus.relay), alone=False)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(ingest.run(), name="feed: ingest")
            tasks.create_task(self._relay.run(), name="feed: relay")
            tasks.create_task(self._note_offsets(), name="feed: offsets")

    async def _go_on_alone(self) -> None:
        outlet = AloneOutlet(self._picture, self._resume_offsets, self._relay.take, self._clock)
        ingest = self._ingest(outlet, alone=True)
        tasks = [
            asyncio.create_task(ingest.run(), name="feed: ingest alone"),
            asyncio.create_task(self._relay.flush(), name="feed: flush"),
            asyncio.create_task(self._until_back(), name="feed: until back"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        # The others' epochs may be lower than ours: what they share is right all the same.
        self._picture.restart()

    async def _until_back(self) -> None:
        answers = 0
        while answers < CHECKS_UNTIL_BACK:
            await self._clock.sleep_until(self._clock.now_ms() + self._tick_ms)
            try:
                await self._bus.relay.check()
                answers += 1
            except SharingError:
                answers = 0

    async def _note_offsets(self) -> None:
        """Learn from which offset this gateway could go on alone; the picture must be as new as the key frame."""
        while True:
            await self._clock.sleep_until(self._clock.now_ms() + self._key_interval_ms)
            for number, shard in list(self._picture.shards.items()):
                point = await self._bus.frames.get_key_point(number)
                if point is not None and (shard.epoch, shard.sequence) >= (point.epoch, point.sequence):
                    self._resume_offsets[number] = point.next_offset

    def _ingest(self, outlet: Outlet, *, alone: bool) -> Ingest:
        return Ingest(
            self._settings,
            self._bus.positions,
            outlet,
            alone=alone,
            codec=self._codec,
            schemas=self._schemas,
            rejections=self._rejections,
            clock=self._clock,
            metrics=self._metrics,
            tracing=self._tracing,
        )

    def _mark(self, *, is_sharing: bool) -> None:
        self.is_sharing = is_sharing
        self._metrics.sharing.set(is_sharing)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
