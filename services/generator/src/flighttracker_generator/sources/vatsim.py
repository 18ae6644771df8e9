"""VATSIM as a source: the data feed of a network of flight simulators, read once an interval.

https://vatsim.dev/api/data-api/get-network-data
"""

from __future__ import annotations

from flighttracker.settings import VatsimSource
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import HttpClient
from flighttracker_generator.sources.polled import PolledSource
from flighttracker_generator.sources.vatsim_pilots import read_pilots


class Vatsim(PolledSource[VatsimSource]):
    """A `Source` of the pilots' positions; see `PolledSource` for the arguments."""

    async def ask(self, client: HttpClient) -> Answer:
        """Send one request."""
        settings, now_ms = self._settings, self._clock.now_ms()
        hint = "; the feed is at https://data.vatsim.net/v3/vatsim-data.json"
        body = await request(client, "GET", settings.url, now_ms=now_ms, max_bytes=settings.max_answer_bytes, hint=hint)
        return read_pilots(body)
