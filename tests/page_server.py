"""The page's server as its image starts it: nginx with `packaging/web`, in a mount namespace with the image's paths."""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.process import LOOPBACK, ServerProcess, free_port

PACKAGING = Path(__file__).parents[1] / "packaging/web"
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


@contextmanager
def page_server(
    folder: Path,
    gateway_url: str,
    *,
    resolv_conf: str = "",
    base_path: str = "",
    page: Path | None = None,
    has_policy: bool = False,
    map_servers: str = "",
) -> Iterator[int]:
    """Run the page's server; yield its port.

    Args:
        folder: where its files are written.
        gateway_url: where it forwards WebSockets and the API to; empty: nowhere.
        resolv_conf: content of /etc/resolv.conf.
        base_path: path below which everything is found, too.
        page: the built page; None for an empty one.
        has_policy: whether the Content-Security-Policy of the page is sent, as by the image.
        map_servers: origins of its maps and overlays, separated by spaces.
    """
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root and unshare, for the paths of the image")
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    port = free_port()
    configuration = folder / "etc-nginx"
    folder.mkdir(exist_ok=True)
    shutil.copytree("/etc/nginx", configuration, symlinks=True)
    shutil.rmtree(configuration / "conf.d")
    (configuration / "conf.d").mkdir()
    (configuration / "nginx.conf").write_text(MAIN)
    for name, place in (("default.conf", "conf.d/default.conf"), ("start.sh", "start.sh")):
        # Tests run side by side on one machine.
        (configuration / place).write_text((PACKAGING / name).read_text().replace("8080;", f"{port};"))
    (configuration / "flighttracker").mkdir()
    for name in ("security.conf", "gateway.template"):
        shutil.copy(PACKAGING / name, configuration / "flighttracker" / name)
    policy = ["node", str(PACKAGING / "policy.mjs"), str(page)] if has_policy else ["true"]
    made = subprocess.run(policy, capture_output=True, text=True, check=True)
    (configuration / "flighttracker/policy.conf").write_text(made.stdout)
    (folder / "resolv.conf").write_text(resolv_conf)
    (folder / "empty").mkdir()
    script = (
        f"mount --bind {configuration} /etc/nginx && mount --bind {folder}/resolv.conf /etc/resolv.conf && "
        f"mount --bind {page or folder / 'empty'} /usr/share/nginx/html && "
        f"mount -t tmpfs none /tmp && exec sh /etc/nginx/start.sh"
    )

    def is_up() -> bool:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/healthz", timeout=5) as answer:
            return bool(answer.read() == b"ok\n")

    server = ServerProcess(
        "nginx",
        ["unshare", "--mount", "sh", "-ec", script],
        folder,
        is_up,
        environment={
            "FLIGHTTRACKER_GATEWAY": gateway_url,
            "FLIGHTTRACKER_BASE_PATH": base_path,
            "FLIGHTTRACKER_MAP_SERVERS": map_servers,
        },
        start_s=20,
    )
    server.start()
    try:
        yield port
    finally:
        server.stop()
