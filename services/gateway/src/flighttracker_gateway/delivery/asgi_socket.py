"""A stand-in for `PreparedProtocol` under an ASGI server that does not publish it: correct, only dearer.

At most one message is on its way; the next is taken when the server has taken that one, so a slow client is seen here
too and costs one message. `connection` makes one where the extension is absent.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from litestar import WebSocket
from litestar.exceptions import WebSocketException

from flighttracker_gateway.delivery.prepared import PreparedMessage

_logger = logging.getLogger(__name__)


class AwaitedSocket:
    """Sends through ASGI, one message at a time."""

    def __init__(self, websocket: WebSocket[Any, Any, Any]) -> None:
        self._websocket = websocket
        self._sending: asyncio.Task[None] | None = None
        self._is_closing = False

    @property
    def is_writable(self) -> bool:
        """Whether the message before has been taken."""
        return not self._is_closing and (self._sending is None or self._sending.done())

    def send_prepared(self, message: PreparedMessage) -> bool:
        """Begin to send a message, or answer False when the one before is still on its way."""
        if not self.is_writable:
            return False
        self._sending = asyncio.create_task(self._send(message))
        return True

    def close_now(self, code: int, reason: str) -> None:
        """Begin to close; a message that is on its way is given up."""
        if not self._is_closing:
            self._is_closing = True
            if self._sending is not None:
                self._sending.cancel()
            self._sending = asyncio.create_task(self._close(code, reason))

    async def _send(self, message: PreparedMessage) -> None:
        try:
            if message.is_text:
                await self._websocket.send_text(message.payload)
            else:
                await self._websocket.send_bytes(message.payload)
        except (OSError, WebSocketException) as error:
            _logger.debug("a client left while it was sent to: %s", error)

    async def _close(self, code: int, reason: str) -> None:
        try:
            await self._websocket.close(code, reason)
        except (OSError, WebSocketException) as error:
            _logger.debug("a client left while it was closed: %s", error)
