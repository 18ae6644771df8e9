"""Frames and sessions on one Redis: `connection` reaches it, then one module for each part of the bus.

Guarantees: nothing is decoded, so frames are carried byte by byte; every call ends within about twice
`request_timeout_s`, whatever the server does; a server that comes back is used again without being told. `bus.servers`
puts the parts together.
"""

from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.bus.redis.relay import RedisFrameRelay
from flighttracker.bus.redis.schemas import RedisSchemaCache
from flighttracker.bus.redis.sessions import RedisSessions
from flighttracker.bus.redis.store import RedisFrameStore

__all__ = ["RedisConnection", "RedisFrameRelay", "RedisFrameStore", "RedisSchemaCache", "RedisSessions"]
