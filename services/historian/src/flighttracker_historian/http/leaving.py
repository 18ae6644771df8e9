"""Ends a question when its client leaves: the server itself tells only those who ask it.

Without this, a question about a whole day is computed to its end although nobody waits for it, and keeps a place of the
few that all clients have. `server` puts it around the application.
"""

from __future__ import annotations

import asyncio

from litestar.types import ASGIApp, HTTPDisconnectEvent, HTTPRequestEvent, Message, Receive, Scope, Send


class EndsWithClient:
    """ASGI application that calls another, and cancels it when the client has left.

    Args:
        app: the application, whose requests have no body.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_whole = False
        left = asyncio.Event()
        start: list[HTTPRequestEvent] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def wait_until_left() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            left.set()

        async def receive_again() -> HTTPRequestEvent | HTTPDisconnectEvent:
            if start:
                return start.pop()
            await left.wait()
            return {"type": "http.disconnect"}

        async def send_and_note(message: Message) -> None:
            nonlocal is_whole
            is_whole = message["type"] == "http.response.body" and not message["more_body"]
            await send(message)

        answering = asyncio.ensure_future(self._app(scope, receive_again, send_and_note))
        leaving = asyncio.create_task(wait_until_left(), name="historian: client")
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if is_whole:
                # The server says after each whole answer, too, that the client has left.
                await answering
        finally:
            leaving.cancel()
            answering.cancel()
            await asyncio.wait({answering, leaving})
        if not answering.cancelled():
            answering.result()
