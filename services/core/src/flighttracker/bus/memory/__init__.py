"""The bus inside one process: what `flighttracker local` and most tests run on.

It keeps the promises of `bus.base` without a server. Each part is bounded: the log keeps the last `retained_records`
of a shard, a relay subscriber holds `relay_frames`, the store the last `recent_frames`, the rejected log the last
`rejected_records`. A log reader that falls out of retention goes on with the oldest record kept; how many it lost is in
`MemoryPositionLog.lost_records`.
"""

from __future__ import annotations

from flighttracker.bus.memory.logs import MemoryPositionLog, MemoryRejectedLog
from flighttracker.bus.memory.sharing import MemoryFrameRelay, MemoryFrameStore, MemorySchemaCache, MemorySessions
from flighttracker.clock import Clock, SystemClock

__all__ = ["MemoryBus", "MemoryFrameStore", "MemoryPositionLog", "MemorySessions"]


class MemoryBus:
    """All parts in one process.

    Args:
        shards: partitions of the log.
        retained_records: records that a shard of the log keeps.
        relay_frames: frames that a subscriber of the relay may be behind.
        recent_frames: delta frames that the store keeps for each shard.
        rejected_records: refused records that are kept.
        clock: decides how far back a new reader starts and names epochs; the machine's when None.
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

    async def close(self) -> None:
        """Nothing to let go of."""
