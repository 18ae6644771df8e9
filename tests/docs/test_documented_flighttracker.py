"""The commands of `flighttracker` in the documentation that end by themselves, run as they are written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENDS = re.compile(r"(?:\.venv/bin/)?flighttracker (?:examples|validate|schema|crd|follow)\b")
NEEDS = re.compile(r"\b[A-Z]{3,}\b|\| kubectl|-n |readsb|beast|sbs|opensky")
"""A placeholder, a cluster, or a source that is not there."""


def commands_of(page: Path) -> list[str]:
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(encoding="utf-8"), re.M | re.S)
    lines = [re.split(r"\s+#", line.strip(), maxsplit=1)[0] for block in blocks for line in block.splitlines()]
    return [line.removeprefix(".venv/bin/") for line in lines if ENDS.match(line) and not NEEDS.search(line)]


PAGES = [page for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if commands_of(page)]


def test_pages_with_commands_are_found() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert {"README.md", "docs/start/laptop.md", "docs/how-to/checking.md"} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_work_as_written(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(ROOT / "examples/minimal.yaml", tmp_path)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in commands_of(page):
        answer = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert answer.returncode == 0, f"{command}: {answer.stderr}"
        written = re.search(r"> (\S+)$", command)
        assert (tmp_path / written[1]).stat().st_size > 0 if written else answer.stdout, command
