"""Simulated traffic as a source: ten times a second, those aircraft whose moment to report has come.

The first batch has every aircraft, so that the picture is complete at once. A step costs what `traffic` costs, on the
event loop: a few milliseconds at the default interval. The fleet is made in a thread when the first batch is asked for,
which takes about two seconds for 20,000 aircraft.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from flighttracker.clock import Clock
from flighttracker.flight import FlightPosition
from flighttracker.settings import SimulatedSource
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from flighttracker_generator.sources.base import steps

STEP_MS: Final = 100
"""Short, as aircraft do not wait for each other: all at once would keep the gateways busy just when they tick."""


class SimulatedTraffic:
    """A `Source` of simulated positions."""

    def __init__(self, settings: SimulatedSource, clock: Clock, *, replica: int = 0, replicas: int = 1) -> None:
        self._settings = settings
        self._clock = clock
        self._replica, self._replicas = replica, replicas

    async def batches(self) -> AsyncGenerator[list[FlightPosition], None]:
        """Yield a batch each step.

        Raises:
            StartError: nobody can be based in one of the countries.
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
                yield traffic.positions(rows, now_ms)
