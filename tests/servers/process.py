"""One real server for a session of tests: starts it, waits until it answers, and ends it by its process id.

Everything it writes stands in a folder of its own, and it listens on loopback only. What starts too slowly or dies is
reported with the end of its log. Tests may also kill it, freeze it and start it again on the same port.
"""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

LOOPBACK: Final = "127.0.0.1"
GIVEN_TO_NO_CONNECTION: Final = range(10_240, 32_000)
"""Linux uses ports from 32768 on for outgoing connections, other systems from 49152."""
POLL_S: Final = 0.05
STOP_S: Final = 10.0
LOG_TAIL_LINES: Final = 30


class ServerFailedError(Exception):
    """A server did not start; the message ends with its log."""


def free_port() -> int:
    """Return a free loopback port.

    It is not an ephemeral port: a killed server must find its port free when it restarts.
    """
    for port in random.sample(GIVEN_TO_NO_CONNECTION, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port
    raise ServerFailedError(f"a hundred ports of {GIVEN_TO_NO_CONNECTION} are all in use")


class ServerProcess:
    """A server that can be started again with the same arguments.

    Args:
        name: its name in messages.
        command: the program and its arguments.
        folder: where it runs and where `server.log` is written.
        answers: True as soon as the server answers a request of its protocol; may raise OSError until then.
        environment: variables beside those of this process.
        start_s: how long it may take to answer, seconds.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        answers: Callable[[], bool],
        *,
        environment: Mapping[str, str] | None = None,
        start_s: float = 120.0,
    ) -> None:
        self._name = name
        self._command = list(command)
        self._folder = folder
        self._answers = answers
        self._environment = {**os.environ, **(environment or {})}
        self._start_s = start_s
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, unless it runs, and return when it answers."""
        if self._process is None:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
                )
        process = self._process
        deadline_s = time.monotonic() + self._start_s
        while not self._answers_now():
            if process.poll() is not None:
                raise ServerFailedError(f"{self._name} ended with {process.returncode}\n{self.log_tail()}")
            if time.monotonic() > deadline_s:
                raise ServerFailedError(f"{self._name} did not answer in {self._start_s:.0f} s\n{self.log_tail()}")
            time.sleep(POLL_S)

    @property
    def pid(self) -> int:
        """Its process id; call `start` first."""
        assert self._process is not None
        return self._process.pid

    def wait(self, longest_s: float) -> int:
        """Wait until the server ends by itself, and return its exit code; call `start` first."""
        assert self._process is not None
        code = self._process.wait(longest_s)
        self._process = None
        return code

    def kill(self) -> None:
        """Kill the server (SIGKILL), as if its node was lost."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop the server (SIGTERM), and kill it if it does not end."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Let the server keep its connections and answer nothing, until `thaw`."""
        self._signal(signal.SIGSTOP)
        # On a busy machine a thread may answer once more before it stops. macOS lacks this before Python 3.13.
        if self._process is not None and hasattr(os, "waitid"):
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self) -> None:
        """Continue a frozen server."""
        self._signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._signal(how)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _answers_now(self) -> bool:
        try:
            return self._answers()
        except OSError:
            return False

    def log_tail(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])
