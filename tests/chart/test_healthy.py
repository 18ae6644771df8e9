"""The health check of the image: the answer of /ready counts, over HTTP and over HTTPS."""

from __future__ import annotations

import http.server
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

HEALTHY = Path(__file__).parents[2] / "packaging/healthy.py"


@contextmanager
def server(status: int, *, encrypted: bool) -> Iterator[int]:
    """Serve a status at /ready, and 404 everywhere else."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/ready" else 404)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Print nothing."""

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    if encrypted:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("map.example.org").configure_cert(context)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield listening.server_port
    finally:
        listening.shutdown()
        listening.server_close()


def check(port: int) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FLIGHTTRACKER_PORT": str(port)}
    command = [sys.executable, str(HEALTHY)]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, env=environment, check=False)


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_a_map_with_aircraft_is_healthy(status: int, code: int, encrypted: bool) -> None:
    with server(status, encrypted=encrypted) as port:
        answer = check(port)
    assert (answer.returncode, answer.stdout, answer.stderr) == (code, f"/ready answers {status}\n", "")


def test_a_closed_port_is_unhealthy() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = check(port)
    assert (answer.returncode, answer.stdout) == (1, f"nothing listens on port {port}\n")


def test_a_process_that_hangs_is_unhealthy() -> None:
    """The port is open, and nobody answers."""
    with socket.socket() as hanging:
        hanging.bind(("127.0.0.1", 0))
        hanging.listen()
        answer = check(hanging.getsockname()[1])
    assert answer.returncode == 1
    assert "does not answer" in answer.stdout
