"""Buffer of records between the source and the position log: bounded, in order, with retries.

`put` never waits. `send` appends the waiting records and retries until the bus accepts them, so every record is
appended at least once. If the bound is reached, the oldest records are dropped and counted, because newer positions of
the same aircraft replace them. `run` fills the buffer and runs `send`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Final

from flighttracker.backoff import Backoff
from flighttracker.bus.base import OutgoingRecord, PositionLog
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.waits import Waits

MAX_RECORDS_PER_APPEND: Final = 20_000
BACKOFF: Final = Backoff(first_s=0.5, longest_s=10.0)
_logger = logging.getLogger(__name__)


class Outbox:
    """Keeps records until the position log has accepted them."""

    def __init__(
        self, log: PositionLog, clock: Clock, metrics: GeneratorMetrics, max_records: int, waits: Waits | None = None
    ) -> None:
        self._log = log
        self._clock = clock
        self._metrics = metrics
        self._max_records = max_records
        self._waits = waits or Waits()
        self._chunks: deque[Sequence[OutgoingRecord]] = deque()
        self._waiting = 0
        self._removed = 0
        self._filled = asyncio.Event()
        self._overflowed = False

    def put(self, records: Sequence[OutgoingRecord]) -> None:
        """Add records; the oldest are dropped when there are more than the bound."""
        for start in range(0, len(records), MAX_RECORDS_PER_APPEND):
            self._add(records[start : start + MAX_RECORDS_PER_APPEND])
        excess = self._waiting - self._max_records
        if excess > 0:
            self._remove_oldest(excess)
            self._metrics.dropped.inc(excess)
            if not self._overflowed:
                self._overflowed = True
                _logger.warning("the bus is unavailable and %d records wait: the oldest are dropped", self._max_records)
        self._filled.set()

    async def send(self) -> None:
        """Append waiting records until cancelled."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            while self._waiting:
                await self._send_batch()

    async def _send_batch(self) -> None:
        failures = 0
        while True:
            # Selected again for each attempt, because `put` may have dropped the oldest meanwhile.
            batch = self._chunks[0]
            end = self._removed + len(batch)
            try:
                await self._log.append(batch)
            except BusError as error:
                self._waits.note("kafka", str(error))
                failures += 1
                wait_s = error.retry_after_s or BACKOFF.wait_s(failures)
                _logger.warning("could not append %d records (%s): next attempt in %.1f s", len(batch), error, wait_s)
                await self._clock.sleep_ms(round(wait_s * 1000))
                continue
            self._waits.note("kafka", "")
            # `put` may have dropped a part of the batch during the append.
            self._remove_oldest(end - self._removed)
            self._metrics.generated.inc(len(batch))
            self._overflowed = False
            return

    def _add(self, records: Sequence[OutgoingRecord]) -> None:
        """Add a chunk. Lists are joined, because small sources yield a few records at a time; blocks stay as they are.

        A chunk is never changed, because it may be in an append.
        """
        self._waiting += len(records)
        last = self._chunks[-1] if self._chunks else None
        if isinstance(last, list) and isinstance(records, list) and len(last) + len(records) <= MAX_RECORDS_PER_APPEND:
            self._chunks[-1] = last + records
        else:
            self._chunks.append(records)

    def _remove_oldest(self, count: int) -> None:
        left = max(count, 0)
        self._removed += left
        self._waiting -= left
        while left:
            oldest = self._chunks.popleft()
            if len(oldest) > left:
                self._chunks.appendleft(oldest[left:])
            left -= min(left, len(oldest))
