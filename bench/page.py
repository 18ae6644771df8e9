"""`make bench-page`: the browser's cost of the page with 20,000 aircraft (AIRCRAFT), one report in 15 s (INTERVAL_S).

Without a GPU, Chromium draws in software, so frames per second are meaningless. The figures are the main thread's
script time per animation frame and the worker's time to place aircraft, at the joins of several fresh pages and for the
following ticks. Both are CPU times of their threads, so other load on the machine does not count.

The peer is the common approach with the same gateway: JSON into React state, and a Leaflet marker per aircraft
(`page_common`). Its figure is the busy share of the main thread in wall-clock time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.scenario import run_script, running_gateway

ROOT = Path(__file__).parents[1]
USUAL_AIRCRAFT = 20_000
AIRCRAFT = int(os.environ.get("AIRCRAFT", USUAL_AIRCRAFT))
INTERVAL_S = int(os.environ.get("INTERVAL_S", "15"))
COMMON_COUNTS = (1_000, 5_000, 20_000)
LIMIT_S = 1_800.0
"""Of one script, which opens two dozen browsers; on a slow machine that takes six minutes."""
JOIN_FIGURES = {
    "key_place_ms": "key of the world: place on the map",
    "key_place_wall_ms": "the same by the clock on the wall",
    "key_decode_wall_ms": "the same, inflate and decode by the clock on the wall",
    "first_picture_wall_ms": "first picture after, with no recording",
}


def main() -> int:
    """Measure, print the figures and one line of JSON."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or not (ROOT / "web/out/index.html").is_file():
        print("error: Chromium (or CHROMIUM=path) and the built page (`make web`) are needed", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, running_gateway(Path(folder), AIRCRAFT, INTERVAL_S) as (server, url):
        environment = {**os.environ, "CHROMIUM": chromium, "PAGE_URL": url}
        printed = run_script(Path(__file__).with_suffix(".mjs"), server, environment, LIMIT_S)
    figures = {name: round(value, 3) for name, value in json.loads(printed.splitlines()[-1]).items()}
    common = measure_common(chromium) if AIRCRAFT == USUAL_AIRCRAFT else []
    print(f"{figures['key_aircraft_median']:.0f} aircraft, {figures['frames']:.0f} animation frames")
    median, mean, p99 = (figures[f"script_ms_{name}"] for name in ("median", "mean", "p99"))
    print(f"script per animation frame: median {median} ms, mean {mean} ms, p99 {p99} ms")
    median, mean, p99 = (figures[f"script_ms_open_{name}"] for name in ("median", "mean", "p99"))
    counts = (("labels", "labels"), ("trail_points", "points of trails"), ("rows", "rows of the table"))
    shown = ", ".join(f"{figures[f'{name}_open']:.0f} {words}" for name, words in counts)
    print(f"the same with {shown}: median {median} ms, mean {mean} ms, p99 {p99} ms")
    print(f"a message of what changed, place on the map: median {figures['delta_place_ms_median']} ms")
    joins = f"{figures['joins']:.0f} joins and {figures['pictures']:.0f} first pictures, each in a fresh browser"
    print(f"{joins:<54} {'median':>8} {'least':>8}")
    for name, words in JOIN_FIGURES.items():
        print(f"  {words:<52} {figures[f'{name}_median']:>8} {figures[f'{name}_min']:>8} ms")
    print(f"{'share of one core while it runs':<44}  main thread  renderer process")
    for words, one in [
        (f"this page, {AIRCRAFT:,} aircraft", figures),
        *[(f"Leaflet markers from React, {one['aircraft']:,} aircraft", one) for one in common],
    ]:
        print(f"  {words:<42} {one['main_thread_share']:>12.3f} {one['renderer_cpu_share']:>17.3f}")
    print(json.dumps(figures | {"common": common}))
    return 0


def measure_common(chromium: str) -> list[dict[str, float]]:
    """Return the figures of the common approach, with few and with many aircraft of the same fleet."""
    script = Path(__file__).with_name("page_common.mjs")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page"
        subprocess.run(["node", str(script.parent / "page_common/build.mjs"), str(page)], check=True)
        with running_gateway(Path(folder), AIRCRAFT, INTERVAL_S, page=page) as (server, url):
            environment = {**os.environ, "CHROMIUM": chromium, "PAGE_URL": url}
            runs = [
                run_script(script, server, environment | {"AIRCRAFT": str(count)}, LIMIT_S) for count in COMMON_COUNTS
            ]
    return [json.loads(printed.splitlines()[-1]) for printed in runs]


if __name__ == "__main__":
    sys.exit(main())
