"""Remembers a Ctrl-C that comes while a command still imports its modules.

Python raises `KeyboardInterrupt` wherever the main thread is, and some libraries catch every exception during their
import: the interrupt would be lost and the command would continue. `main.py` installs this first.
"""

from __future__ import annotations

import signal
from types import FrameType
from typing import Final

_received: Final[list[int]] = []


def remember_interrupts() -> None:
    """Record every SIGINT of this process, and raise `KeyboardInterrupt` as Python does."""
    signal.signal(signal.SIGINT, _note)


def was_interrupted() -> bool:
    """Return whether a SIGINT has come since `remember_interrupts`."""
    return bool(_received)


def _note(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    signal.default_int_handler(number, frame)
