"""The former release, from the history of this repository: its chart, its CRD, and its programs.

Tests of upgrades begin with it. Update `FORMER` after a release.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
FORMER: Final = os.environ.get("FORMER") or "e52ab66a8b9c"
"""The last commit whose resource has only the version `v1alpha1`, or another one to upgrade from."""
SOURCES: Final = (
    "schemas",
    "services/core/src",
    "services/generator/src",
    "services/gateway/src",
    "services/cli/src",
    "operator/src",
)
CHART: Final = "charts/flighttracker"


def former_release(folder: Path) -> Path:
    """Write the files of the former release into a folder, and return it.

    A shallow clone does not have it: there, it is the oldest commit that the clone has.
    """
    commit = FORMER if _git("cat-file", "-e", f"{FORMER}^{{commit}}") is not None else _oldest()
    archive = _git("archive", commit, "--", *SOURCES, CHART)
    assert archive is not None, f"commit {commit} has no {CHART}"
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    return folder


def _oldest() -> str:
    oldest = _git("rev-list", "--max-parents=0", "HEAD")
    if oldest is None:
        pytest.skip("this is no clone of the repository: the former release comes from its history")
    return oldest.decode().split()[0]


def _git(*arguments: str) -> bytes | None:
    """Return what a git command prints, or None if it fails."""
    answer = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, timeout=60, check=False)
    return None if answer.returncode else answer.stdout


def former_environment(folder: Path) -> Mapping[str, str]:
    """Return the environment in which Python runs the programs of the former release."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(str(folder / source) for source in SOURCES)}
