"""The page's container as the door of a Compose project: HTTPS with the user's certificate."""

from __future__ import annotations

import ssl
import urllib.request
from pathlib import Path

import pytest
import trustme

from tests.compose.engine import WEB, docker
from tests.compose.project import until
from tests.servers.process import free_port

pytest_plugins = ["tests.compose.compose_fixtures"]

START_S = 20.0


@pytest.fixture
def certificate(tmp_path: Path) -> trustme.CA:
    """An authority, and a certificate of it in the folder `tls`."""
    authority = trustme.CA()
    made = authority.issue_cert("localhost")
    folder = tmp_path / "tls"
    folder.mkdir()
    made.private_key_pem.write_to_path(folder / "tls.key")
    for pem in made.cert_chain_pems:
        pem.write_to_path(folder / "tls.crt", append=True)
    for name in ("tls.crt", "tls.key"):
        (folder / name).chmod(0o644)
    return authority


def test_nginx_serves_https_with_the_mounted_certificate(
    all_images: None, certificate: trustme.CA, tmp_path: Path
) -> None:
    port = free_port()
    context = ssl.create_default_context()
    certificate.configure_trust(context)

    def page() -> bytes:
        try:
            with urllib.request.urlopen(f"https://localhost:{port}/", timeout=5, context=context) as answer:
                body: bytes = answer.read()
                return body
        except OSError:
            return b""

    options = ("--detach", "--read-only", "--tmpfs", "/tmp", "--env", "FLIGHTTRACKER_TLS=/tls")
    mount = ("--volume", f"{tmp_path}/tls:/tls:ro", "--publish", f"127.0.0.1:{port}:8443")
    container = docker("run", *options, *mount, WEB).stdout.strip()
    try:
        until("the page over HTTPS", lambda: page().lower().startswith(b"<!doctype html>"), within_s=START_S)
    finally:
        docker("rm", "--force", container)


def test_an_unreadable_key_is_named(all_images: None, certificate: trustme.CA, tmp_path: Path) -> None:
    (tmp_path / "tls/tls.key").chmod(0o600)
    options = ("--rm", "--read-only", "--tmpfs", "/tmp", "--env", "FLIGHTTRACKER_TLS=/tls")
    answer = docker("run", *options, "--volume", f"{tmp_path}/tls:/tls:ro", WEB, check=False)
    assert answer.returncode == 2
    assert answer.stderr == "error: /tls/tls.key cannot be read by user 101: allow it with chmod o+r\n"
