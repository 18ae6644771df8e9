"""Base maps and overlays in Chromium: a PMTiles file, tiles, GeoJSON and KML of nginx on another origin, and files of
the viewer."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.nginx import running_nginx
from tests.browser.scenario import PAGE, running_gateway
from tests.servers.process import LOOPBACK, free_port

SERVERS = """
  access_log off;
  server {{
    listen {host}:{port};
    root {folder}/files;
    add_header Access-Control-Allow-Origin "*";
    add_header Access-Control-Expose-Headers "ETag";
    location /tiles/ {{ try_files /tile.png =404; }}
    location = /up {{ return 204; }}
  }}
"""
FIELDS = """
    defaultView: {{latitude: 50, longitude: 8.6, zoom: 8}}
    baseMaps:
      - {{name: Frankfurt, url: "{url}/frankfurt.pmtiles"}}
      - {{name: Pictures, url: "{url}/tiles/{{z}}/{{x}}/{{y}}.png", attribution: "Pictures of the test"}}
      - {{name: Missing, url: "{url}/missing.pmtiles"}}
      - {{name: Photos, url: "{url}/photos.pmtiles"}}
    overlays:
      - {{name: Airspaces, url: "{url}/airspaces.geojson"}}
      - {{name: Ring, url: "{url}/ring.kml"}}
      - {{name: Gone, url: "{url}/gone.kml"}}
"""
NAME = '<img src=x onerror="window.__smuggled = 1">Frankfurt CTR'
AIRSPACES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "Frankfurt CTR", "description": NAME, "stroke": "#ff0000", "fill": "#ff0000"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[8, 49.6], [9.2, 49.6], [9.2, 50.4], [8, 50.4], [8, 49.6]]],
            },
        }
    ],
}
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Ring</name>
<description><![CDATA[<b>25</b> miles<script>window.__smuggled = 1</script>]]></description>
<LineString><coordinates>8,49.5,0 9,49.5,0 9,50.5,0</coordinates></LineString></Placemark></Document></kml>
"""


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """Serve `folder/files` to every origin, with ranges; yield the URL."""
    port = free_port()
    with running_nginx(folder, SERVERS.format(folder=folder, host=LOOPBACK, port=port), port):
        yield f"http://{LOOPBACK}:{port}"


def test_viewers_choose_base_maps_and_see_overlays_of_the_tracker_and_their_own(
    run_at: Callable[..., str], tmp_path: Path
) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    files = tmp_path / "maps/files"
    files.mkdir(parents=True)
    script = Path(__file__).with_name("make_pmtiles.mjs")
    subprocess.run(["node", str(script), str(files / "frankfurt.pmtiles")], check=True)
    picture = PAGE.parent / "public/icon-192.png"
    subprocess.run(["node", str(script), str(files / "photos.pmtiles"), str(picture)], check=True)
    (files / "airspaces.geojson").write_text(json.dumps(AIRSPACES))
    (files / "ring.kml").write_text(KML)
    shutil.copy(picture, files / "tile.png")
    with (
        file_server(tmp_path / "maps") as url,
        running_gateway(tmp_path, aircraft=500, interval_s=1, page_fields=FIELDS.format(url=url)) as (server, page),
    ):
        run_at("base_maps", server, page, FILES=str(files))
