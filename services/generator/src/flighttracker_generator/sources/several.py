"""`SeveralSources`: several sources as one, each at its own pace.

Each source runs in a task of its own. A source that waits or fails does not delay the others. `merge` decides which
positions are passed on. `base` creates it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final

from flighttracker.clock import Clock
from flighttracker.flight import FlightPosition
from flighttracker_generator.sources.base import Source
from flighttracker_generator.sources.merge import Merge

MAX_BATCHES: Final = 64
"""Batches that wait; further ones stay with their sources."""


class SeveralSources:
    """A `Source` of the merged positions of several sources.

    Args:
        sources: the sources, the best one first; none waits forever.
        clock: the time.
    """

    def __init__(self, sources: Sequence[Source], clock: Clock) -> None:
        self._sources = sources
        self._clock = clock

    async def batches(self) -> AsyncGenerator[list[FlightPosition], None]:
        """Yield what each batch of a source adds.

        Raises:
            StartError: something that the settings of a source name is missing.
        """
        merge = Merge()
        waiting: asyncio.Queue[tuple[int, list[FlightPosition]] | Exception] = asyncio.Queue(MAX_BATCHES)
        tasks = [
            asyncio.create_task(_forward(source, number, waiting), name=f"source-{number}")
            for number, source in enumerate(self._sources)
        ]
        try:
            while True:
                item = await waiting.get()
                if isinstance(item, Exception):
                    raise item
                yield merge.hear(*item, self._clock.now_ms())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _forward(
    source: Source, number: int, waiting: asyncio.Queue[tuple[int, list[FlightPosition]] | Exception]
) -> None:
    try:
        async with aclosing(source.batches()) as batches:
            async for positions in batches:
                await waiting.put((number, list(positions)))
    except Exception as error:  # noqa: BLE001 - raised again by `batches`
        await waiting.put(error)
