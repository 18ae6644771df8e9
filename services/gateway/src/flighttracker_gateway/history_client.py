"""`HistoryClient`: asks the tracker's historian what a client asked the gateway, and passes its answer on.

The gateway has checked the token and the limits before. `http.history_forwarding` uses it. A client that leaves ends
the request to the historian, which then stops reading.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from yarl import URL

from flighttracker.clock import Clock
from flighttracker_gateway.access.client_log import SampledLog
from flighttracker_gateway.access.client_slots import ClientSlots

UNIX: Final = "unix:"
"""Start of a `history_url` that is the path of a socket, which only this user can open."""
CONNECT_S: Final = 3.0
SILENCE_S: Final = 30.0
"""How long the historian may send nothing."""
MAX_PER_CLIENT: Final = 8
"""Answers of the history that one client gets at the same time."""
MAX_ANSWERS: Final = 64
"""Answers of the history at the same time, of all clients."""

_ASKED: Final = ("accept", "if-none-match")
_NOT_ASKED: Final = ("Accept-Encoding",)
"""The gateway compresses what it passes on."""
_logger = logging.getLogger(__name__)


class HistoryUnavailableError(Exception):
    """The historian does not answer."""


class HistoryClient:
    """Requests to one historian, or to several behind one address.

    Args:
        url: `http://HOST:PORT` of the historian, or `unix:PATH` of its socket; empty: the tracker keeps no history.
        clock: the time windows of the sampled log.

    Attributes:
        slots: the answers that are being passed on.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._log = SampledLog(_logger, clock)
        self._socket = url.removeprefix(UNIX) if url.startswith(UNIX) else ""
        # The name in a URL says nothing to a socket.
        self._url = "http://historian" if self._socket else url.rstrip("/")
        self.slots = ClientSlots(MAX_PER_CLIENT, MAX_ANSWERS)

    @property
    def is_kept(self) -> bool:
        """Whether the tracker keeps a history."""
        return bool(self._url)

    @asynccontextmanager
    async def ask(self, target: str, headers: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request to the historian, and return its answer when its head has come.

        Args:
            target: path and query string; encoded, as the client sent them.
            headers: the headers of the client's request.

        Raises:
            HistoryUnavailableError: there is no answer.
        """
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_read=SILENCE_S)
        asked = {name: headers[name] for name in _ASKED if name in headers}
        connector = aiohttp.UnixConnector(self._socket) if self._socket else aiohttp.TCPConnector()
        async with aiohttp.ClientSession(timeout=timeout, connector=connector, skip_auto_headers=_NOT_ASKED) as session:
            try:
                # Encoded already: a second time would change the meaning of a plus.
                url = URL(f"{self._url}{target}", encoded=True)
                response = await session.get(url, headers=asked, allow_redirects=False)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self._log.write(logging.WARNING, "unavailable", "the historian does not answer: %s", error)
                raise HistoryUnavailableError(str(error) or type(error).__name__) from error
            async with response:
                yield response
