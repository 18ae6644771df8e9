"""`Ownership`: a log reader and a ticker over the same owned shards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import PositionLog
from flighttracker.clock import Clock
from flighttracker.settings import GatewaySettings
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.owner.log_reader import LogReader
from flighttracker_gateway.owner.outlet import Outlet
from flighttracker_gateway.owner.owned_shard import OwnedShard
from flighttracker_gateway.owner.rejections import Rejections
from flighttracker_gateway.owner.shown import ShownPositions
from flighttracker_gateway.owner.ticker import Ticker
from flighttracker_gateway.owner.writer_schemas import WriterSchemas

if TYPE_CHECKING:
    from flighttracker.tracing import Tracing


class Ownership:
    """Owns shards of the position log while `run` runs. Arguments as of `LogReader` and `Ticker`.

    Attributes:
        shards: the owned shards by number.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        log: PositionLog,
        outlet: Outlet,
        shown: ShownPositions,
        *,
        alone: bool,
        codec: PositionCodec,
        schemas: WriterSchemas,
        rejections: Rejections,
        clock: Clock,
        metrics: GatewayMetrics,
        tracing: Tracing | None = None,
    ) -> None:
        self.shards: dict[int, OwnedShard] = {}
        self._schemas = schemas
        is_ticking = asyncio.Lock()
        self._reader = LogReader(
            settings,
            log,
            outlet,
            self.shards,
            is_ticking,
            alone=alone,
            codec=codec,
            schemas=schemas,
            rejections=rejections,
            clock=clock,
            metrics=metrics,
            tracing=tracing,
        )
        self._ticker = Ticker(
            settings,
            log,
            outlet,
            self.shards,
            is_ticking,
            shown=shown,
            has_held=schemas.holds,
            clock=clock,
            metrics=metrics,
            tracing=tracing,
        )

    async def run(self) -> None:
        """Read and publish until cancelled.

        Raises:
            SharingError: the outlet is unavailable, alone or in a group.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._reader.run(), name="owner: log reader")
            tasks.create_task(self._ticker.run(), name="owner: ticker")
            tasks.create_task(self._schemas.run(self._reader.read_held), name="owner: schemas")
