"""OpenSky's REST state vectors as a source: https://openskynetwork.github.io/opensky-api/rest.html

One request each interval. Without credentials it asks anonymously, which OpenSky limits to 400 credits a day. However
the server answers, the source goes on; see `polling`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import aiohttp

from flighttracker.bounding_box import BoundingBox
from flighttracker.clock import Clock
from flighttracker.errors import SourceError
from flighttracker.flight import FlightPosition
from flighttracker.settings import OpenSkySource
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.http import request
from flighttracker_generator.sources.opensky_states import SOURCE, read_states
from flighttracker_generator.sources.opensky_token import TokenKeeper, read_credentials
from flighttracker_generator.sources.polling import Novelty, poll


class OpenSky:
    """A `Source` of OpenSky's positions."""

    def __init__(
        self, settings: OpenSkySource, clock: Clock, metrics: GeneratorMetrics, *, replica: int = 0, replicas: int = 1
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._replica, self._replicas = replica, replicas

    async def batches(self) -> AsyncGenerator[list[FlightPosition], None]:
        """Yield the new positions of each answer.

        Raises:
            StartError: a file with credentials is missing.
        """
        settings = self._settings
        tokens = None
        if settings.credentials_directory:
            directory = Path(settings.credentials_directory)
            read_credentials(directory)
            tokens = TokenKeeper(settings.token_url, directory, self._clock)
        timeout = aiohttp.ClientTimeout(total=settings.request_timeout_s)
        novelty = Novelty(self._replica, self._replicas, tolerance_ms=0)
        async with aiohttp.ClientSession(timeout=timeout) as session:

            async def ask() -> Answer:
                return await self._ask(session, tokens)

            polling = poll(SOURCE, ask, novelty, self._clock, settings.interval_s, self._metrics)
            async with aclosing(polling) as batches:
                async for batch in batches:
                    yield batch

    async def _ask(self, session: aiohttp.ClientSession, tokens: TokenKeeper | None) -> Answer:
        headers = {} if tokens is None else {"Authorization": f"Bearer {await tokens.token(session)}"}
        try:
            body = await request(
                session,
                "GET",
                self._settings.url,
                now_ms=self._clock.now_ms(),
                max_bytes=self._settings.max_answer_bytes,
                params=area_parameters(self._settings.bounding_box),
                headers=headers,
            )
        except SourceError as error:
            if tokens is not None and error.reason == "unauthorized":
                tokens.forget()
            raise
        answer = read_states(body)
        box = self._settings.bounding_box
        return answer if box is None else answer.inside(box)


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
