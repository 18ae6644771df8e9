"""Photos of aircraft in the card, in Chromium, from nginx on another origin; and a tracker without photos."""

from __future__ import annotations

import shutil
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.scenario import PAGE, running_gateway
from tests.servers.certificates import make_certificates
from tests.servers.process import LOOPBACK, ServerProcess, free_port

NGINX = """
daemon off;
master_process off;
error_log stderr;
pid {folder}/nginx.pid;
events {{}}
http {{
  log_format asked '$request_uri "$http_referer" "$http_cookie"';
  access_log {folder}/asked.log asked;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ image/png png; }}
  server {{
    listen {host}:{port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    root {folder}/files;
    location ~ [02468ace]\\.png$ {{ try_files /photo.png =404; }}
    location / {{ return 404; }}
  }}
  server {{
    listen {host}:{plain_port};
    access_log off;
    location / {{ return 204; }}
  }}
}}
"""
FIELDS = """
    photos:
      url: {url}/small/{{icao24}}.png
      pageUrl: https://photos.example.org/of/{{icao24}}?registration={{registration}}
      attribution: © Photos of the test
"""
LOG = "asked.log"


@contextmanager
def photo_server(folder: Path) -> Iterator[str]:
    """Serve a photo of each aircraft whose address is even, over HTTPS; yield the URL."""
    port, plain_port = free_port(), free_port()
    certificates = make_certificates(folder)
    text = NGINX.format(
        folder=folder,
        host=LOOPBACK,
        port=port,
        plain_port=plain_port,
        certificate=certificates.certificate_file,
        key=certificates.key_file,
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(text)

    def is_up() -> bool:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{plain_port}/", timeout=5) as answer:
            return bool(answer.status == 204)

    server = ServerProcess("nginx", ["nginx", "-p", str(folder), "-c", str(configuration)], folder, is_up, start_s=20)
    server.start()
    try:
        yield f"https://{LOOPBACK}:{port}"
    finally:
        server.stop()


def test_the_card_has_a_photo_only_if_the_tracker_names_a_server_that_has_one(
    run_at: Callable[..., str], run: Callable[..., str], tmp_path: Path
) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path / "photos"
    (folder / "files").mkdir(parents=True)
    shutil.copy(PAGE.parent / "public/icon-192.png", folder / "files/photo.png")
    with (
        photo_server(folder) as url,
        running_gateway(tmp_path, aircraft=500, interval_s=1, page_fields=FIELDS.format(url=url)) as (server, page),
    ):
        run_at("photos", server, page, PHOTOS=url)
    asked = [line.split(" ", 1) for line in (folder / LOG).read_text().splitlines()]
    assert len(asked) >= 2
    assert {rest for _, rest in asked} == {'"-" "-"'}, "the server of photos learns where its viewers are"
    assert all(path.startswith("/small/") and path.endswith(".png") for path, _ in asked)
    run("photos", PHOTOS="")
