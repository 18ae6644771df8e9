"""Virtual Radar Server as a source: `AircraftList.json`, read once an interval.

The whole list is requested each time. The server can also send what changed since an earlier answer (`ldv`), but a lost
answer would then mix old values with new ones.
"""

from __future__ import annotations

from flighttracker.clock import Clock
from flighttracker.settings import VirtualRadarSource
from flighttracker_generator.metrics import SourceMetrics
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import HttpClient
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.polled import PolledSource
from flighttracker_generator.sources.virtual_radar_list import Contacts, read_list


class VirtualRadar(PolledSource[VirtualRadarSource]):
    """A `Source` of one server's positions; see `PolledSource` for the arguments."""

    def __init__(self, settings: VirtualRadarSource, clock: Clock, metrics: SourceMetrics) -> None:
        super().__init__(settings, clock, metrics)
        self._contacts = Contacts()

    async def ask(self, client: HttpClient) -> Answer:
        """Send one request."""
        settings, now_ms = self._settings, self._clock.now_ms()
        hint = "; the list is usually at /VirtualRadar/AircraftList.json"
        body = await request(client, "GET", settings.url, now_ms=now_ms, max_bytes=settings.max_answer_bytes, hint=hint)
        wanted = Wanted(settings.vehicles, settings.non_icao_addresses)
        return read_list(body, self._clock.now_ms(), wanted, self._contacts)
