"""A cancellation that a library has lost is raised all the same.

Before Python 3.12 `asyncio.wait_for` swallows a cancellation that comes in the moment when its task is done (CPython
issue 86296), and redis-py is built on it. `asyncio.TaskGroup` loses one that comes while it ends because of an error:
who catches that error goes on as if nobody had cancelled it. In each case whoever cancelled us would wait for ever, so
such calls stand in `kept_cancellation`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_cancellation() -> Iterator[None]:
    """Raise `CancelledError` at the end of the body when this task was cancelled in it and the body went on."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    yield
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
