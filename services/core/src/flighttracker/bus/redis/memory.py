"""How much memory Redis uses, from its command INFO."""

from __future__ import annotations

from typing import Any

from redis import exceptions

from flighttracker.bus.base import StoreMemory
from flighttracker.bus.redis.connection import RedisConnection


async def redis_memory(connection: RedisConnection) -> StoreMemory | None:
    """Return the memory of Redis; None if it does not let our user read it.

    Raises:
        SharingError: Redis does not answer.
    """
    async with connection.asking("read the memory of Redis"):
        try:
            info: dict[str, Any] = await connection.client.info()
        except exceptions.ResponseError:  # managed servers forbid commands, or rename them
            return None
    return StoreMemory(
        used_bytes=int(info.get("used_memory", 0)),
        limit_bytes=int(info.get("maxmemory", 0)),
        evicted_keys=int(info.get("evicted_keys", 0)),
        clients=int(info.get("connected_clients", 0)),
        is_saved=str(info.get("aof_last_write_status", "ok")) == "ok",
    )
