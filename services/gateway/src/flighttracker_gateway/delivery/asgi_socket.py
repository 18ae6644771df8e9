"""`AsgiSocket`: sends prepared messages through plain ASGI, for servers other than uvicorn with `PreparedProtocol`.

It behaves the same and costs more CPU time. At most one message is being sent; another is accepted when the server
has taken it, so a slow client is detected and holds one message. `connection` uses it when the extension is absent.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from litestar import WebSocket
from litestar.exceptions import WebSocketException

from flighttracker_gateway.delivery.prepared import PreparedMessage

_logger = logging.getLogger(__name__)


class AsgiSocket:
    """Sends through ASGI, one message at a time."""

    def __init__(self, websocket: WebSocket[Any, Any, Any]) -> None:
        self._websocket = websocket
        self._sending: asyncio.Task[None] | None = None
        self._is_closing = False

    @property
    def is_writable(self) -> bool:
        """Whether the server has taken the previous message."""
        return not self._is_closing and (self._sending is None or self._sending.done())

    def send_prepared(self, message: PreparedMessage) -> bool:
        """Start to send a message; return False when the previous one is still being sent."""
        if not self.is_writable:
            return False
        self._sending = asyncio.create_task(self._send(message))
        return True

    def close_now(self, code: int, reason: str) -> None:
        """Start to close, and cancel a message that is being sent."""
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
            _logger.debug("a client disconnected during a send: %s", error)

    async def _close(self, code: int, reason: str) -> None:
        try:
            await self._websocket.close(code, reason)
        except (OSError, WebSocketException) as error:
            _logger.debug("a client disconnected during the close: %s", error)
