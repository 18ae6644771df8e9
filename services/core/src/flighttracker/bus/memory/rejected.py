"""Refused records in a bounded list."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from flighttracker.bus.base import RejectedRecord


class MemoryRejectedLog:
    """The latest refused records in a bounded list."""

    def __init__(self, rejected_records: int) -> None:
        self._records: deque[RejectedRecord] = deque(maxlen=rejected_records)

    async def append(self, records: Sequence[RejectedRecord]) -> None:
        """Keep refused records."""
        self._records.extend(records)

    async def latest(self, count: int) -> Sequence[RejectedRecord]:
        """Return the latest refused records, newest first."""
        return [record for _, record in zip(range(count), reversed(self._records), strict=False)]
