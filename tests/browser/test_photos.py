"""Photos of aircraft in the card, in Chromium, from nginx on another origin; and a tracker without photos."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.nginx import running_nginx
from tests.browser.scenario import PAGE, running_gateway
from tests.servers.certificates import make_certificates
from tests.servers.process import LOOPBACK, free_port

SERVERS = """
  log_format asked '$request_uri "$http_referer" "$http_cookie"';
  access_log {folder}/asked.log asked;
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
    servers = SERVERS.format(
        folder=folder,
        host=LOOPBACK,
        port=port,
        plain_port=plain_port,
        certificate=certificates.certificate_file,
        key=certificates.key_file,
    )
    with running_nginx(folder, servers, plain_port):
        yield f"https://{LOOPBACK}:{port}"


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
