"""`make bench-page`: what the page costs the browser at 20,000 aircraft, each heard every 15 seconds.

Chromium draws with a software GPU where there is none, so frames per second say nothing: the figures are script time of
the main thread per animation frame and decode time in the worker, at the join of a fresh page and for the ticks after.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.browser.scenario import run_script, running_gateway

ROOT = Path(__file__).parents[1]
AIRCRAFT = 20_000
INTERVAL_S = 15


def main() -> int:
    """Measure, print the figures and one line of JSON."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not (ROOT / "web/out/index.html").is_file():
        print("error: Chromium (or CHROMIUM=path) and the built page (`make web`) are needed", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, running_gateway(Path(folder), AIRCRAFT, INTERVAL_S) as (server, url):
        environment = {**os.environ, "CHROMIUM": chromium, "PAGE_URL": url}
        printed = run_script(Path(__file__).with_suffix(".mjs"), server, environment)
    figures = {name: round(value, 2) for name, value in json.loads(printed.splitlines()[-1]).items()}
    print(f"{figures['key_aircraft']:.0f} aircraft, {figures['frames']:.0f} animation frames")
    print(f"script per animation frame: median {figures['script_ms_median']} ms, p99 {figures['script_ms_p99']} ms")
    print(f"delta frame of one shard, decode: median {figures['delta_decode_ms_median']} ms")
    print(f"key frames of all shards, decode: {figures['key_decode_ms']} ms, place: {figures['key_place_ms']} ms")
    print(f"first picture after {figures['first_picture_ms']} ms")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
