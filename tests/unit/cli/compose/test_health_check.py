"""Health checks run inside the container: commands, and requests that bash sends."""

from __future__ import annotations

import http.server
import subprocess
import threading
from collections.abc import Iterator

import pytest

from flighttracker_cli.compose.health_check import health_check
from flighttracker_operator.manifests.pods import command_probe, http_probe


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that answers 200 to /ready and 503 to everything else."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/ready" else 503)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Print nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def check(path: str, port: int) -> subprocess.CompletedProcess[str]:
    probe = http_probe(path, "metrics", period_s=10, failures=3)
    container = {
        "readinessProbe": probe,
        "startupProbe": http_probe(path, "metrics", period_s=2, failures=150),
        "ports": [{"name": "metrics", "containerPort": port}],
    }
    made = health_check(container)
    assert made["test"][0] == "CMD"
    assert (made["interval"], made["timeout"], made["retries"], made["start_period"]) == ("5s", "5s", 3, "300s")
    return subprocess.run(made["test"][1:], capture_output=True, text=True, timeout=10, check=False)


def test_a_check_over_http_succeeds_with_200_only(port: int) -> None:
    assert check("/ready", port).returncode == 0
    assert check("/health", port).returncode != 0


def test_a_closed_port_is_unhealthy() -> None:
    assert check("/ready", 1).returncode != 0


def test_a_command_stays_as_it_is() -> None:
    probe = command_probe(["redis-cli", "ping"], period_s=5, failures=2)
    assert health_check({"readinessProbe": probe, "startupProbe": probe})["test"] == ["CMD", "redis-cli", "ping"]
