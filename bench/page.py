"""`make bench-page`: what the page costs the browser at 20,000 aircraft, each heard every 15 seconds (or INTERVAL_S).

Chromium draws with a software GPU where there is none, so frames per second say nothing: the figures are script of the
main thread per animation frame and decode in the worker, at the joins of several fresh pages and for the ticks after.
Both are processor time of the thread that does it, so that what else runs on the machine is not in them.
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
INTERVAL_S = int(os.environ.get("INTERVAL_S", "15"))
JOIN_FIGURES = {
    "key_decode_ms": "key frames of all shards, decode: read, check, store",
    "key_place_ms": "the same, place on the map",
    "key_decode_wall_ms": "decode by the clock on the wall",
    "key_inflate_wall_ms": "waiting for inflate by the clock on the wall",
    "first_picture_wall_ms": "first picture after",
}


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
    print(f"{figures['key_aircraft_median']:.0f} aircraft, {figures['frames']:.0f} animation frames")
    median, mean, p99 = (figures[f"script_ms_{name}"] for name in ("median", "mean", "p99"))
    print(f"script per animation frame: median {median} ms, mean {mean} ms, p99 {p99} ms")
    print(f"delta frame of one shard, decode: median {figures['delta_decode_ms_median']} ms")
    print(f"{figures['joins']:.0f} joins, each in a fresh browser                   median     least")
    for name, words in JOIN_FIGURES.items():
        print(f"  {words:<52} {figures[f'{name}_median']:>8} {figures[f'{name}_min']:>8} ms")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
