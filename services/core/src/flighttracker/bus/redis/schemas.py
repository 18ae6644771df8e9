"""Writers' schemas by id: one string each, which expires some time after the last gateway that met it has ended."""

from __future__ import annotations

from typing import Any, Final

from flighttracker.bus.redis.connection import RedisConnection

EXPIRY_S: Final = 7 * 24 * 3_600


class RedisSchemaCache:
    """See `bus.base.SchemaCache`. Keys are `PREFIX:schema:ID`."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    async def put(self, schema_id: int, schema: bytes) -> None:
        """Keep a schema."""
        async with self._connection.asking("keep a schema"):
            await self._connection.client.set(self._connection.key("schema", schema_id), schema, ex=EXPIRY_S)

    async def get(self, schema_id: int) -> bytes | None:
        """Return a schema."""
        async with self._connection.asking("read a schema"):
            schema: Any = await self._connection.client.get(self._connection.key("schema", schema_id))
        return None if schema is None else bytes(schema)
