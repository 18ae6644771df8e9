"""The tracker of a command: from its file, from standard input (`-`), or the minimal one without a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from flighttracker.errors import StartError
from flighttracker.spec import API_VERSION, KIND, FlightTracker, parse_tracker, read_tracker

STANDARD_INPUT: Final = "-"


def read_tracker_file(name: str) -> FlightTracker:
    """Return the tracker that a file describes.

    Raises:
        StartError: the file cannot be read.
        SpecError: its content is not a valid FlightTracker.
    """
    try:
        data = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except OSError as error:
        raise StartError(f"{name}: cannot be read: {error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StartError(f"{name}: is not UTF-8 text (byte {error.start + 1:,})") from error
    return parse_tracker(text, source=name)


def minimal_tracker() -> FlightTracker:
    """Return the tracker of examples/minimal.yaml, which is not installed with the package."""
    return read_tracker({"apiVersion": API_VERSION, "kind": KIND, "metadata": {"name": "minimal"}, "spec": {}})
