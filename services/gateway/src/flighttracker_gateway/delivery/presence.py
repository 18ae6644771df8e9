"""Once a second: says how many viewers this gateway has, learns how many the tracker has, and tells them what changed.

It also closes the viewers that are behind for too long, which must happen when no tick comes, too. `run` starts it.
When the sessions are away, a gateway counts its own viewers: a smaller number is better than none.
"""

from __future__ import annotations

import logging
import secrets
from typing import Final

from flighttracker.bus.base import Sessions
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker_gateway.delivery.hub import Hub
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.picture.staleness import Staleness

INTERVAL_MS: Final = 1_000

_logger = logging.getLogger(__name__)


class Presence:
    """Keeps viewers and staleness known to everyone.

    Attributes:
        viewers: viewers of the whole tracker as of the last look.
    """

    def __init__(
        self, sessions: Sessions, hub: Hub, staleness: Staleness, clock: Clock, metrics: GatewayMetrics
    ) -> None:
        self.viewers = 0
        self._sessions = sessions
        self._hub = hub
        self._staleness = staleness
        self._clock = clock
        self._metrics = metrics
        self._pod = secrets.token_hex(8)
        self._told: tuple[int, list[int]] = (0, [])

    async def run(self) -> None:
        """Look once a second until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep_ms(INTERVAL_MS)

    async def look(self) -> None:
        """Look once, and tell the viewers when something changed."""
        self._hub.close_overdue()
        self.viewers = await self._count()
        stale = self._staleness.stale_shards()
        self._metrics.stale_shards.set(len(stale))
        if (self.viewers, stale) != self._told:
            # A stale shard sends no tick that could carry the news.
            at_once = bool(stale) or stale != self._told[1]
            self._told = (self.viewers, stale)
            await self._hub.announce(
                viewers=self.viewers,
                stale_shards=stale,
                stale_since_ms=self._staleness.stale_since_ms(),
                at_once=at_once,
            )

    async def _count(self) -> int:
        own = len(self._hub)
        try:
            await self._sessions.keep_alive(self._pod, own)
            return await self._sessions.viewers()
        except BusError as error:
            _logger.debug("cannot count the viewers of other gateways: %s", error)
            return own
