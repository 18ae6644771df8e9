"""uvicorn's HTTP protocol with limits on time and size, against clients that send or read slowly or without end.

uvicorn itself waits forever for the first request, accepts a head of any length, and keeps a connection whose client
does not read the answer. Here a head must be complete within `request_head_s` and `max_request_bytes`, and an answer
must be read within `answer_s`. A connection that is to be closed is aborted after that time, even if its client does
not read. `shell` checks the size of a body, which no route reads.

This relies on private attributes of uvicorn, which `tests/unit/gateway/http/test_bounds.py` checks. `run` passes the
class to uvicorn.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, cast

from litestar.types import Receive
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from flighttracker.problem import PROBLEM_JSON, encode_problem
from flighttracker.settings import LimitSettings
from flighttracker_gateway.access.client_rates import client_of
from flighttracker_gateway.metrics import GatewayMetrics

ABORT: Final = "flighttracker.abort"
"""ASGI extension: a function that ends the connection because its answer takes too much memory."""
ENDLESS: Final = "flighttracker.endless"
"""ASGI extension: a function that lets the answer last, and returns one that ends it when its client does not read."""


def abort_of(scope: Any) -> Callable[[], None]:
    """Return the function that ends the connection of a request; one that does nothing for another server."""
    abort: Callable[[], None] = (scope.get("extensions") or {}).get(ABORT, lambda: None)
    return abort


async def until_disconnected(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


_logger = logging.getLogger(__name__ + ".uvicorn")
# uvicorn logs a warning for each malformed request; here they are counted.
_logger.setLevel(logging.ERROR)


MAX_OPEN_PER_ADDRESS: Final = 1_000
"""Open connections of one address that are not WebSockets. Each holds a file descriptor until a timer ends it, and a
process has a few thousand of those."""
MAX_HEADERS: Final = 128
"""Headers of a request, as many as the WebSocket library allows. 16 KB can have 2,900, which take 4 ms."""
MAX_OFFERS: Final = 64
"""Subprotocols and extensions that a handshake may offer. The library parses their lists, 1 ms for 400 of them."""
_OFFERS: Final = frozenset({b"sec-websocket-protocol", b"sec-websocket-extensions"})
_SEPARATORS: Final = re.compile(rb"[,;]")
MAX_PIPELINED: Final = 8
"""Requests that a connection may have sent before the answer to an earlier one is complete."""


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 for untrusted clients; `bounded_http` sets the class attributes without a default."""

    limits: LimitSettings
    metrics: GatewayMetrics
    open_of: Counter[str]
    """Open connections by address, without those that became WebSockets."""

    _counted_as = ""
    _is_in_head = True
    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None
    _answer_timer: asyncio.TimerHandle | None = None
    _answering: RequestResponseCycle | None = None
    """The request that is being answered; `cycle` is the one that was sent last."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer of the first head; abort the connection if its address has too many."""
        super().connection_made(transport)
        self._counted_as = client_of(self.client[0] if self.client else "")
        self.open_of[self._counted_as] += 1
        if self.open_of[self._counted_as] > MAX_OPEN_PER_ADDRESS:
            self.metrics.http_cut.labels("too_many").inc()
            transport.abort()
            return
        self.logger = _logger
        self._head_timer = self.loop.call_later(self.limits.request_head_s, self._head_is_too_slow)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes; a timer runs for every silent or slow connection."""
        if self.transport.is_closing():
            return
        if self._is_in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return
        if self._is_in_head and self._head_bytes > self.limits.max_request_bytes:
            most = self.limits.max_request_bytes
            self._refuse("head_too_long", 431, f"The head of a request may have {most} bytes.")
        elif not (self._head_timer or self._answer_timer or self.timeout_keep_alive_task):
            self._head_timer = self.loop.call_later(self.limits.request_head_s, self._head_is_too_slow)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, and one too many at most."""
        if len(self.headers) <= MAX_HEADERS:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the timer of the answer; abort the connection if too many requests wait for it."""
        if self.transport.is_closing():
            return
        if len(self.headers) > MAX_HEADERS:
            self._refuse_head(f"A request may have {MAX_HEADERS} headers.")
            return
        self._is_in_head = False
        self._stop_head_timer()
        if self._answer_timer is None:
            self._answer_timer = self.loop.call_later(self.limits.answer_s, self._answer_is_too_slow)
        self._add_host_of_target()
        cast("dict[str, Any]", self.scope)["extensions"] = {
            ABORT: self._abort_for_memory,
            ENDLESS: self._become_endless,
        }
        super().on_headers_complete()
        if len(self.pipeline) > MAX_PIPELINED:
            self._abort_for_order()
        elif self.pipeline:
            # uvicorn would stop reading, and not notice that the client leaves.
            self.flow.resume_reading()

    def _add_host_of_target(self) -> None:
        """Count the host of an absolute target (`GET http://host/`) as a further Host: `shell` rejects two of them."""
        if b"://" not in self.url:
            return
        authority = self.url.partition(b"://")[2].partition(b"/")[0].partition(b"?")[0]
        if any(name == b"host" and value.lower() != authority.lower() for name, value in self.headers):
            self.headers.append((b"host", authority))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Note the request that is answered."""
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        """Expect the head of the next request."""
        super().on_message_complete()
        self._is_in_head = True
        self._head_bytes = 0

    def on_response_complete(self) -> None:
        """Stop the timer of the answer, unless the connection is closing: its client may not be reading."""
        if self.transport.is_closing():
            super().on_response_complete()
            return
        self._stop_answer_timer()
        if self.pipeline:
            self._answer_timer = self.loop.call_later(self.limits.answer_s, self._answer_is_too_slow)
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, even if its client has not read the last answer."""
        super().timeout_keep_alive_handler()
        self.timeout_keep_alive_task = None
        self._stop_answer_timer()
        self._answer_timer = self.loop.call_later(self.limits.answer_s, self._answer_is_too_slow)

    def handle_websocket_upgrade(self) -> None:
        """Pass the connection to the WebSocket protocol, which has its own limits; abort it during an answer."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._abort_for_order()
            return
        if sum(len(_SEPARATORS.findall(value)) for name, value in self.headers if name in _OFFERS) > MAX_OFFERS:
            self._refuse_head(f"A handshake may offer {MAX_OFFERS} subprotocols and extensions.")
            return
        self._stop_head_timer()
        self._stop_answer_timer()
        self._stop_counting()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - replaced by a problem document
        """Answer bytes that are not HTTP with 400."""
        self.metrics.http_cut.labels("malformed").inc()
        self.transport.write(_error(400, "The request is not valid HTTP."))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timers, and tell the request that is answered: uvicorn tells the one that was sent last."""
        self._stop_head_timer()
        self._stop_answer_timer()
        self._stop_counting()
        super().connection_lost(exc)
        self.pipeline.clear()
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()
        self._unset_keepalive_if_required()

    def _stop_counting(self) -> None:
        self.open_of[self._counted_as] -= 1
        if not self.open_of[self._counted_as]:
            del self.open_of[self._counted_as]

    def _head_is_too_slow(self) -> None:
        self._head_timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self.metrics.http_cut.labels("head_too_slow").inc()
            self.transport.abort()
        else:
            most_s = f"{self.limits.request_head_s:g}"
            self._refuse("head_too_slow", 408, f"The head of a request must be complete within {most_s} s.")

    def _answer_is_too_slow(self) -> None:
        self._answer_timer = None
        self.metrics.http_cut.labels("answer_too_slow").inc()
        self.transport.abort()

    def _become_endless(self) -> Callable[[], None]:
        self._stop_answer_timer()
        return self._answer_is_too_slow

    def _abort_for_memory(self) -> None:
        self.metrics.http_cut.labels("memory").inc()
        self.transport.abort()

    def _abort_for_order(self) -> None:
        self.metrics.http_cut.labels("pipelined").inc()
        self.transport.abort()

    def _refuse_head(self, detail: str) -> None:
        """Answer a head that has too much in it, unless an earlier request is being answered."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._abort_for_order()
        else:
            self._refuse("head_too_long", 431, detail)

    def _refuse(self, reason: str, status: int, detail: str) -> None:
        self.metrics.http_cut.labels(reason).inc()
        self._stop_head_timer()
        self.transport.write(_error(status, detail))
        self.transport.close()
        self._stop_answer_timer()
        self._answer_timer = self.loop.call_later(self.limits.request_head_s, self.transport.abort)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_answer_timer(self) -> None:
        if self._answer_timer is not None:
            self._answer_timer.cancel()
            self._answer_timer = None


def _error(status: int, detail: str) -> bytes:
    """Return the bytes of an error answer after which the connection is closed."""
    body = encode_problem(status, detail)
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"content-type: {PROBLEM_JSON}",
        f"content-length: {len(body)}",
        "connection: close",
        "\r\n",
    )
    return "\r\n".join(head).encode() + body


def bounded_http(limits: LimitSettings, metrics: GatewayMetrics) -> type[asyncio.Protocol]:
    """Return the protocol class for uvicorn's `http=`."""
    return type("BoundedHttp", (BoundedHttp,), {"limits": limits, "metrics": metrics, "open_of": Counter()})
