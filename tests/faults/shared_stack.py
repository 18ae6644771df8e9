"""One tracker for all tests of faults: a test gets the one of the test before if that left it working, or a new one.

`pytest_plugins = ["tests.faults.shared_stack"]` gives a test `stack`. These tests run last: the viewers of the stack
live in the event loop of the session, and stand still while a test runs outside of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from tests.faults.stack import Stack

GATEWAYS = 2


class Stacks:
    """Keeps a stack until a test leaves it broken."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._running = AsyncExitStack()
        self._whole: Stack | None = None

    async def take(self) -> Stack:
        """Return a working stack; it counts as broken until it is given back."""
        stack, self._whole = self._whole, None
        if stack is None:
            await self.close()
            stack = Stack(self._folders.mktemp("stack"), GATEWAYS)
            await self._running.enter_async_context(stack.running())
        stack.begin()
        return stack

    async def give_back(self, stack: Stack) -> None:
        """Take back a stack that a test has left working."""
        await stack.settled()
        self._whole = stack

    async def close(self) -> None:
        """Stop the running stack."""
        await self._running.aclose()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the stack after all others, in their order."""
    items.sort(key=lambda item: "stack" in getattr(item, "fixturenames", ()))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stacks(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stacks]:
    """The stack of this session."""
    kept = Stacks(tmp_path_factory)
    try:
        yield kept
    finally:
        await kept.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stack(stacks: Stacks) -> AsyncIterator[Stack]:
    """A tracker with two gateways that shows the truth."""
    taken = await stacks.take()
    yield taken
    await stacks.give_back(taken)
