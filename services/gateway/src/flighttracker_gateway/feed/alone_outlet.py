"""`AloneOutlet`: keeps the frames of a gateway to itself while nothing can be shared.

It needs nothing outside this process: a shard resumes from the picture that viewers have, and frames go to the
gateway's own relay.
"""

from __future__ import annotations

from collections.abc import Callable

from flighttracker.clock import Clock
from flighttracker_gateway.owner.outlet import Resume, Tick
from flighttracker_gateway.picture.picture import Picture


class AloneOutlet:
    """Publishes to the viewers of this gateway only.

    Args:
        picture: what viewers see.
        resume_offsets: by shard, an offset before which every record is in the picture.
        take: takes frames.
        clock: gives the first epoch of a shard that was never seen.
    """

    def __init__(
        self, picture: Picture, resume_offsets: dict[int, int], take: Callable[[bytes], None], clock: Clock
    ) -> None:
        self._picture = picture
        self._resume_offsets = resume_offsets
        self._take = take
        self._clock = clock

    async def resume(self, shard: int) -> Resume | None:
        """Return a copy of the state in the picture."""
        known, offset = self._picture.shards.get(shard), self._resume_offsets.get(shard)
        return None if known is None or offset is None else Resume(known.table.copy(), offset)

    async def next_epoch(self, shard: int) -> int:
        """Return the epoch after that of the picture. The next shared epoch is greater still, because it is a time."""
        known = self._picture.shards.get(shard)
        return self._clock.now_ms() if known is None else known.epoch + 1

    async def publish(self, tick: Tick) -> None:
        """Show a tick to the viewers."""
        self._take(tick.frame)
        self._resume_offsets[tick.shard] = tick.next_offset
