"""The bus in a cluster: positions on Kafka, frames and sessions on Redis.

A role makes it from its settings, opens it, and hands it to `run` as it would the one in memory. Kafka must answer to
open it, because the positions are there; Redis need not: a gateway without Redis goes on by itself, and uses it as soon
as it is back.
"""

from __future__ import annotations

import logging

from flighttracker.bus.kafka import KafkaConnection, KafkaPositionLog, KafkaRejectedLog
from flighttracker.bus.redis import RedisConnection, RedisFrameRelay, RedisFrameStore, RedisSessions
from flighttracker.clock import Clock, SystemClock
from flighttracker.errors import BusError
from flighttracker.settings import KafkaSettings, RedisSettings

_logger = logging.getLogger(__name__)


class ServerBus:
    """All parts on real servers; nothing is connected before `open`.

    Args:
        kafka: how to reach Kafka.
        redis: how to reach Redis.
        clock: decides how far back a new reader starts, names epochs and expires sessions; the machine's when None.
    """

    def __init__(self, kafka: KafkaSettings, redis: RedisSettings, *, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        self._kafka = KafkaConnection(kafka)
        self._redis = RedisConnection(redis)
        self.positions = KafkaPositionLog(self._kafka, clock)
        self.rejected = KafkaRejectedLog(self._kafka)
        self.relay = RedisFrameRelay(self._redis)
        self.frames = RedisFrameStore(self._redis, clock)
        self.sessions = RedisSessions(self._redis, clock)

    async def open(self) -> None:
        """Connect, and make or check the topics. After an error it may be opened again, or closed.

        Raises:
            StartError: something that a person must mend: addresses, secrets, topics.
            BusError: Kafka does not answer now.
        """
        try:
            await self._redis.open()
        except BusError as error:
            _logger.warning("going on without Redis until it is back: %s", error)
        await self._kafka.open()
        await self.positions.open()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._kafka.close()
        await self._redis.close()
