"""A Compose project of the tests, and the map at its port as a viewer sees it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.compose.engine import SERVICES, docker, inspect


def compose_command() -> list[str]:
    """Return the command of Compose: the plugin of Docker, or `docker-compose`."""
    if docker("compose", "version", check=False).returncode == 0:
        return ["docker", "compose"]
    if shutil.which("docker-compose") is None:
        pytest.skip("Docker Compose is not installed: on Debian, apt-get install docker-compose")
    return ["docker-compose"]


def until(what: str, is_so: Callable[[], bool], *, within_s: float) -> float:
    """Wait until something is so; return how long it took."""
    start = time.monotonic()
    while not is_so():
        assert time.monotonic() - start < within_s, f"{what}: not within {within_s:g} s"
        time.sleep(0.2)  # between two questions to other processes, which nothing announces
    return time.monotonic() - start


class Map:
    """A map at a port of this computer."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.socket_url = f"ws://127.0.0.1:{port}/ws"

    def get(self, path: str) -> bytes:
        """Return what a path answers; an OSError for an error."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
            body: bytes = answer.read()
            return body

    def count(self) -> int:
        """Return the number of aircraft; 0 while the map is not there."""
        try:
            return int(json.loads(self.get("/api/v1/stats"))["aircraft"])
        except (OSError, ValueError):
            return 0

    def newest_ms(self) -> int:
        """Return the time of the newest position; 0 while the map is not there."""
        try:
            flights = json.loads(self.get("/api/v1/flights"))["flights"]
        except (OSError, ValueError):
            return 0
        return max((flight["position_time_ms"] for flight in flights), default=0)

    def history(self) -> tuple[int, int] | None:
        """Return the times of the first and the last position that are kept; None while there are none."""
        try:
            kept = json.loads(self.get("/api/v1/history"))
        except (OSError, ValueError):
            return None
        return None if kept["from"] is None else (kept["from"], kept["to"])

    def is_live_since(self, time_ms: int) -> bool:
        """Return whether an aircraft has a position of after this time."""
        return self.newest_ms() > time_ms


class Project:
    """A folder with a Compose file, as a user has it."""

    def __init__(self, folder: Path, name: str, port: int) -> None:
        self.folder, self.name, self.port = folder, name, port
        self.map = Map(port)
        self._command = compose_command()

    def compose(self, *arguments: str, timeout_s: float = 240.0) -> str:
        answer = subprocess.run(
            [*self._command, "--project-name", self.name, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env={**os.environ, "FLIGHTTRACKER_PORT": f"127.0.0.1:{self.port}"},
        )
        assert answer.returncode == 0, f"compose {' '.join(arguments)}: {answer.stderr[-3000:]}{self.logs()}"
        return answer.stdout

    def logs(self) -> str:
        """Return the last lines of every container, for a failure."""
        command = [*self._command, "--project-name", self.name, "logs", "--tail", "15"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False).stdout

    def containers(self) -> dict[str, str]:
        """Return the id of every running container, by service and number."""
        ids = docker("ps", "--quiet", "--filter", f"label=com.docker.compose.project={self.name}").stdout.split()
        labels = {container: inspect(container)["Config"]["Labels"] for container in ids}
        return {
            f"{label['com.docker.compose.service']}-{label['com.docker.compose.container-number']}": container
            for container, label in sorted(labels.items(), key=lambda item: item[1]["com.docker.compose.service"])
        }

    def read(self, service: str, path: str) -> str:
        """Return the content of a file in a container."""
        return docker("exec", self.containers()[f"{service}-1"], "cat", path).stdout


def kill(container: str) -> None:
    """Kill the first process of a container, as a crash does; after `docker kill` Docker would not start it again."""
    script = f"import os; os.kill({inspect(container)['State']['Pid']}, {signal.SIGKILL:d})"
    docker("run", "--rm", "--pid", "host", "--user", "0:0", "--entrypoint", "python", SERVICES, "-c", script)
