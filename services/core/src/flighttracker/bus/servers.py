"""The bus in a cluster: positions on Kafka, frames and sessions on Redis.

A role makes it from its settings, opens it, and hands it to `run` as it would the one in memory. Kafka must answer to
open it, because the positions are there; Redis need not: a gateway without Redis goes on by itself, and uses it as soon
as it is back.
"""

from __future__ import annotations

import logging

from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog, KafkaRejectedLog
from flighttracker.bus.redis import RedisConnection, RedisFrameRelay, RedisFrameStore, RedisSchemaCache, RedisSessions
from flighttracker.clock import Clock, SystemClock
from flighttracker.errors import SharingError
from flighttracker.settings import KafkaSettings, RedisSettings

_logger = logging.getLogger(__name__)


class KafkaLogs:
    """The logs of positions and of refused records; nothing is connected before `open`.

    Args:
        settings: how to reach Kafka.
        clock: decides how far back a new reader starts; the machine's when None.
    """

    def __init__(self, settings: KafkaSettings, *, clock: Clock | None = None) -> None:
        self._connection = KafkaConnection(settings)
        self.positions = KafkaPositionLog(self._connection, clock or SystemClock())
        self.rejected = KafkaRejectedLog(self._connection)

    async def open(self) -> None:
        """Connect, and make or check the topics. After an error it may be opened again, or closed.

        Raises:
            StartError: something that a person must mend: addresses, secrets, topics.
            BusError: Kafka does not answer now.
        """
        await self._connection.open()
        await self.positions.open()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._connection.close()


class ServerBus(KafkaLogs):
    """All parts on real servers; nothing is connected before `open`.

    Args:
        kafka: how to reach Kafka.
        redis: how to reach Redis.
        clock: decides how far back a new reader starts, names epochs and expires sessions; the machine's when None.
    """

    def __init__(self, kafka: KafkaSettings, redis: RedisSettings, *, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        super().__init__(kafka, clock=clock)
        self._redis = RedisConnection(redis)
        self.relay = RedisFrameRelay(self._redis)
        self.frames = RedisFrameStore(self._redis, clock)
        self.schemas = RedisSchemaCache(self._redis)
        self.sessions = RedisSessions(self._redis, clock)

    async def open(self) -> None:
        """Connect to Redis if it is there, and to Kafka as `KafkaLogs.open` does."""
        try:
            await self._redis.open()
        except SharingError as error:
            _logger.warning("going on without Redis until it is back: %s", error)
        await super().open()

    async def close(self) -> None:
        """Let go of every connection."""
        await super().close()
        await self._redis.close()
