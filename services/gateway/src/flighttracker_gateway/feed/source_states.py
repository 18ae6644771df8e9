"""`SourceStates`: the states of the tracker's sources, from the reports of its generators on the bus.

Read on request, at most once in `READ_MS` for all clients. While the bus is unavailable the last reports are kept; they
become old, and a source whose generator does not report is `unknown`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Final

from flighttracker.bus.base import SourceReports
from flighttracker.clock import Clock
from flighttracker.errors import SharingError
from flighttracker.settings import SourceSummary
from flighttracker.source_report import SourceReport, read_report

READ_MS: Final = 2_000
_logger = logging.getLogger(__name__)


class SourceStates:
    """The states of the sources.

    Args:
        sources: the sources of the tracker.
        reports: where generators report them.
        clock: the time.
    """

    def __init__(self, sources: tuple[SourceSummary, ...], reports: SourceReports, clock: Clock) -> None:
        self.sources = sources
        self._reports = reports
        self._clock = clock
        self._known: Mapping[str, bytes] = {}
        self._read_ms: int | None = None
        self._reading = asyncio.Lock()

    async def now(self) -> list[SourceReport]:
        """Return the state of each source, in the order of the resource."""
        async with self._reading:
            now_ms = self._clock.now_ms()
            if self.sources and (self._read_ms is None or not 0 <= now_ms - self._read_ms < READ_MS):
                self._read_ms = now_ms
                try:
                    self._known = await self._reports.get([source.name for source in self.sources])
                except SharingError as error:
                    _logger.debug("the states of sources are not renewed: %s", error)
        now_ms = self._clock.now_ms()
        return [read_report(source.name, self._known.get(source.name), now_ms) for source in self.sources]
