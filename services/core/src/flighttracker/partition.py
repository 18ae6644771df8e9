"""`shard_of` maps a record's key to its shard, with Kafka's default partitioner.

Kafka's Java client, librdkafka's `murmur2_random` and aiokafka all hash the key with murmur2 (seed 0x9747b28c) and take
the positive remainder. A producer with another partitioner would split an aircraft over two shards.
"""

from __future__ import annotations

from functools import lru_cache

_MASK = 0xFFFFFFFF
_MULTIPLIER = 0x5BD1E995


def murmur2(data: bytes) -> int:
    """Return the 32-bit murmur2 hash of `data` as Kafka computes it, unsigned."""
    length = len(data)
    value = (0x9747B28C ^ length) & _MASK
    whole = length - length % 4
    for at in range(0, whole, 4):
        block = int.from_bytes(data[at : at + 4], "little") * _MULTIPLIER & _MASK
        block = (block ^ (block >> 24)) * _MULTIPLIER & _MASK
        value = (value * _MULTIPLIER & _MASK) ^ block
    if whole < length:
        value = (value ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _MASK
    value = (value ^ (value >> 13)) * _MULTIPLIER & _MASK
    return value ^ (value >> 15)


@lru_cache(maxsize=262_144)
def shard_of(key: bytes, shards: int) -> int:
    """Return the shard of a key, 0 to `shards` - 1. Cached, because each position of an aircraft has the same key."""
    return (murmur2(key) & 0x7FFFFFFF) % shards
