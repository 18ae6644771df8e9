"""A real Redis with a password: plain on one port, TLS on another, without persistence."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Final

import pytest

from tests.servers.certificates import Certificates
from tests.servers.process import LOOPBACK, ServerProcess, free_port

PASSWORD: Final = "not-a-secret"
ANSWER_S: Final = 1.0


class RedisServer(ServerProcess):
    """Redis, ready for `RedisSettings(url=...)`.

    Attributes:
        url: its address without TLS.
        tls_url: its address with TLS.
    """

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("redis-server is not installed: on Debian and Ubuntu, apt-get install redis-server")
        port, tls_port = free_port(), free_port()
        self.port = port
        self.url = f"redis://:{PASSWORD}@{LOOPBACK}:{port}/0"
        self.tls_url = f"rediss://:{PASSWORD}@{LOOPBACK}:{tls_port}/0"
        command = [program, "--bind", LOOPBACK, "--port", str(port), "--save", "", "--appendonly", "no"]
        command += ["--requirepass", PASSWORD, "--tls-port", str(tls_port), "--tls-auth-clients", "no"]
        command += ["--tls-ca-cert-file", str(certificates.ca_file)]
        command += ["--tls-cert-file", str(certificates.certificate_file), "--tls-key-file", str(certificates.key_file)]
        super().__init__("redis-server", command, folder, self._pongs, start_s=10.0)

    def _pongs(self) -> bool:
        with socket.create_connection((LOOPBACK, self.port), ANSWER_S) as connection:
            connection.sendall(f"AUTH {PASSWORD}\r\nPING\r\n".encode())
            with connection.makefile("rb") as answers:
                return (answers.readline(), answers.readline()) == (b"+OK\r\n", b"+PONG\r\n")
