"""Runs the work of a command until it ends or a signal stops it.

The first Ctrl-C (SIGINT) or SIGTERM cancels the work, which then closes what it opened; the second one ends the process
at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Final, NoReturn

import click
import uvloop

from flighttracker.errors import first_cause
from flighttracker_cli.interrupts import was_interrupted

_INTERRUPTED: Final = 130


def run_until_signal(work: Coroutine[None, None, None], *, farewell: str = "") -> NoReturn:
    """Run on a uvloop event loop, and end the process with 0 after a signal.

    Args:
        work: closes what it opened when it is cancelled.
        farewell: the last line to print.

    Raises:
        Exception: the failure of the work; of several the first.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_signal(work))
        if farewell:
            click.echo(farewell)
        logging.shutdown()
        # A thread that still makes the fleet cannot be cancelled: the loop, then the interpreter, would wait for it.
        os._exit(0)


async def _until_signal(work: Coroutine[None, None, None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _stop_or_end, stop)
    if was_interrupted():
        stop.set()
    working = asyncio.create_task(work, name="work")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    working.cancel()
    try:
        with suppress(asyncio.CancelledError):
            await working
    except BaseExceptionGroup as group:
        first = first_cause(group)
        raise first from first.__cause__


def _stop_or_end(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(_INTERRUPTED)
    stop.set()
