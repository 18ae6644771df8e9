"""The schema cache on Redis: one string for each writer's schema, which expires a week after it was last stored."""

from __future__ import annotations

from typing import Final

from flighttracker.bus.redis.connection import RedisConnection
from flighttracker.writer_schema import MAX_SCHEMA_BYTES

EXPIRY_S: Final = 7 * 24 * 3_600


class RedisSchemaCache:
    """See `bus.base.SchemaCache`. Keys are `PREFIX:schema:ID`."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    async def put(self, schema_id: int, schema: bytes) -> None:
        """Store a schema."""
        async with self._connection.asking("store a schema"):
            await self._connection.client.set(self._connection.key("schema", schema_id), schema, ex=EXPIRY_S)

    async def get(self, schema_id: int) -> bytes | None:
        """Return a stored schema; None if there is none."""
        key = self._connection.key("schema", schema_id)
        [schema] = await self._connection.read("read a schema", MAX_SCHEMA_BYTES, key)
        return schema
