"""The same sources give the same image, whichever tool builds it: a release can be verified by building it again."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD_S = 600.0


def built(tool: str) -> str:
    """Build the operator's image without a cache, and return its ID: the hash of its layers and configuration."""
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    options = {"CONTAINER_TOOL": tool, "IMAGES": "operator", "IMAGE_PREFIX": f"localhost/with-{tool}", "NO_CACHE": "1"}
    build = subprocess.run(
        ["scripts/images.sh"],
        cwd=ROOT,
        env={**os.environ, **options, "TAG": "same"},
        capture_output=True,
        text=True,
        timeout=BUILD_S,
        check=False,
    )
    assert build.returncode == 0, build.stderr[-2000:]
    image = build.stdout.strip()
    found = subprocess.run(
        [tool, "images", "--no-trunc", "--quiet", image], capture_output=True, text=True, timeout=60, check=True
    )
    subprocess.run([tool, "rmi", image], capture_output=True, timeout=60, check=True)
    return found.stdout.strip().removeprefix("sha256:")


def test_the_same_sources_give_the_same_image() -> None:
    first = built("buildah")
    assert len(first) == 64
    assert built("podman") == first
