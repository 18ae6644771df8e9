"""A test that hangs is a red test that says where, whatever it hangs in, and the next one still runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.time_limit import GRACE_S

ROOT: Final = Path(__file__).parents[2]

HANGING: Final = """
import asyncio
import threading

import pytest

async def nobody_comes():
    await asyncio.Event().wait()

async def test_idle_loop():
    await nobody_comes()

async def test_swallowed():
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        await asyncio.sleep(3600)

async def test_thread():
    await asyncio.to_thread(threading.Event().wait, 4)

@pytest.fixture
def server():
    threading.Event().wait()

def test_fixture(server):
    pass

def test_the_next_one():
    pass
"""


def test_a_test_that_hangs_is_red_and_says_where_and_the_next_one_runs(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.time_limit"]\n')
    (tmp_path / "test_it.py").write_text(HANGING)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "/dev/null", "-o", "asyncio_mode=auto", "--rootdir", ".", "test_it.py"],
        env={**os.environ, "TEST_LIMIT_S": "1", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=2 * GRACE_S,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "3 failed, 1 passed" in done.stdout
    for hanging in ("test_it.py::test_idle_loop", "test_it.py::test_swallowed", "test_it.py::test_thread"):
        assert f"{hanging} took longer than 1 s" in done.stdout
    assert "preparing test_it.py::test_fixture took longer than 1 s" in done.stdout
    assert "in nobody_comes" in done.stdout
