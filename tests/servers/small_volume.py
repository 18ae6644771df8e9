"""A small file system in memory, for tests of full disks. Mounting one needs root, or sudo without a password."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, size_kib: int) -> Iterator[None]:
    """Mount an empty file system on a folder; skip the test if that is not allowed."""
    as_root = ["sudo", "-n"] if os.geteuid() and shutil.which("sudo") else []
    options = f"size={size_kib}k,uid={os.geteuid()}"
    command = [*as_root, "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("a file system in memory cannot be mounted: run the tests as root, or with sudo")
    try:
        yield
    finally:
        subprocess.run([*as_root, "umount", "--lazy", str(folder)], check=True)
