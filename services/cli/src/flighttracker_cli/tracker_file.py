"""The tracker of a command: from its file, from standard input (`-`), or the minimal one without a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click

from flighttracker.errors import SpecError, SpecMistake, StartError
from flighttracker.spec import (
    API_VERSION,
    KIND,
    FlightTracker,
    ParsedResource,
    parse_resources,
    parse_tracker,
    read_tracker,
)

STANDARD_INPUT: Final = "-"
INVALID: Final = 2
"""Exit code of an error that the user can fix."""


def read_tracker_file(name: str) -> FlightTracker:
    """Return the tracker that a file describes.

    Raises:
        StartError: the file cannot be read.
        SpecError: its content is not a valid FlightTracker.
    """
    return parse_tracker(_text_of(name), source=name)


def read_resources(name: str) -> list[ParsedResource]:
    """Return every resource in a file, valid or not.

    Raises:
        StartError: the file cannot be read.
        SpecError: its content is not YAML, or is empty.
    """
    return parse_resources(_text_of(name))


def show_mistakes(name: str, mistakes: Iterable[SpecMistake]) -> list[str]:
    """Return a line for each mistake, which editors and CI systems understand: `FILE:LINE: what is wrong`."""
    return [f"{name}{f':{mistake.line}' if mistake.line else ''}: {mistake}" for mistake in mistakes]


def _text_of(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except IsADirectoryError as error:
        raise StartError(
            f"{name}: is a directory: name a file (Docker makes a directory where a mounted file does not exist)"
        ) from error
    except PermissionError as error:
        raise StartError(
            f"{name}: cannot be read by user {os.getuid()}: allow it with chmod o+r, and o+x for its directories"
        ) from error
    except OSError as error:
        raise StartError(f"{name}: cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StartError(f"{name}: is not UTF-8 text (byte {error.start + 1:,})") from error


def minimal_tracker() -> FlightTracker:
    """Return the tracker of examples/minimal.yaml, which is not installed with the package."""
    return read_tracker({"apiVersion": API_VERSION, "kind": KIND, "metadata": {"name": "minimal"}, "spec": {}})


def read_or_exit(file: str | None) -> FlightTracker:
    """Return the tracker of a file, the minimal one without a file; print the mistakes of an invalid one and exit."""
    if file is None:
        return minimal_tracker()
    try:
        return read_tracker_file(file)
    except SpecError as error:
        click.echo("\n".join(show_mistakes(file, error.mistakes)), err=True)
        sys.exit(INVALID)


def with_base_path(tracker: FlightTracker, base_path: str) -> FlightTracker:
    """Return the tracker with another `spec.web.basePath`.

    Raises:
        StartError: the path is invalid.
    """
    resource = tracker.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    resource.setdefault("spec", {}).setdefault("web", {})["basePath"] = base_path
    try:
        return read_tracker(resource)
    except SpecError as error:
        raise StartError(f"--base-path {base_path} {error.mistakes[0].allowed}") from error
