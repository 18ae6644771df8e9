"""The bus in the memory of one process, for `flighttracker local` and most tests.

It gives the guarantees of `bus.base` without a server. Each part is bounded: the log keeps the last `retained_records`
of a shard, a relay subscriber buffers `relay_frames`, the store keeps the last `recent_frames`, and the rejected log
the last `rejected_records`. A log reader that falls out of retention continues with the oldest stored record;
`MemoryPositionLog.lost_records` counts the records that it missed.
"""

from __future__ import annotations

from flighttracker.bus.memory.logs import MemoryPositionLog, MemoryRejectedLog
from flighttracker.bus.memory.sharing import (
    MemoryFrameRelay,
    MemoryFrameStore,
    MemorySchemaCache,
    MemorySessions,
    MemorySourceReports,
    MemoryUsage,
)
from flighttracker.clock import Clock, SystemClock

__all__ = ["MemoryBus", "MemoryFrameStore", "MemoryPositionLog", "MemorySessions"]


class MemoryBus:
    """All parts of the bus in one process.

    Args:
        shards: partitions of the log.
        retained_records: most records in a shard of the log.
        relay_frames: most frames that a subscriber of the relay may be behind.
        recent_frames: most delta frames in the store for each shard.
        rejected_records: most rejected records.
        clock: for the start of new readers and for epochs; the system clock by default.
    """

    def __init__(
        self,
        shards: int,
        *,
        retained_records: int = 50_000,
        relay_frames: int = 1_024,
        recent_frames: int = 120,
        rejected_records: int = 1_000,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or SystemClock()
        self.positions = MemoryPositionLog(shards, retained_records, clock)
        self.rejected = MemoryRejectedLog(rejected_records)
        self.relay = MemoryFrameRelay(relay_frames)
        self.frames = MemoryFrameStore(recent_frames, clock)
        self.schemas = MemorySchemaCache()
        self.sessions = MemorySessions(clock)
        self.sources = MemorySourceReports()
        self.usage = MemoryUsage()

    async def close(self) -> None:
        """Do nothing: there are no connections."""
