"""OpenSky's REST state vectors as a source: https://openskynetwork.github.io/opensky-api/rest.html

One request an interval. Without credentials requests are anonymous, which OpenSky limits to 400 credits a day.
`extended=1` asks for the category, which tells surface vehicles from aircraft and costs nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from flighttracker.bounding_box import BoundingBox
from flighttracker.clock import Clock
from flighttracker.errors import SourceError
from flighttracker.settings import OpenSkySource
from flighttracker_generator.metrics import SourceMetrics
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.http_client import HttpClient
from flighttracker_generator.sources.opensky_credits import Credits
from flighttracker_generator.sources.opensky_states import read_states
from flighttracker_generator.sources.opensky_token import TokenKeeper, read_credentials
from flighttracker_generator.sources.polled import PolledSource

_logger = logging.getLogger(__name__)


class OpenSky(PolledSource[OpenSkySource]):
    """A `Source` of OpenSky's positions; see `PolledSource` for the arguments."""

    def __init__(self, settings: OpenSkySource, clock: Clock, metrics: SourceMetrics) -> None:
        super().__init__(settings, clock, metrics)
        self._credits = Credits()
        self._tokens = None
        if settings.credentials_directory:
            self._tokens = TokenKeeper(settings.token_url, Path(settings.credentials_directory), clock)

    def check(self) -> None:
        """Raise `StartError` when a file with credentials is missing."""
        if self._settings.credentials_directory:
            read_credentials(Path(self._settings.credentials_directory))

    async def ask(self, client: HttpClient) -> Answer:
        """Send one request, with a token when there are credentials."""
        settings = self._settings
        headers = {} if self._tokens is None else {"Authorization": f"Bearer {await self._tokens.token(client)}"}
        try:
            body = await request(
                client,
                "GET",
                settings.url,
                now_ms=self._clock.now_ms(),
                max_bytes=settings.max_answer_bytes,
                params=area_parameters(settings.bounding_box) | {"extended": "1"},
                headers=headers,
                take_headers=self._note_credits,
                hint="; the state vectors are at https://opensky-network.org/api/states/all",
            )
        except SourceError as error:
            if self._tokens is not None and error.reason == "unauthorized":
                self._tokens.forget()
            if error.reason == "http_status" and settings.bounding_box is not None:
                area = area_parameters(settings.bounding_box)
                raise SourceError(f"{error}, asked for the area {area}", reason="http_status") from error
            raise
        answer = read_states(body, vehicles=settings.vehicles)
        return answer if settings.bounding_box is None else answer.inside(settings.bounding_box)

    def _note_credits(self, headers: Mapping[str, str]) -> None:
        remark = self._credits.hear(headers, self._settings.interval_s)
        if remark:
            _logger.info("%s: %s", self.name, remark)
        if self._credits.remaining is not None:
            self._metrics.credits.set(self._credits.remaining)
            self._metrics.health.credits_remaining = self._credits.remaining


def area_parameters(box: BoundingBox | None) -> dict[str, str]:
    """Return the query parameters for an area.

    OpenSky has no areas across the antimeridian. For such a box all longitudes between its latitudes are requested, and
    positions outside the box are dropped from the answer.
    """
    if box is None:
        return {}
    west_deg, east_deg = (-180.0, 180.0) if box.crosses_antimeridian else (box.west_deg, box.east_deg)
    return {
        "lamin": f"{box.south_deg:g}",
        "lomin": f"{west_deg:g}",
        "lamax": f"{box.north_deg:g}",
        "lomax": f"{east_deg:g}",
    }
