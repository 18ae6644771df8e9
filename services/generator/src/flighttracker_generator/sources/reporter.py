"""Reports the states of this generator's sources to the gateways, and in its metrics. `run` starts it.

A report that cannot be stored is repeated with the next one; positions never wait for it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from flighttracker.bus.base import SourceReports
from flighttracker.clock import Clock
from flighttracker.errors import BusError
from flighttracker.source_report import REPORT_INTERVAL_MS, write_report
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.source_health import SourceHealth

LOOK_MS: Final = 1_000
"""How often the states are looked at; a change is reported at once."""
_logger = logging.getLogger(__name__)


async def report_sources(
    healths: Collection[SourceHealth], reports: SourceReports, clock: Clock, metrics: GeneratorMetrics
) -> None:
    """Report until cancelled."""
    reported_ms = 0
    states: dict[str, str] = {}
    is_failing = False
    while True:
        now_ms = clock.now_ms()
        found = [health.report(now_ms) for health in healths]
        before, states = states, {report.name: str(report.state) for report in found}
        if states != before or not 0 <= now_ms - reported_ms < REPORT_INTERVAL_MS:
            for report in found:
                metrics.show(report)
            try:
                await reports.put({report.name: write_report(report) for report in found})
                reported_ms, is_failing = now_ms, False
            except BusError as error:
                if not is_failing:
                    _logger.warning("cannot report the states of sources: %s", error)
                reported_ms, is_failing = now_ms, True
        await clock.sleep_ms(LOOK_MS)
