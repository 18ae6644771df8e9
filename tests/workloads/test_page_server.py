"""The page's server as its image starts it: nginx with `packaging/web`."""

from __future__ import annotations

import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.name_server import NameServer
from tests.page_server import page_server

NAME_SERVER = "127.0.0.77"
GATEWAY = "sky-gateway.flights.svc"


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=8) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


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

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with Server((address, port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(5)


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
    with page_server(tmp_path, "") as port:
        assert get(f"http://127.0.0.1:{port}/healthz") == (200, "ok\n")
        assert get(f"http://[::1]:{port}/healthz") == (200, "ok\n")


@pytest.mark.parametrize("servers", ["", "https://*.maps.example:8443 http://files.example"])
def test_the_policy_allows_the_servers_of_maps_and_overlays(tmp_path: Path, servers: str) -> None:
    page = tmp_path / "page"
    page.mkdir()
    (page / "index.html").write_text("<script>start()</script>")
    with page_server(tmp_path, "", page=page, has_policy=True, map_servers=servers) as port:
        host = f"127.0.0.1:{port}"
        with urllib.request.urlopen(f"http://{host}/", timeout=8) as answer:
            policy = answer.headers["Content-Security-Policy"]
    allowed = " ".join(f"connect-src 'self' ws://{host} wss://{host} {servers}".split())
    assert allowed in policy.split("; ")


@pytest.mark.parametrize("base_path", ["", "/maps/no.rth"])
def test_the_proxy_follows_a_service_that_is_created_again(tmp_path: Path, base_path: str) -> None:
    with (
        gateway("127.0.0.81", 0) as port,
        gateway("127.0.0.82", port),
        NameServer(NAME_SERVER, f"{GATEWAY}.corp.example", "127.0.0.81") as names,
        page_server(tmp_path, f"http://{GATEWAY}:{port}", resolv_conf=IN_KUBERNETES, base_path=base_path) as page_port,
    ):
        page = f"http://127.0.0.1:{page_port}{base_path}"
        assert get(f"{page}/api/v1/stats?a=b") == (200, f"127.0.0.81 /api/v1/stats?a=b 127.0.0.1:{page_port}")
        names.answer = "127.0.0.82"
        eventually(lambda: get(f"{page}/ws")[1].split(" ")[0], "127.0.0.82")


def test_the_proxy_finds_gateways_where_only_ipv6_exists(tmp_path: Path) -> None:
    """The name server has an address of IPv6, and the Service no other."""
    resolv_conf = IN_KUBERNETES.replace(NAME_SERVER, "::1")
    with (
        gateway("::1", 0) as port,
        NameServer("::1", f"{GATEWAY}.corp.example", "::1"),
        page_server(tmp_path, f"http://{GATEWAY}:{port}", resolv_conf=resolv_conf) as page_port,
    ):
        answer = get(f"http://[::1]:{page_port}/api/v1/stats")
        assert answer == (200, f"::1 /api/v1/stats [::1]:{page_port}")


def test_the_page_is_served_while_the_gateways_have_no_service(tmp_path: Path) -> None:
    """nginx itself ends when a name of its configuration is unknown at the start."""
    with (
        gateway("127.0.0.81", 0) as port,
        NameServer(NAME_SERVER, "another.corp.example", "127.0.0.81"),
        page_server(tmp_path, f"http://{GATEWAY}:{port}", resolv_conf=IN_KUBERNETES) as page_port,
    ):
        assert get(f"http://127.0.0.1:{page_port}/healthz")[0] == 200
        assert get(f"http://127.0.0.1:{page_port}/api/v1/stats")[0] == 502


@pytest.mark.parametrize("resolv_conf", ["", "search example.org\n"])
def test_without_a_name_server_an_address_is_used_as_it_is(tmp_path: Path, resolv_conf: str) -> None:
    with (
        gateway("127.0.0.81", 0) as port,
        page_server(tmp_path, f"http://127.0.0.81:{port}", resolv_conf=resolv_conf) as page_port,
    ):
        assert get(f"http://127.0.0.1:{page_port}/api/v1/stats")[1].startswith("127.0.0.81 ")


def test_the_page_is_at_its_base_path_and_at_the_root(tmp_path: Path) -> None:
    page = tmp_path / "page"
    (page / "_next/static").mkdir(parents=True)
    files = {"index.html": "map", "404.html": '<a href="/">map</a>', "sw.js": "worker", "_next/static/a.js": "1"}
    for name, text in files.items():
        (page / name).write_text(text)
    with page_server(tmp_path, "", base_path="/maps/no.rth", page=page) as port:
        root = f"http://127.0.0.1:{port}"
        for base in ("/maps/no.rth", ""):
            assert get(f"{root}{base}/?flight=3c6444") == (200, "map")
            assert get(f"{root}{base}/sw.js") == (200, "worker")
            assert get(f"{root}{base}/_next/static/a.js") == (200, "1")
            assert get(f"{root}{base}/lost/deep") == (404, '<a href="/maps/no.rth/">map</a>')
        assert get(f"{root}/maps/noxrth/")[0] == 404
        connection = HTTPConnection("127.0.0.1", port, timeout=8)
        connection.request("GET", "/maps/no.rth?flight=3c6444")
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Location")) == (308, "/maps/no.rth/?flight=3c6444")
        connection.close()
