"""`ServerUsageReader`: reads disk and memory of Kafka and Redis, for /metrics of this gateway.

So both are monitored with what every tracker has, also servers that somebody else runs: no exporter, no additional
image, and no way into the servers for anybody else. Every gateway reports the same numbers; the operator reads them
from one. A number that cannot be read any more disappears or is NaN, because an old one would look like a present one.

`run` starts it.
"""

from __future__ import annotations

import logging
from typing import Final

from flighttracker.bus.base import ServerUsage
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker_gateway.metrics import GatewayMetrics

INTERVAL_MS: Final = 15_000

_logger = logging.getLogger(__name__)


class ServerUsageReader:
    """Reads disk and memory of the servers.

    Args:
        usage: asks the servers.
        clock: paces the requests.
        metrics: shows the answers.
    """

    def __init__(self, usage: ServerUsage, clock: Clock, metrics: GatewayMetrics) -> None:
        self._usage = usage
        self._clock = clock
        self._metrics = metrics

    async def run(self) -> None:
        """Read every `INTERVAL_MS` until cancelled."""
        while True:
            await self.update()
            await self._clock.sleep_ms(INTERVAL_MS)

    async def update(self) -> None:
        """Read once."""
        await self._read_volumes()
        await self._read_memory()

    async def _read_volumes(self) -> None:
        try:
            volumes = await self._usage.volumes()
        except BusError as error:
            _logger.debug("%s", error)
            volumes = ()
        self._metrics.kafka_volume_size.clear()
        self._metrics.kafka_volume_free.clear()
        for volume in volumes:
            self._metrics.kafka_volume_size.labels(volume.broker).set(volume.total_bytes)
            self._metrics.kafka_volume_free.labels(volume.broker).set(volume.free_bytes)

    async def _read_memory(self) -> None:
        try:
            memory = await self._usage.memory()
        except BusError as error:
            _logger.debug("%s", error)
            memory = None
        metrics, unknown = self._metrics, float("nan")
        metrics.redis_memory.set(memory.used_bytes if memory else unknown)
        metrics.redis_memory_limit.set(memory.limit_bytes if memory else unknown)
        metrics.redis_evicted.set(memory.evicted_keys if memory else unknown)
        metrics.redis_connections.set(memory.clients if memory else unknown)
        metrics.redis_saved.set(memory.is_saved if memory else unknown)
