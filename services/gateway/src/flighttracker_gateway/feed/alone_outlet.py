"""`AloneOutlet`: passes frames to this gateway's viewers only, while the relay or the store is unavailable.

It uses nothing outside this process: a shard resumes from the picture that viewers have, and frames go directly to the
gateway's own `Relay`.
"""

from __future__ import annotations

from collections.abc import Callable

from flighttracker.clock import Clock
from flighttracker_gateway.owner.outlet import Resume, Tick
from flighttracker_gateway.picture.picture import Picture


class AloneOutlet:
    """Publishes to the viewers of this gateway only.

    Args:
        picture: the picture that viewers see.
        resume_offsets: by shard, an offset before which every record is in the picture.
        show: applies a frame to the picture and broadcasts it.
        clock: provides the epoch of a shard that is not in the picture.
    """

    def __init__(
        self, picture: Picture, resume_offsets: dict[int, int], show: Callable[[bytes], None], clock: Clock
    ) -> None:
        self._picture = picture
        self._resume_offsets = resume_offsets
        self._show = show
        self._clock = clock

    async def resume(self, shard: int) -> Resume | None:
        """Return a copy of the state in the picture."""
        shown, offset = self._picture.shards.get(shard), self._resume_offsets.get(shard)
        return None if shown is None or offset is None else Resume(shown.table.copy(), offset)

    async def next_epoch(self, shard: int) -> int:
        """Return the epoch after the picture's; the next shared epoch is greater, because it is a time."""
        shown = self._picture.shards.get(shard)
        return self._clock.now_ms() if shown is None else shown.epoch + 1

    async def publish(self, tick: Tick) -> None:
        """Show a tick to the viewers."""
        self._show(tick.frame)
        self._resume_offsets[tick.shard] = tick.next_offset
