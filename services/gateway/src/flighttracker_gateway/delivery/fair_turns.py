"""`FairTurns`: one task works at a time, and clients take turns, however much one of them asks for.

`answer_cache` makes answers with it. A client that asks for many expensive answers delays those of another client by
one answer of its own, not by all of them; also when the other asks for one of the same answers.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Wish:
    """Work that waits for a turn; it begins with the first turn of any client that asks for it.

    Attributes:
        clients: who asks for it.
        passed: done when it has the turn; None before it waits.
    """

    def __init__(self, client: str) -> None:
        self.clients = [client]
        self.passed: asyncio.Future[None] | None = None


class FairTurns:
    """The turns of clients; those that wait are served in rotation, and each client's own in their order."""

    def __init__(self) -> None:
        self._is_taken = False
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, wish: Wish) -> AsyncIterator[None]:
        """Wait for a turn of a client that asks, and have it inside the context."""
        if self._is_taken:
            await self._wait(wish)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    def join(self, wish: Wish, client: str) -> None:
        """Let a client ask for work, too, that another one asks for."""
        if client in wish.clients:
            return
        wish.clients.append(client)
        if wish.passed is not None and not wish.passed.done():
            self._waiting.setdefault(client, deque()).append(wish.passed)

    async def _wait(self, wish: Wish) -> None:
        passed = wish.passed = asyncio.get_running_loop().create_future()
        for client in wish.clients:
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
            if not waiting:
                del self._waiting[client]
            if not passed.done():
                if waiting:
                    self._waiting.move_to_end(client)
                passed.set_result(None)
                return
        self._is_taken = False
