"""Where a gateway's picture comes from: shared with the other gateways, or made by itself while nothing can be shared.

Sharing: each gateway of the group owns some shards and relays the frames of all. When relay or store are away (Redis),
this gateway leaves the group, reads every shard itself and shows its own frames under epochs of its own; it goes on
from the picture that its viewers have, with the few records since. Each gateway decides for itself: one that cannot
reach Redis leaves its shards to those that can. When Redis has answered `CHECKS_UNTIL_BACK` times in a row, it joins
the others again, and goes on alone beside that until what is shared is as new as what its viewers see. `run` starts it.
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
from flighttracker_gateway.feed.alone_outlet import AloneOutlet
from flighttracker_gateway.feed.relay import Relay
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.outlet import Outlet, SharedOutlet
from flighttracker_gateway.owner.ownership import Ownership
from flighttracker_gateway.owner.rejections import Rejections
from flighttracker_gateway.owner.writer_schemas import SchemaLookup, WriterSchemas
from flighttracker_gateway.picture.picture import Picture

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
        self._lookup = None if schemas is None else SchemaLookup(schemas, bus.schemas)
        self._rejections = Rejections(bus.rejected, clock, metrics)
        self._resume_offsets: dict[int, int] = {}

    async def run(self) -> None:
        """Follow the positions until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._rejections.run(), name="feed: rejections")
            tasks.create_task(self._relay.flush(), name="feed: flush")
            tasks.create_task(self._take_turns(tasks), name="feed: positions")

    async def _take_turns(self, tasks: asyncio.TaskGroup) -> None:
        self._mark(is_sharing=True)
        alone: asyncio.Task[None] | None = None
        while True:
            # In a task of its own: a task group that fails may drop a cancellation that comes meanwhile.
            sharing = asyncio.create_task(self._share(alone), name="feed: sharing")
            try:
                await asyncio.wait({sharing})
            finally:
                sharing.cancel()
                await asyncio.wait({sharing})
            try:
                sharing.result()
            except* SharingError as errors:
                if self.is_sharing:
                    _logger.warning("going on alone, reading every shard: %s", _first(errors))
                else:
                    _logger.info("still alone: %s", _first(errors))
            if self.is_sharing:
                alone = tasks.create_task(self._go_on_alone(), name="feed: alone")
                self._mark(is_sharing=False)
            await self._until_back()

    async def _go_on_alone(self) -> None:
        outlet = AloneOutlet(self._picture, self._resume_offsets, self._relay.take, self._clock)
        await self._own(outlet, alone=True).run()

    async def _share(self, alone: asyncio.Task[None] | None) -> None:
        """Share until that fails.

        Args:
            alone: what feeds the viewers until what is shared is as new.
        """
        ownership = self._own(SharedOutlet(self._bus.frames, self._bus.relay), alone=False)
        async with asyncio.TaskGroup() as tasks:
            if alone is not None:
                self._relay.begin_beside()
                tasks.create_task(self._come_back(alone), name="feed: come back")
            tasks.create_task(ownership.run(), name="feed: ownership")
            tasks.create_task(self._relay.follow(), name="feed: relay")
            tasks.create_task(self._keep_for_later(), name="feed: keep")

    async def _come_back(self, alone: asyncio.Task[None]) -> None:
        await self._relay.caught_up()
        # In one step: no frame of ours may follow what the others share.
        alone.cancel()
        self._relay.take_over()
        self._mark(is_sharing=True)
        _logger.info("sharing frames with the other gateways again")
        await asyncio.wait({alone})

    async def _until_back(self) -> None:
        answers = 0
        while answers < CHECKS_UNTIL_BACK:
            await self._clock.sleep_ms(self._tick_ms)
            try:
                await self._bus.relay.check()
                answers += 1
            except SharingError:
                answers = 0

    async def _keep_for_later(self) -> None:
        """Learn from which offset this gateway could go on alone, and keep schemas for a gateway that starts."""
        while True:
            if self._lookup is not None:
                await self._lookup.share()
            await self._clock.sleep_ms(self._key_interval_ms)
            # The picture must be as new as the key frame.
            for number, shard in list(self._picture.shards.items()):
                point = await self._bus.frames.get_key_point(number)
                if point is not None and (shard.epoch, shard.sequence) >= (point.epoch, point.sequence):
                    self._resume_offsets[number] = point.next_offset

    def _own(self, outlet: Outlet, *, alone: bool) -> Ownership:
        return Ownership(
            self._settings,
            self._bus.positions,
            outlet,
            self._picture,
            alone=alone,
            codec=self._codec,
            schemas=WriterSchemas(self._codec, self._lookup, self._clock),
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
