"""Disk and memory of the servers become metrics, and disappear when they cannot be read."""

from __future__ import annotations

import math
from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from flighttracker.bus.base import BrokerVolume, StoreMemory
from flighttracker.clock import SystemClock
from flighttracker.errors import BusError, SharingError
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.server_usage import ServerUsageReader


class Usage:
    """Answers of the servers, until they are unavailable."""

    available = True

    async def volumes(self) -> Sequence[BrokerVolume]:
        if not self.available:
            raise BusError("cannot read the size of the volumes at Kafka")
        return [BrokerVolume(1, 1_000, 300), BrokerVolume(2, 2_000, 100)]

    async def memory(self) -> StoreMemory | None:
        if not self.available:
            raise SharingError("cannot read the memory of Redis")
        return StoreMemory(used_bytes=10, limit_bytes=40, evicted_keys=3, clients=5, is_saved=False)


async def test_what_cannot_be_read_any_more_disappears() -> None:
    usage, registry = Usage(), CollectorRegistry()
    reader = ServerUsageReader(usage, SystemClock(), GatewayMetrics(registry))

    def shown(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert math.isnan(shown("flights_redis_memory_bytes") or 0.0)
    await reader.update()
    assert shown("flights_kafka_volume_size_bytes", broker="2") == 2_000
    assert shown("flights_kafka_volume_free_bytes", broker="2") == 100
    assert shown("flights_redis_memory_bytes") == 10
    assert shown("flights_redis_memory_limit_bytes") == 40
    assert shown("flights_redis_evicted_keys") == 3
    assert shown("flights_redis_saved") == 0
    usage.available = False
    await reader.update()
    assert shown("flights_kafka_volume_size_bytes", broker="2") is None
    assert math.isnan(shown("flights_redis_memory_bytes") or 0.0)
    assert math.isnan(shown("flights_redis_saved") or 0.0)
