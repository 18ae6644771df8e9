"""`Rejections`: counts rejected records, and appends them to the log of rejected records in the background.

At most `MAX_WAITING` records of `MAX_WAITING_BYTES` wait while that log is unavailable; beyond that the oldest are
dropped and counted, so a flood of bad records costs bounded memory. `feed` runs it, and `log_reader` adds records.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Final

from flighttracker.bus.base import RejectedLog, RejectedRecord
from flighttracker.bus.record_size import rejected_bytes
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker_gateway.metrics import GatewayMetrics

MAX_WAITING: Final = 1_000
MAX_WAITING_BYTES: Final = 32 * 1024 * 1024
RETRY_MS: Final = 2_000

_logger = logging.getLogger(__name__)


class Rejections:
    """Counts rejected records at once, and appends them later."""

    def __init__(self, log: RejectedLog, clock: Clock, metrics: GatewayMetrics) -> None:
        self._log = log
        self._clock = clock
        self._metrics = metrics
        self._waiting: deque[RejectedRecord] = deque()
        self._waiting_bytes = 0
        self._added = asyncio.Event()

    def add(self, records: Sequence[RejectedRecord]) -> None:
        """Count records, and queue them for the log."""
        for record in records:
            self._metrics.rejected.labels(record.role, record.reason).inc()
        self._waiting.extend(records)
        self._waiting_bytes += sum(map(rejected_bytes, records))
        while len(self._waiting) > MAX_WAITING or self._waiting_bytes > MAX_WAITING_BYTES:
            self._pop_oldest()
            self._metrics.rejected_not_kept.inc()
        self._added.set()

    async def run(self) -> None:
        """Append queued records until cancelled."""
        while True:
            await self._added.wait()
            self._added.clear()
            while self._waiting:
                batch = list(self._waiting)
                try:
                    await self._log.append(batch)
                except BusError as error:
                    _logger.warning("could not append %d rejected records, retrying: %s", len(batch), error)
                    await self._clock.sleep_ms(RETRY_MS)
                    continue
                for record in batch:
                    # Some may have been dropped during the append.
                    if self._waiting and self._waiting[0] is record:
                        self._pop_oldest()

    def _pop_oldest(self) -> None:
        self._waiting_bytes -= rejected_bytes(self._waiting.popleft())
