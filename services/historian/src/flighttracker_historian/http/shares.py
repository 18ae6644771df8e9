"""How many questions one address has at the same time, so that it leaves places of the historian to others.

Gateways have limits for each of their clients. This one is for whatever else reaches the port: see `bounds`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, cast

from litestar.types import ASGIApp, Receive, Scope, Send

from flighttracker.problem import PROBLEM_JSON, encode_problem
from flighttracker_historian.reading.reader import MAX_QUESTIONS

MAX_OF_ADDRESS: Final = MAX_QUESTIONS * 3 // 4
"""A single gateway gets most of the places, and nobody gets all."""
_RETRY_AFTER: Final = (b"retry-after", b"5")
_DETAIL: Final = f"{MAX_OF_ADDRESS} questions from this address are being answered; try again."


class FairShares:
    """ASGI application that calls another, for a bounded number of requests of one address at the same time.

    Args:
        app: the application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._asked_by: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        client = cast("Any", scope).get("client")
        address = client[0] if client else ""
        # A socket in a folder has no address: only the gateway of the same user opens it.
        if address and self._asked_by[address] >= MAX_OF_ADDRESS:
            body = encode_problem(503, _DETAIL, reason="history_unavailable")
            head = [(b"content-type", PROBLEM_JSON.encode()), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 503, "headers": [*head, _RETRY_AFTER]})
            await send({"type": "http.response.body", "body": body, "more_body": False})
            return
        self._asked_by[address] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._asked_by[address] -= 1
            if not self._asked_by[address]:
                del self._asked_by[address]
