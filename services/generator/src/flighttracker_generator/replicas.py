"""Assigns each aircraft to one replica of the generator, identically on every machine."""

from __future__ import annotations

import zlib


def replica_of(icao24: str, replicas: int) -> int:
    """Return the replica that produces an aircraft, from 0 to `replicas - 1`."""
    return zlib.crc32(icao24.encode()) % replicas
