"""Which replica of the generator an aircraft belongs to: the same on every machine, so replicas never produce twice."""

from __future__ import annotations

import zlib


def replica_of(icao24: str, replicas: int) -> int:
    """Return the number of the replica that produces an aircraft, from 0 to `replicas - 1`."""
    return zlib.crc32(icao24.encode()) % replicas
