"""`Feed`: keeps the gateway's picture up to date, by sharing frames with other gateways, or alone without Redis.

While sharing, each gateway of the group owns some shards and relays the frames of all. When the relay or the store
(Redis) is unavailable, this gateway leaves the group, reads every shard itself, and shows its own frames under its own
epochs. It continues from the picture that its viewers have, and reads only the records since then. Each gateway decides
for itself, so the shards of one that cannot reach Redis go to those that can.

When Redis has answered `CHECKS_UNTIL_SHARING` times in a row, the gateway joins the group again. It keeps feeding its
viewers alone until the shared frames are as new as the picture that they see. `run` starts it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from flighttracker.avro import LOCAL_SCHEMA_ID, PositionCodec
from flighttracker.bus.base import Bus
from flighttracker.clock import Clock
from flighttracker.errors import SharingError, first_cause
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.feed.alone_outlet import AloneOutlet
from flighttracker_gateway.feed.relay import Relay
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.outlet import Outlet, SharedOutlet
from flighttracker_gateway.owner.ownership import Ownership
from flighttracker_gateway.owner.rejections import Rejections
from flighttracker_gateway.owner.writer_schemas import SchemaLookup, WriterSchemas
from flighttracker_gateway.picture.picture import Picture

if TYPE_CHECKING:
    from flighttracker.tracing import Tracing

CHECKS_UNTIL_SHARING: Final = 3
"""Successful checks before the gateway shares again: each change costs a rebalance, and Redis may be flapping."""

_logger = logging.getLogger(__name__)


class Feed:
    """Keeps the picture up to date, sharing or alone.

    Args:
        settings: tick and intervals.
        bus: the log, the relay and the store.
        schemas: the schema registry; None when records are written with the packaged schema under its local id.
        picture: the picture that viewers see.
        relay: applies frames to the picture and broadcasts them.
        clock: the present.
        metrics: reports whether this gateway shares.
        tracing: continues the traces of records; None without tracing.

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
        self._tick_interval_ms = round(settings.tick_s * 1000)
        self._key_interval_ms = round(settings.key_frame_interval_s * 1000)
        self._codec = PositionCodec(LOCAL_SCHEMA_ID if schemas is None else None)
        self._lookup = None if schemas is None else SchemaLookup(schemas, bus.schemas)
        self._rejections = Rejections(bus.rejected, clock, metrics)
        self._resume_offsets: dict[int, int] = {}

    async def run(self) -> None:
        """Keep the picture up to date until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._rejections.run(), name="feed: rejections")
            tasks.create_task(self._relay.flush(), name="feed: flush")
            tasks.create_task(self._run_modes(tasks), name="feed: positions")

    async def _run_modes(self, tasks: asyncio.TaskGroup) -> None:
        self._set_sharing(is_sharing=True)
        alone: asyncio.Task[None] | None = None
        while True:
            # In its own task, because a failing task group may drop a cancellation that arrives meanwhile.
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
                    _logger.warning("cannot share frames, reading every shard alone: %s", first_cause(errors))
                else:
                    _logger.info("still cannot share frames: %s", first_cause(errors))
            if self.is_sharing:
                alone = tasks.create_task(self._feed_alone(), name="feed: alone")
                self._set_sharing(is_sharing=False)
            await self._until_sharing_works()

    async def _feed_alone(self) -> None:
        outlet = AloneOutlet(self._picture, self._resume_offsets, self._relay.show, self._clock)
        await self._ownership(outlet, alone=True).run()

    async def _share(self, alone: asyncio.Task[None] | None) -> None:
        """Share until that fails.

        Args:
            alone: the task that feeds the viewers until the shared frames are as new; None when there is none.
        """
        ownership = self._ownership(SharedOutlet(self._bus.frames, self._bus.relay, self._tracing), alone=False)
        async with asyncio.TaskGroup() as tasks:
            if alone is not None:
                self._relay.start_shadow()
                tasks.create_task(self._end_alone(alone), name="feed: end alone")
            tasks.create_task(ownership.run(), name="feed: ownership")
            tasks.create_task(self._relay.follow(), name="feed: relay")
            tasks.create_task(self._prepare_alone(), name="feed: prepare alone")

    async def _end_alone(self, alone: asyncio.Task[None]) -> None:
        await self._relay.caught_up()
        # Without awaiting between these: none of our own frames may follow the shared ones.
        alone.cancel()
        self._relay.show_shadow()
        self._set_sharing(is_sharing=True)
        _logger.info("sharing frames with the other gateways again")
        await asyncio.wait({alone})

    async def _until_sharing_works(self) -> None:
        answers = 0
        while answers < CHECKS_UNTIL_SHARING:
            await self._clock.sleep_ms(self._tick_interval_ms)
            try:
                await self._bus.relay.check()
                answers += 1
            except SharingError:
                answers = 0

    async def _prepare_alone(self) -> None:
        """Track the offsets that this gateway would continue from alone, and share schemas with starting gateways."""
        while True:
            if self._lookup is not None:
                await self._lookup.share()
            await self._clock.sleep_ms(self._key_interval_ms)
            # The offset is valid only if the picture is at least as new as the key frame.
            for number, shard in list(self._picture.shards.items()):
                point = await self._bus.frames.get_key_point(number)
                if point is not None and (shard.epoch, shard.sequence) >= (point.epoch, point.sequence):
                    self._resume_offsets[number] = point.next_offset

    def _ownership(self, outlet: Outlet, *, alone: bool) -> Ownership:
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

    def _set_sharing(self, *, is_sharing: bool) -> None:
        self.is_sharing = is_sharing
        self._metrics.sharing.set(is_sharing)
