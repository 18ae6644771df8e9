"""The bus in a cluster: positions on Kafka, frames and sessions on Redis.

A role creates it from its settings, opens it, and passes it to `run`, like the bus in memory. Opening fails without
Kafka, which has the positions, but not without Redis: roles work alone until Redis is available again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from flighttracker.bus.base import BrokerVolume, StoreMemory
from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog, KafkaRejectedLog, broker_volumes
from flighttracker.bus.redis import (
    RedisConnection,
    RedisFrameRelay,
    RedisFrameStore,
    RedisSchemaCache,
    RedisSessions,
    RedisSourceReports,
    redis_memory,
)
from flighttracker.clock import Clock, SystemClock
from flighttracker.errors import SharingError
from flighttracker.settings import KafkaSettings, RedisSettings

_logger = logging.getLogger(__name__)


class KafkaLogs:
    """The logs of positions and of rejected records; `open` connects to Kafka.

    Args:
        settings: how to reach Kafka.
        clock: gives the time from which `replay_ms` is counted back; the system clock by default.
    """

    def __init__(self, settings: KafkaSettings, *, clock: Clock | None = None) -> None:
        self._connection = KafkaConnection(settings)
        self.positions = KafkaPositionLog(self._connection, clock or SystemClock())
        self.rejected = KafkaRejectedLog(self._connection)

    async def open(self) -> None:
        """Connect, and create or check the topics. After an error it may be opened again, or closed.

        Raises:
            StartError: addresses, secrets or topics are wrong, and the user must fix them.
            BusError: Kafka does not answer.
        """
        await self._connection.open()
        await self.positions.open()

    async def close(self) -> None:
        """Close every connection."""
        await self._connection.close()


class GeneratorBus(KafkaLogs):
    """The parts of a generator: the logs, and the reports of its sources on Redis; `open` connects to both.

    Args:
        kafka: how to reach Kafka.
        redis: how to reach Redis.
        clock: for the start of new readers, for epochs and for expiry; the system clock by default.
    """

    def __init__(self, kafka: KafkaSettings, redis: RedisSettings, *, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        super().__init__(kafka, clock=clock)
        self._redis = RedisConnection(redis)
        self.sources = RedisSourceReports(self._redis)

    async def open(self) -> None:
        """Connect to Redis, if it is available, and to Kafka as in `KafkaLogs.open`."""
        try:
            await self._redis.open()
        except SharingError as error:
            _logger.warning("continuing without Redis until it is available: %s", error)
        await super().open()

    async def close(self) -> None:
        """Close every connection."""
        await super().close()
        await self._redis.close()


class ServerBus(GeneratorBus):
    """All parts of the bus on real servers; see `GeneratorBus`."""

    def __init__(self, kafka: KafkaSettings, redis: RedisSettings, *, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        super().__init__(kafka, redis, clock=clock)
        self.relay = RedisFrameRelay(self._redis)
        self.frames = RedisFrameStore(self._redis, clock)
        self.schemas = RedisSchemaCache(self._redis)
        self.sessions = RedisSessions(self._redis, clock)
        self.usage = KafkaRedisUsage(self._connection, self._redis)


class KafkaRedisUsage:
    """See `bus.base.ServerUsage`."""

    def __init__(self, kafka: KafkaConnection, redis: RedisConnection) -> None:
        self._kafka = kafka
        self._redis = redis

    async def volumes(self) -> Sequence[BrokerVolume]:
        """Return one volume of each broker."""
        return await broker_volumes(self._kafka)

    async def memory(self) -> StoreMemory | None:
        """Return the memory of Redis."""
        return await redis_memory(self._redis)
