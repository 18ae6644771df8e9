"""`GarbageCollection`: prevents long pauses by Python's garbage collector.

A connection has about 120 objects that the collector tracks. A full collection with ten thousand connections stops the
event loop for a large part of a second, and while viewers connect one happens each time their number grows by a
quarter. Objects that survive a second are therefore frozen (`gc.freeze`, which costs nothing) and no longer examined.

A connection that ends leaves about 15 KB in cycles, which only the collector can free. When enough connections have
ended, everything is unfrozen and collected once. `run` starts it, and everything is unfrozen when it ends.
"""

from __future__ import annotations

import gc
from typing import Final

from flighttracker.clock import Clock
from flighttracker_gateway.websocket.admission import Admission

INTERVAL_MS: Final = 1_000
FEWEST_ENDED: Final = 1_000
"""Ended connections from which on a full collection is worth its pause: about 15 MB."""


class GarbageCollection:
    """Freezes long-lived objects, and collects them when enough connections have ended.

    Args:
        admission: counts connections.
        clock: paces the runs.
    """

    def __init__(self, admission: Admission, clock: Clock) -> None:
        self._admission = admission
        self._clock = clock
        self._ended_before = 0

    async def run(self) -> None:
        """Collect and freeze once a second until cancelled."""
        try:
            while True:
                self.collect_and_freeze()
                await self._clock.sleep_ms(INTERVAL_MS)
        finally:
            gc.unfreeze()

    def collect_and_freeze(self) -> None:
        """Collect, if as many connections have ended as are open, and freeze the remaining objects."""
        ended = self._admission.ended
        if ended - self._ended_before >= max(FEWEST_ENDED, self._admission.connections):
            self._ended_before = ended
            gc.unfreeze()
            gc.collect()
        gc.freeze()
