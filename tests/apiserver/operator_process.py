"""Runs the operator as a process, with its own user that has exactly the permissions of the chart."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml

from tests.apiserver.api_server import ApiServer

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = Path(sys.executable).with_name("flighttracker-operator")
RULES: Final = ROOT / "charts/flighttracker/templates/_rules.tpl"
USER: Final = "flight-operator"
PATIENCE_S: Final = 120.0
POLL_S: Final = 0.05
STOP_S: Final = 30.0

T = TypeVar("T")


def chart_rules(name: str = "flighttracker.rules") -> list[dict[str, Any]]:
    """Return the RBAC rules in a template of the chart."""
    text = RULES.read_text(encoding="utf-8")
    block = re.search(r'define "' + re.escape(name) + r'" -\}\}(.*?)\{\{- end -\}\}', text, re.DOTALL)
    assert block is not None, f"{RULES.name} defines no {name}"
    # Without conditions, which leave rules out that some releases do not need.
    rules: list[dict[str, Any]] = yaml.safe_load(re.sub(r"(?m)^\{\{.*\}\}$", "", block.group(1)))
    return rules


def eventually(
    look: Callable[[], T], what: str, *, within_s: float = PATIENCE_S, now: Callable[[], str] = lambda: ""
) -> T:
    """Call `look` until it returns a true value, and return that; fail the test after `within_s`, with `now()`."""
    deadline_s = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline_s, f"not within {within_s:.0f} s: {what}; {now()}"
        time.sleep(POLL_S)


class OperatorProcess:
    """A running operator; use it in a `with` block.

    Args:
        kubeconfig: the API server and the user.
        folder: where its log is written.
        namespaces: the namespaces that it manages; none means the whole cluster.
        resync_s: time between resync rounds.
        name: name of the log file, for a test with two operators.
        release: name of the operator's release; None for `name`, another release.
        level: log level.
        policy: what authors of trackers may ask for, as the chart's value has it; None for the defaults.
        images: images of the operator's release, by the names of `Images`; another one is another release.
        options: further options of the command.
        program: the command, if it is not that of this release.
        environment: its environment; None for that of the test.
    """

    def __init__(
        self,
        kubeconfig: Path,
        folder: Path,
        *namespaces: str,
        resync_s: float = 60.0,
        name: str = "operator",
        release: str | None = None,
        level: str = "debug",
        policy: dict[str, Any] | None = None,
        images: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        program: Sequence[str] = (str(PROGRAM),),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = [*program, "--port", "0", "--log-format", "json", "--log-level", level]
        self._command += ["--resync-seconds", str(resync_s), "--name", f"test/{release or name}"]
        for namespace in namespaces:
            self._command += ["--namespace", namespace]
        if policy is not None:
            file = folder / f"{name}-policy.json"
            file.write_text(json.dumps(policy), encoding="utf-8")
            self._command += ["--policy", str(file)]
        self._command += options
        chosen = {f"FLIGHTTRACKER_IMAGE_{part.upper()}": image for part, image in (images or {}).items()}
        self._environment = {**(environment or os.environ), "KUBECONFIG": str(kubeconfig), **chosen}
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> OperatorProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def port(self) -> int:
        """Port of its HTTP server, as soon as that listens."""
        found = eventually(lambda: self.logged("; port "), "the operator logs its port")
        return int(found[-1].rpartition(" ")[2])

    def start(self) -> None:
        """Start the process without waiting until it is ready."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)

    def stop(self) -> int:
        """Terminate the process (SIGTERM) and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process (SIGKILL)."""
        self._end(signal.SIGKILL)

    def is_running(self) -> bool:
        """Return whether the process is running."""
        return self._process is not None and self._process.poll() is None

    def lines(self) -> list[dict[str, Any]]:
        """Return the log."""
        lines = []
        for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                lines.append(json.loads(line))
        return lines

    def logged(self, words: str, *, level: str | None = None) -> list[str]:
        """Return the log messages that contain a text."""
        return [line["message"] for line in self.lines() if words in line["message"] and level in (None, line["level"])]

    def bugs(self) -> list[str]:
        """Return the logged tracebacks, each of which is a bug."""
        return [line["exception"] for line in self.lines() if "exception" in line and line["level"] == "error"]

    def get(self, path: str) -> tuple[int, str]:
        """Send a GET request to the operator's port."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _end(self, how: signal.Signals) -> int:
        process = self._process
        if process is None:
            return 0
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._process = None
        return process.returncode


def operator_kubeconfig(server: ApiServer) -> Path:
    """Grant the operator's user the chart's permissions in the whole cluster, and return its kubeconfig."""
    server.grant(USER, [*chart_rules(), *chart_rules("flighttracker.clusterRules")])
    return server.kubeconfig(USER)
