"""A receiver as a source: `aircraft.json` of readsb, dump1090 or a tar1090 site, read once an interval."""

from __future__ import annotations

from typing import Final

from flighttracker.settings import ReadsbSource
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import HttpClient
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.polled import PolledSource
from flighttracker_generator.sources.readsb_aircraft import read_aircraft
from flighttracker_generator.sources.web_pages import receiver_hint, usual_places

TIME_TOLERANCE_MS: Final = 200
"""Ages are rounded to 0.1 s and the time of the file to 1 ms, so the time of one position varies between answers."""


class Readsb(PolledSource[ReadsbSource]):
    """A `Source` of one receiver's positions; see `PolledSource` for the arguments."""

    tolerance_ms = TIME_TOLERANCE_MS

    async def ask(self, client: HttpClient) -> Answer:
        """Send one request."""
        settings, now_ms = self._settings, self._clock.now_ms()
        hint = receiver_hint(settings.url)
        body = await request(
            client,
            "GET",
            settings.url,
            now_ms=now_ms,
            max_bytes=settings.max_answer_bytes,
            hint=hint,
            not_found_hint=usual_places(settings.url),
        )
        wanted = Wanted(settings.vehicles, settings.non_icao_addresses)
        return read_aircraft(body, self._clock.now_ms(), wanted)
