"""nginx on a loopback port, for pages that load files from another origin."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.process import LOOPBACK, ServerProcess

CONFIGURATION: Final = """
daemon off;
master_process off;
error_log stderr;
pid {folder}/nginx.pid;
events {{}}
http {{
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ image/png png; }}
{servers}
}}
"""


@contextmanager
def running_nginx(folder: Path, servers: str, port: int) -> Iterator[None]:
    """Run nginx in a folder until the context ends.

    Args:
        folder: for its files.
        servers: what its block `http` has besides.
        port: on which it answers plain HTTP, with any status below 400 at `/up`.
    """
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, servers=servers), encoding="utf-8")

    def is_up() -> bool:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/up", timeout=5) as answer:
            return bool(answer.status < 400)

    server = ServerProcess("nginx", ["nginx", "-p", str(folder), "-c", str(configuration)], folder, is_up, start_s=20)
    server.start()
    try:
        yield
    finally:
        server.stop()
