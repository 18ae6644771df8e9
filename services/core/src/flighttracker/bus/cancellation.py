"""`kept_cancellation` restores a cancellation that a library has swallowed.

Before Python 3.12, `asyncio.wait_for` swallows a cancellation that arrives just when its task completes (CPython issue
86296), and redis-py uses it. `asyncio.TaskGroup` loses a cancellation that arrives while it exits with an error:
a caller that catches this error continues as if it had not been cancelled. The task that cancelled it would then wait
forever. Wrap such calls in `kept_cancellation`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_cancellation() -> Iterator[None]:
    """Raise `CancelledError` after the body if this task was cancelled inside it and the body continued."""
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    yield
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
