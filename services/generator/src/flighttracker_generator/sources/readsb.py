"""A receiver as a source: `aircraft.json` of readsb, dump1090 or a tar1090 site, read at each interval.

However the receiver answers, the source goes on; see `polling`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import aiohttp

from flighttracker.clock import Clock
from flighttracker.flight import FlightPosition
from flighttracker.settings import ReadsbSource
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.polling import Novelty, poll
from flighttracker_generator.sources.readsb_aircraft import SOURCE, read_aircraft

TIME_TOLERANCE_MS: Final = 200
"""Ages are rounded to 0.1 s and the time of the file to 1 ms, so the same position seems to move in time a little."""


class Readsb:
    """A `Source` of one receiver's positions."""

    def __init__(
        self, settings: ReadsbSource, clock: Clock, metrics: GeneratorMetrics, *, replica: int = 0, replicas: int = 1
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._replica, self._replicas = replica, replicas

    async def batches(self) -> AsyncGenerator[list[FlightPosition], None]:
        """Yield the new positions of each answer."""
        settings = self._settings
        timeout = aiohttp.ClientTimeout(total=settings.request_timeout_s)
        novelty = Novelty(self._replica, self._replicas, tolerance_ms=TIME_TOLERANCE_MS)
        async with aiohttp.ClientSession(timeout=timeout) as session:

            async def ask() -> Answer:
                now_ms = self._clock.now_ms()
                body = await request(session, "GET", settings.url, now_ms=now_ms, max_bytes=settings.max_answer_bytes)
                return read_aircraft(body)

            polling = poll(SOURCE, ask, novelty, self._clock, settings.interval_s, self._metrics)
            async with aclosing(polling) as batches:
                async for batch in batches:
                    yield batch
