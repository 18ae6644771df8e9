"""Shared by the Python servers: commands, one per line on standard input, and the CPU time used."""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import AsyncIterator


def cpu_s() -> float:
    """Return the CPU time of this process, seconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def read_commands() -> AsyncIterator[list[str]]:
    """Yield the words of each line until standard input ends."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while words := (await lines.readline()).decode().split():
        yield words
