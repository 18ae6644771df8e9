"""What the gallery's tracker names: photos, overlays and a map, from nginx; and a history of an hour and a half."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from flighttracker.flight import FlightPosition
from flighttracker_generator.simulation.fleet import make_fleet
from flighttracker_generator.simulation.traffic import Traffic
from tests.browser.nginx import running_nginx
from tests.history_files import write_history
from tests.servers.certificates import make_certificates
from tests.servers.process import LOOPBACK, free_port

SERVERS = """
  access_log off;
  server {{
    listen {host}:{photo_port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    root {folder};
    location ~ [02468ace]\\.png$ {{ try_files /photo.png =404; }}
    location / {{ return 404; }}
  }}
  server {{
    listen {host}:{port};
    root {folder};
    add_header Access-Control-Allow-Origin "*";
    add_header Access-Control-Expose-Headers "ETag";
    location = /up {{ return 204; }}
  }}
"""
FIELDS = """
    receiver: {{name: Roof, latitude: 50.03, longitude: 8.57}}
    baseMaps:
      - {{name: Frankfurt, url: "{url}/frankfurt.pmtiles"}}
    overlays:
      - {{name: Airspaces, url: "{url}/airspaces.geojson"}}
    photos:
      url: {photos}/small/{{icao24}}.png
      attribution: © The photographer, used with permission
"""
MINUTE_MS = 60_000
HISTORY_MIN = 90
MOST_AIRCRAFT = 2_000
PHOTO_WIDTH, PHOTO_HEIGHT = 420, 280


def _ring(west: float, south: float, east: float, north: float) -> dict[str, object]:
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def _feature(name: str, geometry: dict[str, object], **properties: str) -> dict[str, object]:
    return {"type": "Feature", "properties": {"name": name, **properties}, "geometry": geometry}


AIRSPACES = [
    _feature("Frankfurt CTR", _ring(8.2, 49.75, 9.0, 50.25), description="Ground to 2,500 ft", stroke="#d9480f"),
    _feature("Frankfurt C", _ring(7.8, 49.5, 9.4, 50.5), description="3,500 ft to FL100", stroke="#1c7ed6"),
]
WAYPOINTS = [
    _feature(name, {"type": "Point", "coordinates": [longitude, latitude]})
    for name, longitude, latitude in [("KERAX", 9.58, 50.47), ("UNOKO", 7.62, 49.85), ("SPESA", 9.42, 49.68)]
]


def _photo() -> bytes:
    """Return a picture like a photo: a sky over the ground, and the outline of an aircraft."""
    y, x = np.mgrid[0:PHOTO_HEIGHT, 0:PHOTO_WIDTH]
    sky = np.stack([110 + 90 * y / PHOTO_HEIGHT, 160 + 60 * y / PHOTO_HEIGHT, 215 + 20 * y / PHOTO_HEIGHT], axis=-1)
    sky[y > 0.86 * PHOTO_HEIGHT] = (96, 110, 84)
    is_body = ((x - 210) / 150) ** 2 + ((y - 140) / 13) ** 2 < 1
    is_wing = (abs(x - 225 - 0.6 * (y - 145)) < 24) & (abs(y - 165) < 28)
    is_fin = (abs(x - 82 - 0.5 * (y - 110)) < 14) & (y > 88) & (y < 140)
    sky[is_body | is_fin] = (245, 246, 248)
    sky[is_wing] = (205, 210, 216)
    rows = b"".join(b"\0" + row.tobytes() for row in sky.astype(np.uint8))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", PHOTO_WIDTH, PHOTO_HEIGHT, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@contextmanager
def serving_files(folder: Path) -> Iterator[str]:
    """Serve photos, overlays and a map from a new folder; yield the lines of `spec.web` that name them."""
    folder.mkdir()
    (folder / "photo.png").write_bytes(_photo())
    for name, features in {"airspaces": AIRSPACES, "waypoints": WAYPOINTS}.items():
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (folder / f"{name}.geojson").write_text(text, encoding="utf-8")
    script = Path(__file__).with_name("make_pmtiles.mjs")
    subprocess.run(["node", str(script), str(folder / "frankfurt.pmtiles")], check=True)
    if shutil.which("nginx") is None:
        raise SystemExit("nginx is not installed; it serves the photos and the overlays")
    port, photo_port = free_port(), free_port()
    certificates = make_certificates(folder)
    servers = SERVERS.format(
        folder=folder,
        host=LOOPBACK,
        port=port,
        photo_port=photo_port,
        certificate=certificates.certificate_file,
        key=certificates.key_file,
    )
    with running_nginx(folder, servers, port):
        yield FIELDS.format(url=f"http://{LOOPBACK}:{port}", photos=f"https://{LOOPBACK}:{photo_port}")


def write_past(folder: Path, aircraft: int) -> None:
    """Write what some of a tracker's own aircraft would have reported until now, once a minute."""
    folder.mkdir()
    traffic = Traffic(make_fleet(aircraft, {}, 1))
    rows = np.arange(min(aircraft, MOST_AIRCRAFT))
    now_ms = round(1000 * time.time())

    def positions() -> Iterator[FlightPosition]:
        for at in range(now_ms - HISTORY_MIN * MINUTE_MS, now_ms, MINUTE_MS):
            yield from traffic.positions(rows, at)

    write_history(folder, positions())
