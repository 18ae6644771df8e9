"""Frames and sessions on one Redis. `connection` connects; each part of the bus has a module.

Guarantees: frames are transferred unchanged; every call ends within about twice `request_timeout_s`, whatever the
server does; after an outage, a server is used again without help. `bus.servers` combines the parts.
"""

from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.bus.redis.memory import redis_memory
from flighttracker.bus.redis.relay import RedisFrameRelay
from flighttracker.bus.redis.schemas import RedisSchemaCache
from flighttracker.bus.redis.sessions import RedisSessions
from flighttracker.bus.redis.source_reports import RedisSourceReports
from flighttracker.bus.redis.store import RedisFrameStore

__all__ = [
    "RedisConnection",
    "RedisFrameRelay",
    "RedisFrameStore",
    "RedisSchemaCache",
    "RedisSessions",
    "RedisSourceReports",
    "redis_memory",
]
