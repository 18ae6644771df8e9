#!/opt/flighttracker/bin/python
"""Wrapper of a command in the development images: runs it from a copy of its sources and restarts it when they change.

`make dev-cluster` and skaffold write changed files into that copy. It is in /tmp, because the pods' root file system is
read-only. After a failure the wrapper waits for the next change, so a typing mistake does not restart the pod; the
pod's probes still detect the failure.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Final

INSTALLED: Final = Path(os.environ.get("RELOAD_INSTALLED", "/opt/application"))
SOURCES: Final = Path(os.environ.get("RELOAD_SOURCES", "/tmp/flighttracker-sources"))  # noqa: S108 - the pod's own
COMMANDS: Final = Path(os.environ.get("RELOAD_COMMANDS", "/opt/flighttracker/bin"))
LOOK_S: Final = 0.5
STOP_S: Final = 20.0


def newest_change() -> tuple[int, int]:
    """Return how many sources there are and when one last changed, nanoseconds."""
    times = [path.stat().st_mtime_ns for path in SOURCES.rglob("*.py")]
    return len(times), max(times, default=0)


def stop(child: subprocess.Popen[bytes]) -> int:
    """Ask the command to end, insist after a while, and return its exit code."""
    child.terminate()
    try:
        return child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def run(command: list[str]) -> int:
    """Run the command until it ends well or this process is asked to end; return its exit code."""
    stopping = False

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    while True:
        seen = newest_change()
        child = subprocess.Popen(command, env=environment)  # noqa: S603 - this container's own command
        while child.poll() is None and newest_change() == seen and not stopping:
            time.sleep(LOOK_S)
        if child.poll() == 0 or stopping:
            return stop(child) if child.poll() is None else child.returncode
        if child.poll() is None:
            print("reload: the sources changed, starting again", file=sys.stderr, flush=True)
            stop(child)
            continue
        print(f"reload: ended with {child.returncode}, waiting for a change", file=sys.stderr, flush=True)
        while newest_change() == seen and not stopping:
            time.sleep(LOOK_S)
        if stopping:
            return child.returncode


def main() -> None:
    """Run the installed command of this file's own name with the given arguments."""
    if not SOURCES.exists():
        # Skips byte code: Python never compares it with its source.
        shutil.copytree(INSTALLED, SOURCES, ignore=shutil.ignore_patterns("__pycache__"))
    sys.exit(run([str(COMMANDS / Path(sys.argv[0]).name), *sys.argv[1:]]))


if __name__ == "__main__":
    main()
