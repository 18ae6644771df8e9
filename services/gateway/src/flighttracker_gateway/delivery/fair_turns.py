"""`FairTurns`: one task works at a time, and clients take turns, however much one of them asks for.

`answer_cache` makes answers with it. A client that asks for many expensive answers delays those of another client by
one answer of its own, not by all of them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class FairTurns:
    """The turns of clients; those that wait are served in rotation, and each client's own in their order."""

    def __init__(self) -> None:
        self._is_taken = False
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it inside the context."""
        if self._is_taken:
            await self._wait(client)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, client: str) -> None:
        passed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(passed)
        try:
            await passed
        except asyncio.CancelledError:
            if passed.done() and not passed.cancelled():
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the turn to the client that has waited longest since its last one."""
        while self._waiting:
            client, waiting = next(iter(self._waiting.items()))
            passed = waiting.popleft()
            if waiting:
                self._waiting.move_to_end(client)
            else:
                del self._waiting[client]
            if not passed.done():
                passed.set_result(None)
                return
        self._is_taken = False
