"""uvicorn's HTTP protocol with bounds on heads and readers: whoever reaches the port might send or read slowly.

Gateways, which ask for their clients, send each head at once and read as fast as these do, within their own limits. A
NetworkPolicy keeps others out, if the cluster enforces it. Without these bounds, uvicorn waits forever for the first
request and for a client that does not read, and accepts a head of any length. `shares` bounds the questions of an
address. This relies on private attributes of uvicorn, as the gateway's `http.bounds` does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S: Final = 10.0
"""Time for the head of a request, from the connection or from the answer before it."""
MAX_HEAD_BYTES: Final = 64 * 1024
"""Longest head of a request; no route has a body."""
STALL_S: Final = 60.0
"""Time in which a client reads what uvicorn buffers for it, 48 KB: at least 0.8 KB a second."""
MAX_CONNECTIONS_PER_ADDRESS: Final = 128
"""A gateway needs one for each of the 64 answers that it passes on."""


_logger = logging.getLogger(__name__ + ".uvicorn")
# uvicorn logs a warning for each request that is malformed or one too many.
_logger.setLevel(logging.ERROR)


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 with bounds; `bounded_http` sets the class attribute without a default."""

    open_of: Counter[str]
    """Connections by address."""

    _counted_as = ""
    _received_bytes = 0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a head; abort the connection if its address has too many. A socket of a folder has no address."""
        super().connection_made(transport)
        self.logger = _logger
        self._counted_as = self.client[0] if self.client else ""
        self.open_of[self._counted_as] += 1
        if self._counted_as and self.open_of[self._counted_as] > MAX_CONNECTIONS_PER_ADDRESS:
            transport.abort()
        else:
            self._abort_in(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        self.open_of[self._counted_as] -= 1
        if not self.open_of[self._counted_as]:
            del self.open_of[self._counted_as]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse a part of a request; abort the connection if the request is too long."""
        self._received_bytes += len(data)
        if self._received_bytes > MAX_HEAD_BYTES:
            self.transport.abort()
        else:
            super().data_received(data)

    def on_headers_complete(self) -> None:
        """Begin an answer, which has no time limit while its client reads it; no gateway asks again before its end."""
        self._stop_timer()
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()
        else:
            super().on_headers_complete()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._abort_in(STALL_S)

    def resume_writing(self) -> None:
        """Go on: the client has read."""
        if self.cycle is not None and self.cycle.response_complete:
            self._abort_in(HEAD_S + STALL_S)
        else:
            self._stop_timer()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Expect the next head, or that the client reads the end of the answer."""
        self._received_bytes = 0
        self._abort_in(HEAD_S + STALL_S)
        super().on_response_complete()

    def _abort_in(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def bounded_http() -> type[asyncio.Protocol]:
    """Return the protocol class for uvicorn's `http=`."""
    return type("BoundedHttp", (BoundedHttp,), {"open_of": Counter()})
