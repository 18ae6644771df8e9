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
FORMER: Final = "e52ab66a8b9c"
"""The last commit whose resource has only the version `v1alpha1`."""
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
    """Write the files of the former release into a folder, and return it; skip without the repository's history."""
    command = ["git", "-C", str(ROOT), "archive", FORMER, "--", *SOURCES, CHART]
    answer = subprocess.run(command, capture_output=True, timeout=60, check=False)
    if answer.returncode:
        pytest.skip(f"the history of the repository is incomplete: {answer.stderr.decode().strip()}")
    with tarfile.open(fileobj=BytesIO(answer.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


def former_environment(folder: Path) -> Mapping[str, str]:
    """Return the environment in which Python runs the programs of the former release."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(str(folder / source) for source in SOURCES)}
