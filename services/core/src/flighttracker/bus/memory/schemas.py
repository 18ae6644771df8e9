"""Schemas that gateways keep for each other, of one process."""

from __future__ import annotations


class MemorySchemaCache:
    """Schemas of this process."""

    def __init__(self) -> None:
        self._schemas: dict[int, bytes] = {}

    async def put(self, schema_id: int, schema: bytes) -> None:
        """Keep a schema."""
        self._schemas[schema_id] = schema

    async def get(self, schema_id: int) -> bytes | None:
        """Return a schema."""
        return self._schemas.get(schema_id)
