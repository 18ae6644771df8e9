"""`Presence`: counts the viewers of all gateways once a second, and announces the count and stale shards to viewers.

It also closes the viewers that have been behind for too long, because that must happen even without ticks. While the
shared sessions are unavailable, it counts the viewers of this gateway: a smaller number is better than none.

`run` starts it.
"""

from __future__ import annotations

import logging
import secrets
from typing import Final

from flighttracker.bus.base import Sessions
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker_gateway.delivery.event_streams import EventStreams
from flighttracker_gateway.delivery.hub import Hub
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.staleness import Staleness

INTERVAL_MS: Final = 1_000

_logger = logging.getLogger(__name__)


class Presence:
    """Announces the number of viewers and the stale shards.

    Attributes:
        viewers: viewers of the whole tracker at the last count.
    """

    def __init__(
        self,
        sessions: Sessions,
        hub: Hub,
        events: EventStreams,
        staleness: Staleness,
        clock: Clock,
        metrics: GatewayMetrics,
    ) -> None:
        self.viewers = 0
        self._sessions = sessions
        self._hub = hub
        self._events = events
        self._staleness = staleness
        self._clock = clock
        self._metrics = metrics
        self._pod = secrets.token_hex(8)
        self._announced: tuple[int, list[int]] = (0, [])

    async def run(self) -> None:
        """Count and announce once a second until cancelled."""
        while True:
            await self.update()
            await self._clock.sleep_ms(INTERVAL_MS)

    async def update(self) -> None:
        """Count once, and announce the state when it changed."""
        self._hub.close_overdue()
        self.viewers = await self._count()
        stale = self._staleness.stale_shards()
        self._metrics.stale_shards.set(len(stale))
        self._events.look(stale, self._staleness.stale_since_ms())
        if (self.viewers, stale) != self._announced:
            # A stale shard has no ticks that the state could be sent with.
            at_once = bool(stale) or stale != self._announced[1]
            self._announced = (self.viewers, stale)
            await self._hub.announce(
                viewers=self.viewers,
                stale_shards=stale,
                stale_since_ms=self._staleness.stale_since_ms(),
                at_once=at_once,
            )

    async def _count(self) -> int:
        own = len(self._hub) + len(self._events)
        try:
            await self._sessions.keep_alive(self._pod, own)
            return await self._sessions.viewers()
        except BusError as error:
            _logger.debug("cannot count the viewers of other gateways: %s", error)
            return own
