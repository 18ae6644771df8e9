"""The simulated source: ten times a second, it yields the aircraft that are due to report.

The first batch has every aircraft, so the map is complete at once. A step runs on the event loop and takes a few
milliseconds at the default interval. The first batch creates the fleet in a thread, which takes about two seconds for
20,000 aircraft.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from flighttracker.clock import Clock
from flighttracker.settings import SimulatedSource
from flighttracker_generator.position_batch import PositionBatch
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from flighttracker_generator.source_health import SourceHealth
from flighttracker_generator.sources.base import steps

STEP_MS: Final = 100
"""Short steps spread the load of the gateways over their tick."""


class SimulatedTraffic:
    """A `Source` of simulated positions."""

    def __init__(
        self,
        settings: SimulatedSource,
        clock: Clock,
        *,
        replica: int = 0,
        replicas: int = 1,
        health: SourceHealth | None = None,
    ) -> None:
        self._health = health
        self._settings = settings
        self._clock = clock
        self._replica, self._replicas = replica, replicas

    async def batches(self) -> AsyncGenerator[PositionBatch, None]:
        """Yield a batch each step.

        Raises:
            StartError: a country has no airport where aircraft can be based.
        """
        settings = self._settings
        fleet = await asyncio.to_thread(
            make_fleet, settings.aircraft, settings.countries, settings.seed, self._replica, self._replicas
        )
        traffic = Traffic(fleet)
        before_ms = 0
        async with aclosing(steps(self._clock, STEP_MS)) as moments:
            async for now_ms in moments:
                # Since 1970, each aircraft has been due at least once: the first batch has all of them.
                rows = traffic.due(before_ms, now_ms, settings.interval_s)
                before_ms = now_ms
                if self._health is not None:
                    self._health.answered(now_ms, settings.aircraft)
                yield traffic.batch(rows, now_ms, settings.name)
