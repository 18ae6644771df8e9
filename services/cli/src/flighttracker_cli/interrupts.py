"""Remembers a Ctrl-C that comes while a command still imports what it runs.

Python turns SIGINT into `KeyboardInterrupt` wherever the main thread is, and some libraries catch everything while they
are imported: the interrupt would be lost and the command go on. `main.py` installs this before anything else.
"""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final

_received: Final[list[int]] = []


def remember_interrupts() -> None:
    """Note every SIGINT of this process, and raise `KeyboardInterrupt` as Python does."""
    signal.signal(signal.SIGINT, _note)


def was_interrupted() -> bool:
    """Whether a SIGINT has come since `remember_interrupts`."""
    return bool(_received)


def _note(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    signal.default_int_handler(number, frame)
