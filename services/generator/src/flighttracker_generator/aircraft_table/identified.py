"""Adds what a table knows of each aircraft to the positions of a source. Called by `run`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final

from flighttracker.clock import Clock
from flighttracker.flight import FlightPosition
from flighttracker.settings import GeneratorSettings, SimulatedSource
from flighttracker_generator.aircraft_table.keeper import TableKeeper
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources import Source
from flighttracker_generator.sources.base import sources_of

SLICE: Final = 2_000
"""Positions that are looked up before other tasks run; this many take about 6 ms."""


def identified(source: Source, settings: GeneratorSettings, clock: Clock, metrics: GeneratorMetrics) -> Source:
    """Return the source, with the aircraft of its positions identified if the settings name a table.

    Simulated aircraft have made-up addresses, which belong to other aircraft in a table.
    """
    used = sources_of(settings)
    simulated = frozenset(one.name for one in used if isinstance(one, SimulatedSource))
    if settings.aircraft_table is None or len(simulated) == len(used):
        return source
    return IdentifiedSource(source, simulated, TableKeeper(settings.aircraft_table, clock, metrics))


class IdentifiedSource:
    """A `Source` that completes the positions of another one.

    Args:
        source: the other one.
        simulated: names of the sources whose aircraft are not looked up.
        keeper: has the table.
    """

    def __init__(self, source: Source, simulated: frozenset[str], keeper: TableKeeper) -> None:
        self._source = source
        self._simulated = simulated
        self._keeper = keeper

    async def batches(self) -> AsyncGenerator[Sequence[FlightPosition], None]:
        """Yield the positions of the source, as soon as they come: they do not wait for the table."""
        keeping = asyncio.create_task(self._keeper.run(), name="aircraft-table")
        try:
            async with aclosing(self._source.batches()) as batches:
                async for positions in batches:
                    if keeping.done():
                        await keeping
                    yield await self._identify(positions)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _identify(self, positions: Sequence[FlightPosition]) -> Sequence[FlightPosition]:
        table = self._keeper.table
        if not len(table):
            return positions
        known: list[FlightPosition] = []
        for start in range(0, len(positions), SLICE):
            known += [
                position if position.source in self._simulated else table.identify(position)
                for position in positions[start : start + SLICE]
            ]
            await asyncio.sleep(0)
        return known
