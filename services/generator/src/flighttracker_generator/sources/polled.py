"""`PolledSource`, the base of sources that request JSON from an HTTP server at an interval.

A subclass sends one request (`ask`). This class has the session, the timeout and the `Timeline`; `polling` decides when
the next request is due.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Generic, TypeVar

from flighttracker.clock import Clock
from flighttracker.flight import FlightPosition
from flighttracker.settings import OpenSkySource, ReadsbSource, VatsimSource, VirtualRadarSource
from flighttracker_generator.metrics import SourceMetrics
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.http_client import HttpClient
from flighttracker_generator.sources.pause import Pause
from flighttracker_generator.sources.polling import poll
from flighttracker_generator.sources.timeline import Timeline

Settings = TypeVar("Settings", bound=OpenSkySource | ReadsbSource | VatsimSource | VirtualRadarSource)


class PolledSource(ABC, Generic[Settings]):
    """A `Source` that sends one request an interval.

    Args:
        settings: address, interval, timeout.
        clock: the time.
        metrics: counts.
    """

    tolerance_ms: int = 0
    """See `Timeline`."""

    def __init__(self, settings: Settings, clock: Clock, metrics: SourceMetrics) -> None:
        self.name = settings.name
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._pause = Pause(settings.access.state_directory, f"{settings.name} {settings.url}")

    async def batches(self) -> AsyncGenerator[list[FlightPosition], None]:
        """Yield the new positions of each answer.

        Raises:
            StartError: see `check`.
        """
        self.check()
        settings = self._settings
        timeline = Timeline(self.name, self.tolerance_ms)
        async with HttpClient(settings.access, settings.request_timeout_s) as client:
            client.check()
            ask = partial(self.ask, client)
            polling = poll(self.name, ask, timeline, self._clock, settings.interval_s, self._metrics, self._pause)
            async with aclosing(polling) as batches:
                async for batch in batches:
                    yield batch

    def check(self) -> None:
        """Raise `StartError` if something that the settings name is missing."""
        return

    @abstractmethod
    async def ask(self, client: HttpClient) -> Answer:
        """Send one request and return its answer; raises `SourceError`."""
