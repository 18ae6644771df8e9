"""The page's server as its image starts it: nginx with `packaging/web`, in a mount namespace with its paths."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.name_server import NameServer
from tests.servers.process import ServerProcess

PACKAGING = Path(__file__).parents[2] / "packaging/web"
NAME_SERVER = "127.0.0.77"
GATEWAY = "sky-gateway.flights.svc"
PAGE_PORT = 8080
MAIN = """
error_log stderr;
pid /tmp/nginx.pid;
events {}
http {
  include /etc/nginx/mime.types;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  include /etc/nginx/conf.d/*.conf;
}
"""
"""As in the image: everything that is written is below /tmp."""


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=8) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, ""


@contextmanager
def gateway(address: str, port: int) -> Iterator[int]:
    """Serve the gateway's address as text."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"{address} {self.path} {self.headers['Host']}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer((address, port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(5)


@contextmanager
def page_server(folder: Path, resolv_conf: str, gateway_url: str) -> Iterator[ServerProcess]:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare, for the paths of the image")
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    configuration = folder / "nginx"
    shutil.copytree("/etc/nginx", configuration, symlinks=True)
    shutil.rmtree(configuration / "conf.d")
    (configuration / "conf.d").mkdir()
    (configuration / "nginx.conf").write_text(MAIN)
    shutil.copy(PACKAGING / "default.conf", configuration / "conf.d/default.conf")
    shutil.copy(PACKAGING / "start.sh", configuration / "start.sh")
    (configuration / "flighttracker").mkdir()
    for name in ("security.conf", "gateway.template"):
        shutil.copy(PACKAGING / name, configuration / "flighttracker" / name)
    (configuration / "flighttracker/policy.conf").write_text("")
    (folder / "resolv.conf").write_text(resolv_conf)
    script = (
        f"mount --bind {configuration} /etc/nginx && mount --bind {folder}/resolv.conf /etc/resolv.conf && "
        f"mount -t tmpfs none /tmp && exec sh /etc/nginx/start.sh"
    )
    server = ServerProcess(
        "nginx",
        ["unshare", "--mount", "sh", "-ec", script],
        folder,
        lambda: get(f"http://127.0.0.1:{PAGE_PORT}/healthz") == (200, "ok\n"),
        environment={"FLIGHTTRACKER_GATEWAY": gateway_url},
        start_s=20,
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


def eventually(answer: Callable[[], object], wanted: object) -> None:
    found: list[object] = []
    for _ in range(40):
        found.append(answer())
        if found[-1] == wanted:
            return
        subprocess.run(["sleep", "0.25"], check=True)
    raise AssertionError(f"{wanted!r} never came: {found[-1]!r}")


IN_KUBERNETES = (
    f"search flights.svc.corp.example svc.corp.example corp.example\nnameserver {NAME_SERVER}\noptions ndots:5\n"
)


def test_the_page_is_served_over_ipv4_and_ipv6(tmp_path: Path) -> None:
    with page_server(tmp_path, "nameserver 127.0.0.77\n", ""):
        assert get(f"http://127.0.0.1:{PAGE_PORT}/healthz") == (200, "ok\n")
        assert get(f"http://[::1]:{PAGE_PORT}/healthz") == (200, "ok\n")


def test_the_proxy_follows_a_service_that_is_created_again(tmp_path: Path) -> None:
    with (
        gateway("127.0.0.81", 0) as port,
        gateway("127.0.0.82", port),
        NameServer(NAME_SERVER, f"{GATEWAY}.corp.example", "127.0.0.81") as names,
        page_server(tmp_path, IN_KUBERNETES, f"http://{GATEWAY}:{port}"),
    ):
        page = f"http://127.0.0.1:{PAGE_PORT}"
        assert get(f"{page}/api/v1/stats?a=b") == (200, f"127.0.0.81 /api/v1/stats?a=b 127.0.0.1:{PAGE_PORT}")
        names.answer = "127.0.0.82"
        eventually(lambda: get(f"{page}/ws")[1].split(" ")[0], "127.0.0.82")


def test_the_page_is_served_while_the_gateways_have_no_service(tmp_path: Path) -> None:
    """nginx itself ends when a name of its configuration is unknown at the start."""
    with (
        gateway("127.0.0.81", 0) as port,
        NameServer(NAME_SERVER, "another.corp.example", "127.0.0.81"),
        page_server(tmp_path, IN_KUBERNETES, f"http://{GATEWAY}:{port}"),
    ):
        assert get(f"http://127.0.0.1:{PAGE_PORT}/healthz")[0] == 200
        assert get(f"http://127.0.0.1:{PAGE_PORT}/api/v1/stats")[0] == 502


@pytest.mark.parametrize("resolv_conf", ["", "search example.org\n"])
def test_without_a_name_server_an_address_is_used_as_it_is(tmp_path: Path, resolv_conf: str) -> None:
    with gateway("127.0.0.81", 0) as port, page_server(tmp_path, resolv_conf, f"http://127.0.0.81:{port}"):
        assert get(f"http://127.0.0.1:{PAGE_PORT}/api/v1/stats")[1].startswith("127.0.0.81 ")
