"""Keeps Python's garbage collector from stopping everybody.

A connection is about 120 objects that the collector looks at. A full collection of ten thousand connections stops the
event loop for a good part of a second, and while viewers come in there is one each time that their number has grown
by a quarter. So what has lived for a moment is put aside (`gc.freeze`, which costs nothing) and is not looked at again.

A connection that ends leaves cycles behind, some 15 KB, which only the collector can free. When so many have ended that
this counts, everything is looked at once. `run` starts it; it ends with everything as it was.
"""

from __future__ import annotations

import gc
from typing import Final

from flighttracker.clock import Clock
from flighttracker_gateway.websocket.admission import Admission

INTERVAL_MS: Final = 1_000
FEWEST_ENDED: Final = 1_000
"""Connections that have ended before a full collection is worth its pause: about 15 MB."""


class Garbage:
    """Puts aside what lives long, and collects when enough of it has died.

    Args:
        admission: counts connections.
        clock: paces it.
    """

    def __init__(self, admission: Admission, clock: Clock) -> None:
        self._admission = admission
        self._clock = clock
        self._ended_before = 0

    async def run(self) -> None:
        """Look once a second until cancelled."""
        try:
            while True:
                self.look()
                await self._clock.sleep_ms(INTERVAL_MS)
        finally:
            gc.unfreeze()

    def look(self) -> None:
        """Collect, if as many have ended as there are, and put aside what is left."""
        ended = self._admission.ended
        if ended - self._ended_before >= max(FEWEST_ENDED, self._admission.connections):
            self._ended_before = ended
            gc.unfreeze()
            gc.collect()
        gc.freeze()
