"""No test may hang: a test that takes too long fails with the stacks of all tasks, and the session continues.

A timer of the system interrupts the main thread, also while an event loop is idle or a lock is waited for. What it
raises may land in a callback whose errors asyncio only logs, so it comes again every few seconds until the phase has
ended. Code that cannot be interrupted at all ends the session, with the traceback of every thread; so does a thread
that does not let the interpreter end. `TEST_LIMIT_S` in the environment sets another limit, 0 none (for a debugger).
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

LIMIT_S: Final = 180.0
"""Limit for setup, run or teardown of one test; a busy machine needs 40 s to start a broker."""
FOLDER_LIMITS_S: Final = {
    "apiserver": 900.0,
    "browser": 600.0,
    "chart": 600.0,
    "cluster": 1800.0,
    "compose": 600.0,
    "docs": 600.0,
    "faults": 900.0,
    "workloads": 600.0,
}
"""Folders with tests that build something large, or wait for a cluster."""
AGAIN_S: Final = 2.0
GRACE_S: Final = 60.0
"""How long a phase may still take after its limit, and the interpreter to exit."""

_STDERR: Final = pytest.StashKey[int]()


class TimeLimitError(Exception):
    """A test took too long."""


def pytest_configure(config: pytest.Config) -> None:
    # Nothing is captured at this moment; what ends the session must be seen.
    config.stash[_STDERR] = os.dup(sys.__stderr__.fileno() if sys.__stderr__ is not None else 2)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    # A process of pytest-xdist waits for the others, and the first one ends it.
    if limit_of(Path()) and not hasattr(config, "workerinput"):
        faulthandler.dump_traceback_later(GRACE_S, exit=True, file=config.stash[_STDERR])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with time_limit(f"preparing {item.nodeid}", limit_of(item.path), item.config.stash[_STDERR]):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with time_limit(item.nodeid, limit_of(item.path), item.config.stash[_STDERR]):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with time_limit(f"clearing away after {item.nodeid}", limit_of(item.path), item.config.stash[_STDERR]):
        return (yield)


def limit_of(path: Path) -> float:
    """Return how long a phase of a test in this file may take, seconds; 0 for no limit."""
    chosen = os.environ.get("TEST_LIMIT_S")
    if chosen is not None:
        return float(chosen)
    return next((FOLDER_LIMITS_S[part] for part in path.parts if part in FOLDER_LIMITS_S), LIMIT_S)


@contextmanager
def time_limit(what: str, limit_s: float, stderr: int) -> Iterator[None]:
    """Raise `TimeLimitError` in the main thread if the body takes longer.

    Args:
        what: name of the body in the message.
        limit_s: seconds; 0 for no limit.
        stderr: where tracebacks are written if the session must end.
    """
    if not limit_s:
        yield
        return
    told = False

    def interrupt(_number: int, _frame: types.FrameType | None) -> None:
        nonlocal told
        if not told:
            told = True
            print(f"{what} took longer than {limit_s:g} s. {waits_of_tasks()}", file=sys.stderr)
        raise TimeLimitError(f"{what} took longer than {limit_s:g} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    faulthandler.dump_traceback_later(limit_s + GRACE_S, exit=True, file=stderr)
    signal.setitimer(signal.ITIMER_REAL, limit_s, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)


def waits_of_tasks() -> str:
    """Return, for each task of the running event loop, the chain of what it awaits."""
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:
        return "No event loop ran."
    return "The tasks of the event loop wait here:\n" + "\n".join(
        f"{task.get_name()}\n{_chain(task.get_coro())}" for task in tasks
    )


def _chain(awaited: Any) -> str:
    lines = []
    while awaited is not None:
        kind = next((kind for kind in ("cr", "ag", "gi") if getattr(awaited, f"{kind}_frame", None)), None)
        if kind is None:
            lines.append(f"    {awaited!r}")
            break
        frame: types.FrameType = getattr(awaited, f"{kind}_frame")
        lines.append(f"    {frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}")
        awaited = getattr(awaited, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")
    return "\n".join(lines)
