"""The development images' wrapper: changed files take effect, and a failing command does not end the pod."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chart.helm import ROOT

WAIT_S = 20.0
PROGRAM = """
import signal, sys, app
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print(app.WORDS, flush=True)
app.work()
"""


class Reloading:
    """packaging/reload.py as the development images run it, on sources and a command of the test."""

    def __init__(self, folder: Path) -> None:
        self.sources = folder / "sources"
        installed, commands = folder / "installed", folder / "commands"
        installed.mkdir()
        commands.mkdir()
        (installed / "app.py").write_text("import signal\nWORDS = 'first'\ndef work(): signal.pause()\n")
        (installed / "__pycache__").mkdir()
        (commands / "program").write_text(f"#!{sys.executable}\n{PROGRAM}")
        (commands / "program").chmod(0o755)
        front = folder / "program"
        front.write_text((ROOT / "packaging/reload.py").read_text(encoding="utf-8"))
        self._log = folder / "log"
        environment = {
            **os.environ,
            "RELOAD_INSTALLED": str(installed),
            "RELOAD_SOURCES": str(self.sources),
            "RELOAD_COMMANDS": str(commands),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with self._log.open("w") as log:
            command = [sys.executable, str(front)]
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)

    def save(self, text: str) -> None:
        (self.sources / "app.py").write_text(text)

    def wait_for(self, words: str) -> None:
        deadline_s = time.monotonic() + WAIT_S
        while words not in self._log.read_text():
            assert self.process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline_s, self._log.read_text()
            time.sleep(0.05)


@pytest.fixture
def reloading(tmp_path: Path) -> Iterator[Reloading]:
    running = Reloading(tmp_path)
    try:
        running.wait_for("first")
        yield running
    finally:
        # Not killed: its command would be left behind.
        running.process.terminate()
        running.process.wait(WAIT_S)


def test_a_saved_file_takes_effect(reloading: Reloading) -> None:
    reloading.save("import signal\nWORDS = 'second'\ndef work(): signal.pause()\n")
    reloading.wait_for("second")


def test_a_syntax_error_waits_for_the_next_change(reloading: Reloading) -> None:
    reloading.save("WORDS = ")
    reloading.wait_for("waiting for a change")
    reloading.save("import signal\nWORDS = 'changed'\ndef work(): signal.pause()\n")
    reloading.wait_for("changed")


def test_the_command_ends_with_the_pod(reloading: Reloading) -> None:
    reloading.process.send_signal(signal.SIGTERM)
    assert reloading.process.wait(WAIT_S) == 7


def test_unchecked_byte_code_is_not_copied(reloading: Reloading) -> None:
    assert not (reloading.sources / "__pycache__").exists()
