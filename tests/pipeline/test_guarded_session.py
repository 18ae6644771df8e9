"""What a server gets of a session under the guard, from real servers on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
import requests

from flighttracker import targets
from flighttracker.guarded_session import MAX_ANSWER_BYTES, guarded_session
from flighttracker.settings import TracingSettings
from flighttracker.tracing import Tracing

TIMEOUT_S = 5.0


class Server(ThreadingHTTPServer):
    """Answers each POST, and remembers its path."""

    def __init__(self, host: str, location: str = "", body_bytes: int = 0) -> None:
        super().__init__((host, 0), Handler)
        self.location = location
        self.body_bytes = body_bytes
        self.paths: list[str] = []
        self.sent_bytes = 0
        self.url = f"http://{host}:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.paths.append(self.path)
        self.send_response(307 if self.server.location else 200)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(self.server.body_bytes))
        self.end_headers()
        try:
            for _ in range(self.server.body_bytes // MAX_ANSWER_BYTES):
                self.server.sent_bytes += self.wfile.write(bytes(MAX_ANSWER_BYTES))
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the class has it
        """Print nothing."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> str:
    """Take an address of this computer for that of a metadata service."""
    monkeypatch.setattr(targets, "METADATA", frozenset([ip_address("127.0.0.2")]))
    return "127.0.0.2"


def test_neither_an_address_nor_a_redirect_reaches_a_metadata_service(forbidden: str) -> None:
    with serving(Server(forbidden)) as metadata, serving(Server("127.0.0.1", f"{metadata.url}/latest")) as collector:
        for url in (metadata.url, collector.url):
            with pytest.raises(requests.exceptions.ConnectionError, match="metadata service"):
                guarded_session().post(url, timeout=TIMEOUT_S)
        assert (len(collector.paths), metadata.paths) == (1, [])
        requests.post(collector.url, timeout=TIMEOUT_S)
        assert metadata.paths == ["/latest"]


def test_a_name_is_checked_by_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Server("127.0.0.1")) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        assert guarded_session().post(url, timeout=TIMEOUT_S).status_code == 200
        monkeypatch.setattr(targets, "METADATA", frozenset([ip_address("127.0.0.1")]))
        with pytest.raises(requests.exceptions.ConnectionError, match="metadata service"):
            guarded_session().post(url, timeout=TIMEOUT_S)
        assert len(server.paths) == 1


def test_traces_go_through_it(forbidden: str) -> None:
    with serving(Server(forbidden)) as metadata:
        tracing = Tracing(TracingSettings(metadata.url, sample_ratio=1.0), service="generator", tracker="one")
        with tracing.serving("GET", "http", f"00-{'1' * 32}-{'2' * 16}-01"):
            pass
        tracing.close()
        assert metadata.paths == []


def test_a_large_answer_is_not_read_to_its_end() -> None:
    with serving(Server("127.0.0.1", body_bytes=256 * 1024 * 1024)) as server:
        answer = guarded_session().post(server.url, timeout=TIMEOUT_S)
        assert (answer.status_code, len(answer.content)) == (200, MAX_ANSWER_BYTES)
        assert server.sent_bytes < server.body_bytes
